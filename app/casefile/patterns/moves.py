"""Moves and changes of worker over time."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app.casefile.model import Move, WorkerChange, days
from app.casefile.patterns.dated import order
from app.casefile.patterns.found import Moves, MovesInYear, MovesOfChild
from app.casefile.shown import Shown

IN_CHRONOLOGY = ("change_of_address", "change_of_worker")
_Change = tuple[str | None, str, str]
"""Date, id, and which list of `MovesInYear` it is in."""


def moves(shown: Shown, on: date) -> Moves:
    """Moves and changes of worker by year, and how many each child has lived through.

    Every date tells at least its year. What is wholly after today is to come and in no year; what
    may have happened counts. The chronology tells of the same changes in its own way, so its events
    are listed beside them and never added.
    """
    years: dict[int, dict[str, list[str]]] = {}
    to_come, not_dated = [], []
    for when, entry, kind in _changes(shown):
        if when is None:
            not_dated.append(entry)
        elif days(when)[0] > on:
            to_come.append(entry)
        else:
            years.setdefault(days(when)[0].year, {}).setdefault(kind, []).append(entry)
    return Moves(
        years=tuple(_year(year, years[year]) for year in sorted(years)),
        to_come=tuple(to_come),
        not_dated=tuple(not_dated),
        children=_children(shown, frozenset(to_come)),
    )


def _changes(shown: Shown) -> list[_Change]:
    found: list[_Change] = [
        *((one.moved_on, one.id, "moves") for one in shown.of(shown.case.moves)),
        *((one.on, one.id, "worker_changes") for one in shown.of(shown.case.worker_changes)),
        *(
            (one.when.start, one.id, "in_chronology")
            for one in shown.of(shown.case.chronology)
            if one.kind in IN_CHRONOLOGY
        ),
    ]
    return sorted(found, key=lambda change: order(change[0], change[1]))


def _year(year: int, found: dict[str, list[str]]) -> MovesInYear:
    return MovesInYear(
        year=year,
        moves=tuple(found.get("moves", ())),
        worker_changes=tuple(found.get("worker_changes", ())),
        in_chronology=tuple(found.get("in_chronology", ())),
    )


def _children(shown: Shown, to_come: frozenset[str]) -> tuple[MovesOfChild, ...]:
    of_moves = _by_child(shown.of(shown.case.moves), to_come)
    of_workers = _by_child(shown.of(shown.case.worker_changes), to_come)
    return tuple(
        MovesOfChild(
            child=child.id,
            name=shown.called.get(child.id),
            moves=of_moves[child.id] + of_moves[None],
            worker_changes=of_workers[child.id] + of_workers[None],
        )
        for child in shown.children
    )


def _by_child(
    entries: Iterable[Move | WorkerChange], to_come: frozenset[str]
) -> Counter[str | None]:
    """How many name each child; under None those that name no child, and so mean every one."""
    return Counter(
        child
        for entry in entries
        if entry.id not in to_come
        for child in (set(entry.children) or (None,))
    )
