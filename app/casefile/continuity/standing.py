"""Which tellings stand, which were superseded, and where two stand side by side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.casefile.continuity.marks import Marked, mark_order
from app.casefile.continuity.telling import Mark, Merged, Saying

LONG = 100
"""Tellings of one thing."""


@dataclass(frozen=True)
class Telling:
    """One thing that is said of an entry, by one statement or several alike.

    `superseded`: by its own authors. `disputed`: by the other authority, beside which it stood; it
    is `contested` if it still does. Where an entry was told in many ways and marked many times, the
    first few marks are at each telling that they are about, and each of them at the last.
    """

    section: str
    entry: str
    sayings: tuple[Saying, ...]
    superseded: tuple[Mark, ...]
    disputed: tuple[Mark, ...]
    stands: bool
    contested: bool

    @property
    def first(self) -> Saying:
        return self.sayings[0]

    @property
    def authorities(self) -> frozenset[str]:
        return frozenset(one.source.authority for one in self.sayings)

    @property
    def order(self) -> tuple[int, int, str, str]:
        first = self.first
        return first.source.turn, first.position, self.entry, first.meaning


@dataclass(frozen=True)
class Thread:
    """The tellings of one thing: of an entry, of those that it replaces and that replace it. Those
    that stand come first."""

    section: str
    tellings: tuple[Telling, ...]
    conflict: bool


def threads(merged: Merged) -> list[Thread]:
    """Everything that was said, in the order of the ledger and of each statement."""
    by_entry: dict[str, list[Mark]] = defaultdict(list)
    for mark in sorted(merged.marks, key=mark_order):
        by_entry[mark.entry].append(mark)
    tellings = list(_tellings(merged.sayings, by_entry))
    found = [_thread(group, by_entry) for group in _linked(tellings, merged.marks)]
    return sorted(found, key=lambda one: min(telling.order for telling in one.tellings))


def _tellings(sayings: Iterable[Saying], marks: dict[str, list[Mark]]) -> Iterator[Telling]:
    alike: dict[str, dict[tuple[str, str], list[Saying]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(sayings, key=_place):
        alike[one.entry][one.section, one.meaning].append(one)
    for entry, said in alike.items():
        groups = list(said.values())
        marked = Marked(groups, marks.get(entry, []))
        for place, in_order in enumerate(groups):
            standing = [one for one in in_order if marked.stands(one)]
            yield Telling(
                in_order[0].section,
                entry,
                sayings=tuple(in_order),
                superseded=marked.superseded(place),
                disputed=marked.disputed(place),
                stands=bool(standing),
                contested=any(marked.is_disputed(one) for one in standing),
            )


def _place(saying: Saying) -> tuple[int, int, str, str]:
    return saying.source.turn, saying.position, saying.section, saying.meaning


def _linked(tellings: list[Telling], marks: Iterable[Mark]) -> list[list[Telling]]:
    """Tellings of one section whose entries replace each other, together."""
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def lead(one: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(one, one) != one:
            leader[one] = one = leader[leader[one]]
        return one

    sections: dict[str, set[str]] = defaultdict(set)
    for telling in tellings:
        sections[telling.entry].add(telling.section)
    for mark in marks:
        for section in sections[mark.entry] & sections[mark.replaced_by or ""]:
            leader[lead((section, mark.entry))] = lead((section, mark.replaced_by or ""))
    groups: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for telling in tellings:
        groups[lead((telling.section, telling.entry))].append(telling)
    return list(groups.values())


def _thread(tellings: list[Telling], marks: dict[str, list[Mark]]) -> Thread:
    standing = [one for one in tellings if one.stands]
    conflict = (
        len({one.entry for one in standing}) < len(standing)
        or len(frozenset[str]().union(*(one.authorities for one in standing))) > 1 < len(standing)
        or any(one.contested for one in standing)
        or _replaced_twice(tellings, standing, marks)
    )
    in_order = sorted(tellings, key=lambda one: (not one.stands, one.order))
    return Thread(tellings[0].section, tuple(in_order), conflict)


def _replaced_twice(
    tellings: list[Telling], standing: list[Telling], marks: dict[str, list[Mark]]
) -> bool:
    """Whether two statements put different things in the place of one, and both still stand.

    In a thread longer than any case's, which would cost too much to follow: whether what stands
    was told by two statements.
    """
    if len(standing) < 2:
        return False
    if len(tellings) > LONG:
        return len({one.sayings[-1].source for one in standing}) > 1
    alive = {one.entry for one in standing}
    then = {one.entry: {m.replaced_by for m in marks.get(one.entry, ())} for one in tellings}
    ends = {one.entry: _ends(one.entry, alive, then) for one in tellings}
    return any(len(_places(one, ends)) > 1 for one in tellings if not one.stands)


def _places(old: Telling, ends: dict[str, set[str]]) -> set[frozenset[str]]:
    """What stands in the place of a telling, by each statement that replaced it."""
    by_statement: dict[str, set[str]] = defaultdict(set)
    for mark in old.superseded:
        by_statement[mark.source.statement] |= ends.get(mark.replaced_by or "", set())
    return {frozenset(found) for found in by_statement.values() if found}


def _ends(entry: str, alive: set[str], then: dict[str, set[str | None]]) -> set[str]:
    """What stands today in the place of an entry, however often it was replaced."""
    found: set[str] = set()
    seen: set[str | None] = set()
    waiting: list[str | None] = [entry]
    while waiting:
        one = waiting.pop()
        if one is None or one in seen:
            continue
        seen.add(one)
        if one in alive:
            found.add(one)
        else:
            waiting += then.get(one, ())
    return found
