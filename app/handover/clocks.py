"""The clocks of each child of a handover, from its ledger: which run, and which its end stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.handover.codes import FINAL_DISPOSITIONS
from app.handover.deadlines import Clock, deadlines
from app.handover.facts import facts_among
from app.handover.gaps import gap_facts
from app.handover.ledger import Counted, counting
from app.handover.replica import Replica
from app.handover.view import HandoverView
from app.handover.when import When, instant

_ENDED = {"declined": "declined", "recalled": "recalled"}
_PAST = frozenset({"met", "met_late", "overdue"})


@dataclass(frozen=True)
class ChildClock:
    """One child's clock. `stopped` is when the handover ended for the child with it unmet: what
    was late by then stays on the record and asks nobody for anything any more."""

    child: str
    clock: Clock
    stopped: datetime | None


def clocks(replica: Replica, view: HandoverView, now: datetime) -> tuple[ChildClock, ...]:
    """Every clock of every child, in the order of children and of the timetable's steps."""
    if view.timetable is None:
        return ()
    counted = counting(replica.entries, replica.counted())
    return tuple(
        clock for child in sorted(view.children) for clock in _of_child(counted, view, child, now)
    )


def _of_child(
    counted: Sequence[Counted], view: HandoverView, child: str, now: datetime
) -> tuple[ChildClock, ...]:
    assert view.timetable is not None
    known = facts_among(counted, child)
    if (settled := _items_settled(view, child)) is not None:
        known["items_settled"] = settled
    known |= gap_facts(counted, view, child)
    state = view.children[child].state
    if state not in _ENDED:
        return tuple(ChildClock(child, one, None) for one in deadlines(view.timetable, known, now))
    ended = min(instant(known[_ENDED[state]]), now)
    past = (one for one in deadlines(view.timetable, known, ended) if one.state in _PAST)
    return tuple(ChildClock(child, one, ended if one.state == "overdue" else None) for one in past)


def _items_settled(view: HandoverView, child: str) -> When | None:
    """When the last of the child's items got an answer that stands; None while one has none."""
    answered: list[When] = []
    for item in view.items.values():
        if item.child in (None, child):
            if item.on is None or item.disposition not in FINAL_DISPOSITIONS:
                return None
            answered.append(item.on)
    return max(answered, key=instant, default=None)
