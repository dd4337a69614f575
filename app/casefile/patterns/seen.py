"""Days since each child was last seen, and last seen alone."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from app.casefile.model import ChildSeen, Who, days
from app.casefile.patterns.found import SeenChild, Sight
from app.casefile.shown import Shown

NOT_PROFESSIONALS = ("family", "community", "anonymous")
"""Agencies whose seeing a child is not what is asked here: whether the services have."""
STATUSES = ("living", "missing")
"""The children of whom it is asked; not those unborn or dead."""


class _Time(NamedTuple):
    child: str
    entry: str
    on: str
    alone: bool


def seen(shown: Shown, on: date) -> tuple[SeenChild, ...]:
    """For each child, the latest time that a professional saw them, and saw or spoke to them
    alone, of contacts, events and concerns.

    `2024-03` is some day of that month: then `at_least` and `at_most` differ. The latest is the one
    whose first possible day is latest, so that a vague date never hides a sure one after it begins.
    What is dated after today is not counted, nor a time without a date, nor what the family saw.
    """
    latest: dict[tuple[str, bool], _Time] = {}
    for time in _times(shown):
        if days(time.on)[0] > on:
            continue
        for alone in {False, time.alone}:
            key = time.child, alone
            if key not in latest or _lateness(time) > _lateness(latest[key]):
                latest[key] = time
    return tuple(
        SeenChild(
            child=child.id,
            name=shown.called.get(child.id),
            seen=_sight(latest.get((child.id, False)), on),
            alone=_sight(latest.get((child.id, True)), on),
        )
        for child in shown.children
        if child.status in STATUSES
    )


def _times(shown: Shown) -> Iterator[_Time]:
    family = {one.id for one in (*shown.case.people, *shown.case.children)}

    def by_professionals(times: Iterable[ChildSeen], usual: bool) -> Iterator[ChildSeen]:
        return (one for one in times if _professional(one.by, family, usual))

    for contact in shown.of(shown.case.contacts):
        usual = _professional(contact.by, family, True)
        yield from _each(contact.id, contact.at, by_professionals(contact.seen, usual))
    for event in shown.of(shown.case.chronology):
        usual = event.agency not in NOT_PROFESSIONALS
        yield from _each(event.id, event.when.start, by_professionals(event.seen, usual))
    for concern in shown.of(shown.case.concerns):
        own = concern.raised_at or (concern.when.start if concern.when else None)
        yield from _each(concern.id, own, by_professionals(concern.spoken_to, True))


def _each(entry: str, own: str | None, times: Iterable[ChildSeen]) -> Iterator[_Time]:
    for one in times:
        on = one.on or own
        was_seen = one.seen or (one.seen is None and one.alone is True)
        if on is not None and was_seen:
            yield _Time(one.child, entry, on, one.alone is True)


def _professional(who: Who | None, family: set[str], usual: bool) -> bool:
    """Whether somebody is of the services; `usual`, where the record does not say who."""
    if who is None or (who.person is None and who.agency is None):
        return usual
    return who.person not in family and who.agency not in NOT_PROFESSIONALS


def _lateness(time: _Time) -> tuple[int, int, str]:
    """By the first possible day, then the surer date, then the id."""
    first, last = days(time.on)
    return first.toordinal(), -last.toordinal(), time.entry


def _sight(time: _Time | None, on: date) -> Sight | None:
    if time is None:
        return None
    first, last = days(time.on)
    return Sight(
        entry=time.entry,
        on=time.on,
        at_least=max(0, (on - last).days),
        at_most=(on - first).days,
    )
