"""Injuries and physical signs whose explanation changed."""

from collections.abc import Iterable, Iterator

from app.casefile.model import Concern, Event
from app.casefile.patterns.dated import order
from app.casefile.patterns.found import Injury, Telling
from app.casefile.shown import Shown

EVENTS = ("injury", "physical_signs", "accident")
LONGEST = 400
"""Characters of an explanation that are given; the entry has all of it."""


def injuries(shown: Shown) -> tuple[Injury, ...]:
    """Every injury on record with each explanation of it, and whether two of them differ.

    A concern is about an injury where the file links it to that one alone. One that rests on
    several injuries explains none of them in particular: with physical signs of its own it stands
    by itself. An earlier form of an entry, which the file keeps, counts as an earlier telling.
    Nothing here says which explanation is true, or that a change is wrong.
    """
    events = [one for one in shown.of(shown.case.chronology) if one.kind in EVENTS]
    about, alone = _concerns(shown, {one.id for one in events})
    rows: list[list[Event | Concern]] = [[one, *about.get(one.id, ())] for one in events]
    rows += [[one] for one in alone]
    older = _Older(shown)
    found = [_injury(entries, older) for entries in sorted(rows, key=lambda row: row[0].id)]
    return tuple(sorted(found, key=lambda one: order(one.on, one.entries[0])))


def _concerns(shown: Shown, injured: set[str]) -> tuple[dict[str, list[Concern]], list[Concern]]:
    """The concerns about each one injury event, and those with signs that are about no one."""
    linked: dict[str, set[str]] = {}
    for event in shown.of(shown.case.chronology):
        if event.concern is not None and event.id in injured:
            linked.setdefault(event.concern, set()).add(event.id)
    about: dict[str, list[Concern]] = {}
    alone = []
    for concern in sorted(shown.of(shown.case.concerns), key=lambda one: one.id):
        rests_on = linked.get(concern.id, set()) | injured.intersection(concern.events)
        if len(rests_on) == 1:
            about.setdefault(rests_on.pop(), []).append(concern)
        elif concern.kind == "physical_signs" or concern.physical_signs:
            alone.append(concern)
    return about, alone


class _Older:
    """Earlier forms of entries. Each is given once: a file can't make this longer than itself."""

    def __init__(self, shown: Shown) -> None:
        known: list[Event | Concern] = [*shown.case.chronology, *shown.case.concerns]
        self._known = {
            one.id: one for one in known if one.withdrawn is None and one.id not in shown.hidden
        }
        self._given: set[str] = set()

    def of(self, entry: Event | Concern) -> Iterator[Event | Concern]:
        waiting = list(entry.supersedes)
        while waiting:
            one = self._known.get(waiting.pop())
            if one is not None and one.id not in self._given:
                self._given.add(one.id)
                yield one
                waiting += one.supersedes


def _injury(entries: list[Event | Concern], older: _Older) -> Injury:
    earlier = [old for one in entries for old in older.of(one)]
    superseded = {one.id for one in earlier}
    told = [(one, one.explanation) for one in _by_date([*entries, *earlier]) if one.explanation]
    return Injury(
        on=_on(entries[0]),
        entries=tuple(one.id for one in entries),
        tellings=tuple(
            Telling(
                entry=one.id,
                on=_on(one),
                words=words if len(words) <= LONGEST else words[: LONGEST - 1] + "…",
                superseded=one.id in superseded,
            )
            for one, words in told
        ),
        changed=len({" ".join(words.split()).casefold() for _, words in told}) > 1,
    )


def _by_date(entries: Iterable[Event | Concern]) -> list[Event | Concern]:
    return sorted(entries, key=lambda one: order(_on(one), one.id))


def _on(entry: Event | Concern) -> str | None:
    if isinstance(entry, Event):
        return entry.when.start
    return entry.when.start if entry.when else entry.raised_at
