"""Lists of handovers, in order of change: what each is narrowed to, and how it is found.

A page costs what it shows, however many handovers there are: each part of it is read from an index
that has it in order. What is overdue, or was granted, is found first, for it is few.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, union_all

from app.store import rows
from app.store.grants import Scope, granted, within
from app.store.handovers import HandoverRow, late
from app.store.tables import clocks, handovers

MOST_PARTS = 200
"""Of how many parts a page is put together; for somebody of more teams, all are looked through."""

Columns = Callable[[ColumnElement[Any]], ColumnElement[Any]]
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to, and to whose handovers; `within` None is everybody's. A
    restricted one is found by its own reference only among those that are `named`."""

    side: str | None = None
    state: str | None = None
    own_reference: str | None = None
    within: Scope | None = None
    named: Scope | None = None
    overdue_at: datetime | None = None


def page(connection: Connection, wanted: Filter, after: int, limit: int) -> list[HandoverRow]:
    """Handovers changed since a cursor, in order of change."""
    parts = list(_parts(wanted, after, limit))
    if not parts:
        return []
    if len(parts) == 1:
        return rows.many(connection, parts[0], HandoverRow)
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    query = select(found).order_by(found.c.sequence).limit(limit)
    return rows.many(connection, query, HandoverRow)


def _parts(wanted: Filter, after: int, limit: int) -> Iterator[Select[Any]]:
    """The first of each part of what is wanted; together they hold the first of all, once."""
    if wanted.overdue_at is not None:
        overdue = select(clocks.c.handover).where(*late(wanted.overdue_at))
        yield _first(wanted, after, limit, (handovers.c.handover.in_(overdue),), _unindexed)
        return
    ways = [()] if wanted.own_reference else _ways(wanted)
    if len(ways) > MOST_PARTS:
        ways = [()]
    for way in ways:
        yield _first(wanted, after, limit, way)
    scope = wanted.within
    if scope is not None and scope.teams is not None and scope.reviewer and ways != [()]:
        other = or_(handovers.c.team.is_(None), handovers.c.team.not_in(sorted(scope.teams)))
        yield _first(wanted, after, limit, (granted(scope), other), _unindexed)


def _ways(wanted: Filter) -> list[Conditions]:
    """What is wanted, by team and side: with a state or without, each is an index's beginning."""
    c, teams = handovers.c, wanted.within.teams if wanted.within else None
    if teams is None and wanted.side is None and wanted.state is None:
        return [()]
    of_team: list[Conditions] = [()]
    if teams is not None:
        of_team = [(c.team == team,) for team in sorted(teams)]
    of_side: list[Conditions] = [()]
    if wanted.side is None:
        of_side = [(c.side == side,) for side in ("receiver", "sender")]
    return [(*team, *side) for side in of_side for team in of_team]


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as no index has it, where another condition leaves few rows: SQLite, which knows no
    figures, would take the index of the many."""
    return func.coalesce(column, column)


def _first(
    wanted: Filter, after: int, limit: int, way: Conditions, column: Columns = _plain
) -> Select[Any]:
    sequence = column(handovers.c.sequence)
    query = select(handovers).where(sequence > after, *way, *_narrowed(wanted, column))
    return query.order_by(sequence).limit(limit)


def _narrowed(wanted: Filter, column: Columns) -> Iterator[ColumnElement[bool]]:
    for name in ("side", "state"):
        if (value := getattr(wanted, name)) is not None:
            yield column(handovers.c[name]) == value
    if wanted.within is not None:
        yield within(wanted.within, column(handovers.c.team))
    if wanted.own_reference is not None:
        yield handovers.c.own_reference == wanted.own_reference
        if wanted.named is not None:
            yield or_(handovers.c.restricted.is_(False), within(wanted.named))
