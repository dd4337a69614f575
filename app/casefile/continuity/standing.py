"""Which tellings stand, which were superseded, and where two stand side by side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.casefile.continuity.telling import Mark, Merged, Saying

LONG = 100
"""Tellings of one thing."""


@dataclass(frozen=True)
class Telling:
    """One thing that is said of an entry, by one statement or several alike.

    `superseded`: by its own authors. `disputed`: by the other authority, beside which it stood; it
    is `contested` if it still does.
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


def mark_order(mark: Mark) -> tuple[int, str, str, str]:
    """The ledger's, and then any that is always the same."""
    return mark.source.turn, mark.entry, mark.replaced_by or "", mark.why or ""


def _tellings(sayings: Iterable[Saying], marks: dict[str, list[Mark]]) -> Iterator[Telling]:
    alike: dict[tuple[str, str, str], list[Saying]] = defaultdict(list)
    for one in sayings:
        alike[one.section, one.entry, one.meaning].append(one)
    for (section, entry, _), said in alike.items():
        of_entry = marks.get(entry, [])
        in_order = sorted(said, key=lambda one: (one.source, one.position))
        standing = [one for one in in_order if not any(_supersedes(m, one) for m in of_entry)]
        yield Telling(
            section,
            entry,
            sayings=tuple(in_order),
            superseded=tuple(m for m in of_entry if any(_supersedes(m, one) for one in in_order)),
            disputed=tuple(m for m in of_entry if any(_disputes(m, one) for one in in_order)),
            stands=bool(standing),
            contested=any(_disputes(m, one) for m in of_entry for one in standing),
        )


def _supersedes(mark: Mark, saying: Saying) -> bool:
    """An authority takes back its own words: those before, and of the same statement those that
    another entry replaces."""
    if mark.source.authority != saying.source.authority:
        return False
    later = mark.source.turn > saying.source.turn
    same = mark.source.turn == saying.source.turn
    return later or (same and mark.replaced_by != saying.entry)


def _disputes(mark: Mark, saying: Saying) -> bool:
    other = mark.source.authority != saying.source.authority
    return other and mark.source.turn > saying.source.turn and mark.source.kind != "dispatch"


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
    return any(len(_places(one, alive, marks)) > 1 for one in tellings if not one.stands)


def _places(old: Telling, alive: set[str], marks: dict[str, list[Mark]]) -> set[frozenset[str]]:
    """What stands in the place of a telling, by each statement that replaced it."""
    by_statement: dict[str, set[str]] = defaultdict(set)
    for mark in old.superseded:
        if mark.replaced_by is not None:
            by_statement[mark.source.statement] |= _ends(mark.replaced_by, alive, marks)
    return {frozenset(found) for found in by_statement.values() if found}


def _ends(entry: str, alive: set[str], marks: dict[str, list[Mark]]) -> set[str]:
    """What stands today in the place of an entry, however often it was replaced."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [entry]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in alive:
            found.add(one)
        else:
            waiting += [m.replaced_by for m in marks.get(one, ()) if m.replaced_by]
    return found
