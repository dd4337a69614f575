"""What was said against an entry, as it bears on each thing that was said of it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from app.casefile.continuity.telling import Mark, Saying

FEW = 10
"""Marks that every telling of an entry shows, however many there are."""


def mark_order(mark: Mark) -> tuple[int, str, bool, str, str]:
    """The ledger's, and then any that is always the same."""
    turn, replaced_by = mark.source.turn, mark.replaced_by or ""
    return turn, mark.entry, replaced_by != mark.entry, replaced_by, mark.why or ""


class Marked:
    """The marks of one entry among its tellings (`groups` of sayings alike, each in order).

    Each mark is found by bisection, and shown as often as there are tellings only where these are
    few: otherwise a thousand tellings with a thousand marks would be a million.
    """

    def __init__(self, groups: Sequence[Sequence[Saying]], marks: Sequence[Mark]) -> None:
        authorities = {one.source.authority for said in groups for one in said}
        self._own: dict[str, list[Mark]] = {one: [] for one in authorities}
        self._against: dict[str, list[Mark]] = {one: [] for one in authorities}
        for mark in sorted(marks, key=mark_order):
            by = mark.source.authority
            if by in authorities:
                self._own[by].append(mark)
            for other in authorities - {by} if mark.source.kind != "dispatch" else ():
                self._against[other].append(mark)
        self._superseded: dict[int, list[Mark]] = defaultdict(list)
        self._disputed: dict[int, list[Mark]] = defaultdict(list)
        for authority in sorted(authorities):
            self._share(groups, authority)

    def superseded(self, group: int) -> tuple[Mark, ...]:
        """By its own authors."""
        return tuple(sorted(self._superseded[group], key=mark_order))

    def disputed(self, group: int) -> tuple[Mark, ...]:
        """By the other authority."""
        return tuple(sorted(self._disputed[group], key=mark_order))

    def stands(self, saying: Saying) -> bool:
        """Whether its author has not taken it back."""
        return self._taken_back(saying) == len(self._own[saying.source.authority])

    def is_disputed(self, saying: Saying) -> bool:
        """Whether the other authority has said otherwise since."""
        return self._answered(saying) < len(self._against[saying.source.authority])

    def _taken_back(self, saying: Saying) -> int:
        """From which of its author's marks on: an authority takes back its own words, those before,
        and of the same statement those that another entry replaces."""
        own = self._own[saying.source.authority]
        return bisect_left(own, (saying.source.turn, True), key=_when)

    def _answered(self, saying: Saying) -> int:
        against = self._against[saying.source.authority]
        return bisect_right(against, saying.source.turn, key=lambda mark: mark.source.turn)

    def _share(self, groups: Sequence[Sequence[Saying]], authority: str) -> None:
        firsts = [
            (one.source, place, one)
            for place, said in enumerate(groups)
            if (one := next((o for o in said if o.source.authority == authority), None))
        ]
        in_order = [(place, one) for _, place, one in sorted(firsts, key=lambda first: first[:2])]
        for found, marks, since in (
            (self._superseded, self._own[authority], self._taken_back),
            (self._disputed, self._against[authority], self._answered),
        ):
            starts = [since(one) for _, one in in_order]
            for (place, _), start, end in zip(in_order, starts, [*starts[1:], None], strict=True):
                stop = len(marks) if end is None else max(end, start + FEW)
                found[place] += marks[start:stop]


def _when(mark: Mark) -> tuple[int, bool]:
    return mark.source.turn, mark.replaced_by != mark.entry
