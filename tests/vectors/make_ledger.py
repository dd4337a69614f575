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
from tests.handover.make import ASH, BIRCH, RECEIVER, SENDER, STRANGER, Book

HERE = Path(__file__).parent / "ledger"
NOW = "2026-03-20T09:00:00Z"
BOTH = [ASH, BIRCH]
OPENED = {**make.BODIES["dispatch"], "opening": make.OPENING}


def accepts(book: Book, *results: dict[str, Any], answers: tuple[str, ...] = ()) -> None:
    body = make.conference(results, [make.disposed(label) for label in answers])
    children = [one["child"] for one in results]
    day = "2026-03-16"
    book.says("acceptance", body, by=RECEIVER, children=children, at=NOW, effective=day)


def accepted() -> Book:
    """From the first call to the end of the old plan."""
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER, at="2026-03-02T11:00:00Z")
    book.says("dispatch", {**make.BODIES["dispatch"], "items": [make.item("bruise")]},
              known="2026-03-04T08:00:00Z")  # fmt: skip
    book.says("fact", by=RECEIVER)
    accepts(book, make.result(ASH), answers=("bruise",))
    book.says("closure", at=NOW)
    return book


def requested() -> Book:
    """The receiver asks first, and the case comes without a notification."""
    book = Book()
    book.says("records_request", by=RECEIVER)
    book.says("dispatch", OPENED)
    return book


def not_known() -> Book:
    """The receiver asks somebody who does not know the child."""
    book = Book()
    book.says("records_request", by=RECEIVER)
    book.says("decline", {"code": "not_known_here"})
    return book


def unusable() -> Book:
    """The first bundle could not be opened, the second could."""
    book = Book()
    items = {"items": [make.item("bruise")]}
    book.says("dispatch", {**OPENED, **items}, outcome="unusable")
    book.says("dispatch", {**make.BODIES["dispatch"], **items})
    return book


def siblings() -> Book:
    """One conference: one child accepted, its sibling not; each goes its own way."""
    items = [make.item("bruise"), make.item("school", child=BIRCH), make.item("minutes", "minutes")]
    book = make.dispatched(items, BOTH)
    accepts(book, make.result(ASH), make.result(BIRCH, "not_accepted"), answers=("bruise",))
    book.says("recall", {"code": "moved_on", "to": STRANGER}, children=[BIRCH])
    return book


def adjourned() -> Book:
    """An adjourned conference decides nothing; the next one does."""
    book = make.dispatched([make.item("bruise")])
    accepts(book, make.result(ASH, "adjourned"))
    accepts(book, make.result(ASH), answers=("bruise",))
    return book


def resent() -> Book:
    """Declined, and sent again: what had an answer asks again."""
    items = [make.item("bruise")]
    book = make.dispatched(items)
    accepts(book, make.result(ASH, "not_accepted"), answers=("bruise",))
    book.says("dispatch", {**make.BODIES["dispatch"], "items": items})
    return book


def joined() -> Book:
    """A sibling joins later: its own dates, and the first timetable."""
    book = make.dispatched()
    book.says("acknowledgement", {"steps": [{**make.STEP, "n": 2}]}, by=RECEIVER)
    timetable = {**make.TIMETABLE, "steps": []}
    later = {**make.BODIES["notification"], "learned": "2026-03-05", "timetable": timetable}
    book.says("notification", later, children=[BIRCH], at="2026-03-06T09:00:00Z")
    return book


def information() -> Book:
    """Accepted for information only: no plan moves."""
    book = Book()
    body = {**make.BODIES["notification"], "basis": "information", "transfer": "information_only"}
    book.says("notification", body)
    accepts(book, make.result(ASH, "no_plan"))
    return book


def held() -> Book:
    """What one side does not know yet has a place and no effect, for both."""
    book = make.dispatched()
    book.says("telepathy", {"new": [1]}, outcome="held")
    book.says("fact", {"what": "is new"}, by=RECEIVER, v=2)
    book.says("fact", outcome="held")
    return book


def assisted() -> Book:
    """The other authority does not use the service: the sender keeps the order and records."""
    book = Book(SENDER)
    book.says("notification")
    sent = book.says("dispatch")
    told = {"told_on": "2026-03-05", "how": "telephone"}
    receipt = {"of": sent.digest, "result": "stored"}
    book.says("attested", {"says": "receipt", "body": receipt, **told}, effective="2026-03-05")
    conference = make.conference([make.result(ASH)])
    book.says(
        "attested", {"says": "acceptance", "body": conference, **told}, effective="2026-03-16"
    )
    return book


def recall_crossed() -> Book:
    """A recall that reaches the receiver after its acceptance."""
    book = make.dispatched()
    accepts(book, make.result(ASH))
    book.says("recall")
    return book


def items_open() -> Book:
    """A conference that says nothing of a concern."""
    book = make.dispatched([make.item("bruise")])
    accepts(book, make.result(ASH))
    return book


def papers_twice() -> Book:
    """The papers are there; more is a supplement."""
    book = make.dispatched()
    book.says("acknowledgement", by=RECEIVER)
    book.says("dispatch")
    return book


def opening_missing() -> Book:
    """A dispatch before its notification."""
    book = Book()
    book.says("dispatch")
    return book


def attested_by_one_who_need_not() -> Book:
    """Where both sign, nobody speaks for the other."""
    book = make.dispatched()
    book.says("attested")
    return book


def stranger() -> Book:
    """A third authority speaks in a handover of two others."""
    book = make.dispatched()
    book.says("fact", by=STRANGER, to=RECEIVER)
    return book


def self_placed() -> Book:
    """The sender gives itself a place in a ledger that the receiver keeps."""
    book = make.dispatched()
    forged = make.statement("recall", place=3, prev=book.entries[-1].digest)
    book.entries.append(Entry(forged))
    return book


def wrong_prev() -> Book:
    """An entry that follows another past."""
    book = make.dispatched()
    said = make.statement("fact")
    book.entries.append(Entry(said, make.receipt(said, 3, make.digest("another past"))))
    return book


def wrong_place() -> Book:
    """A place is left out."""
    book = make.dispatched()
    said = make.statement("fact")
    book.entries.append(Entry(said, make.receipt(said, 4, book.entries[-1].digest)))
    return book


def receipt_for_another() -> Book:
    """The receipt names another statement."""
    book = make.dispatched()
    said, other = make.statement("fact"), make.statement("chase")
    book.entries.append(Entry(said, make.receipt(other, 3, book.entries[-1].digest)))
    return book


EXPECTED: list[Callable[[], Book]] = [
    accepted, requested, not_known, unusable, siblings, adjourned, resent, joined, information,
    held, assisted,
]  # fmt: skip
REFUSED: list[Callable[[], Book]] = [
    recall_crossed, items_open, papers_twice, opening_missing, attested_by_one_who_need_not,
    stranger, self_placed, wrong_prev, wrong_place, receipt_for_another,
]  # fmt: skip


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
    for stories, refused in ((EXPECTED, False), (REFUSED, True)):
        for story in stories:
            name = story.__name__.replace("_", "-") + ".json"
            written = json.dumps(vector(story, refused), indent=1, sort_keys=True)
            (HERE / name).write_text(written + "\n")


if __name__ == "__main__":
    main()
