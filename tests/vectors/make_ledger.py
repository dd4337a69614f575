"""Makes tests/vectors/ledger/*: `python -m tests.vectors.make_ledger`.

One file, one ledger. `entries` are payloads in their places: a `statement` and, where the other
side made it, the keeper's `receipt`; the digest of a payload is that of its RFC 8785 form. `expect`
is what everybody computes from them `now`; or `refused` is the code with which the last entry does
not follow. Signatures are left out: `../statement` has those.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.errors import Conflict, Malformed
from app.handover.clocks import clocks
from app.handover.facts import facts
from app.handover.holder import plan_holder, responds
from app.handover.ledger import Entry, fold
from app.handover.replica import Replica
from app.handover.statement import Statement, reopen, to_value
from app.handover.view import HandoverView
from app.handover.when import instant, london_date, stamp
from tests.handover import make
from tests.handover.make import Book
from tests.vectors import broken_ledgers, ledgers
from tests.vectors.ledgers import NOW

HERE = Path(__file__).parent / "ledger"


def computed(entries: tuple[Entry, ...], now: str) -> dict[str, Any]:
    """All that both sides compute from a ledger, as JSON."""
    view = fold(entries)
    assert view is not None
    clocked = clocks(Replica(view.keeper, True, entries), view, instant(now))
    return {
        "sender": view.sender,
        "receiver": view.receiver,
        "keeper": view.keeper,
        "head": view.head,
        "length": view.length,
        "restricted": view.restricted,
        "children": {child: _child(entries, view, child, now) for child in view.children},
        "items": {item: [seen.type, seen.child, seen.disposition]
                  for item, seen in view.items.items()},
        "clocks": [
            [one.child, one.clock.step, one.clock.state, one.clock.due and stamp(one.clock.due)]
            for one in clocked
        ],
    }  # fmt: skip


def _child(entries: tuple[Entry, ...], view: HandoverView, child: str, now: str) -> dict[str, Any]:
    seen, today = view.children[child], london_date(now)
    found = responds(entries, view, child, today)
    return {
        "state": seen.state,
        "basis": seen.basis,
        "papers": seen.papers,
        "result": seen.result,
        "passed": seen.passed,
        "plan_held_by": plan_holder(view, child, today),
        "responds": [found.authority, found.because],
        "facts": facts(entries, (), child),
    }


def entries_of(vector: dict[str, Any]) -> tuple[Entry, ...]:
    """The entries of a vector's file."""
    return tuple(
        Entry(_opened(one["statement"]), _opened(one["receipt"]) if "receipt" in one else None)
        for one in vector["entries"]
    )


def refused_with(entries: tuple[Entry, ...]) -> str:
    """The code with which the last entry does not follow those before."""
    fold(entries[:-1])
    try:
        fold(entries)
    except (Conflict, Malformed) as error:
        return error.code
    raise AssertionError("it follows")


def vector(story: Callable[[], Book], refused: bool) -> dict[str, Any]:
    entries = tuple(story().entries)
    return {
        "comment": story.__doc__,
        "now": NOW,
        "entries": [
            {"statement": to_value(entry.statement.payload)}
            | ({"receipt": to_value(entry.receipt.payload)} if entry.receipt else {})
            for entry in entries
        ],
        **({"refused": refused_with(entries)} if refused else {"expect": computed(entries, NOW)}),
    }


def _opened(payload: dict[str, Any]) -> Statement:
    return reopen(make.wire(payload))


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for stories, refused in ((ledgers.STORIES, False), (broken_ledgers.STORIES, True)):
        for story in stories:
            name = story.__name__.replace("_", "-") + ".json"
            written = json.dumps(vector(story, refused), indent=1, sort_keys=True)
            (HERE / name).write_text(written + "\n")


if __name__ == "__main__":
    main()
