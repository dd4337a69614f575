"""The index of handovers, saved whole after each change of a ledger."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
)

from app.store import counters, rows
from app.store.grants import Scope, within
from app.store.tables import clocks, handover_children, handovers, items


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A handover in lists; `sequence` is given by `save`."""

    handover: str
    peer: str
    side: str
    """Ours: `sender` or `receiver`."""
    opened_at: datetime
    transfer: str | None
    basis: str | None
    restricted: bool
    own_reference: str | None
    team: str | None
    label_sealed: bytes | None
    state: str
    head: str | None
    length: int
    changed_at: datetime
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One child's state; `holder` of the plan is `sender` or `receiver`."""

    handover: str
    child: str
    state: str
    holder: str


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One deadline; `child` is empty if it is for all."""

    handover: str
    child: str
    step: str
    owes: str
    mine: bool
    state_at_save: str
    started: str | None
    due_at: datetime | None
    soon_at: datetime | None
    met_at: datetime | None
    source: str


_UNFINISHED = ("none", "requested", "notified", "dispatched", "acknowledged", "accepted")

_BY_ID = select(handovers).where(handovers.c.handover == bindparam("handover"))
_DELETE = delete(handovers).where(handovers.c.handover == bindparam("handover"))

Place = tuple[datetime, str, str, str]
"""Where a deadline stands among those that are due: when, handover, child and step."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open thing that travelled."""

    handover: str
    item: str
    type: str
    child: str | None
    disposition: str | None
    disposed_at: datetime | None


def save(
    connection: Connection,
    handover: HandoverRow,
    child_rows: list[ChildRow],
    clock_rows: list[ClockRow],
    item_rows: list[ItemRow],
) -> int:
    """Put one handover's rows in place of what was there; returns its new `sequence`."""
    sequence = counters.next_value(connection, "handovers")
    connection.execute(_DELETE, {"handover": handover.handover})
    rows.insert(connection, handovers, replace(handover, sequence=sequence))
    rows.insert_all(connection, handover_children, child_rows)
    rows.insert_all(connection, clocks, clock_rows)
    rows.insert_all(connection, items, item_rows)
    return sequence


def clear(connection: Connection) -> None:
    """Empty the index before it is computed anew."""
    connection.execute(delete(handovers))


def get(connection: Connection, handover: str) -> HandoverRow | None:
    """One handover."""
    return rows.one(connection, _BY_ID, HandoverRow, handover=handover)


def those(connection: Connection, ids: Collection[str]) -> list[HandoverRow]:
    """Some hundred handovers at most, in no order."""
    query = select(handovers).where(handovers.c.handover.in_(ids))
    return rows.many(connection, query, HandoverRow)


def last_change(connection: Connection) -> datetime | None:
    """When a handover was last changed."""
    return connection.scalar(
        select(handovers.c.changed_at).order_by(handovers.c.sequence.desc()).limit(1)
    )


def overdue_counts(connection: Connection, ids: list[str], now: datetime) -> dict[str, int]:
    """How many clocks of each of these handovers are overdue; those without any are left out."""
    query = (
        select(clocks.c.handover, func.count())
        .where(clocks.c.handover.in_(ids), *late(now))
        .group_by(clocks.c.handover)
    )
    return {handover: int(count) for handover, count in connection.execute(query)}


def children(connection: Connection, handover: str) -> list[ChildRow]:
    """A handover's children."""
    table = handover_children
    query = select(table).where(table.c.handover == handover).order_by(table.c.child)
    return rows.many(connection, query, ChildRow)


def clocks_due(
    connection: Connection,
    after: datetime | None,
    by: datetime,
    limit: int,
    scope: Scope | None,
    beyond: Place | None = None,
) -> list[ClockRow]:
    """Deadlines that are not met and fall due after `after` (None: ever) and at or before `by`, in
    order, of these handovers; those beyond a place in that order, if one is given."""
    order = (clocks.c.due_at, clocks.c.handover, clocks.c.child, clocks.c.step)
    query = select(clocks).where(clocks.c.met_at.is_(None), clocks.c.due_at <= by)
    if after is not None:
        query = query.where(clocks.c.due_at > after)
    if scope is not None:
        query = query.where(
            exists().where(handovers.c.handover == clocks.c.handover, within(scope))
        )
    if beyond is not None:
        given = (literal(one, column.type) for one, column in zip(beyond, order, strict=True))
        query = query.where(tuple_(*order) > tuple_(*given))
    query = query.order_by(*order)
    return rows.many(connection, query.limit(limit), ClockRow)


def with_peer(connection: Connection, peers: Collection[str], after: str, limit: int) -> list[str]:
    """Ids of the handovers with another authority, by any of its names, after one of them."""
    query = (
        select(handovers.c.handover)
        .where(handovers.c.peer.in_(peers), handovers.c.handover > after)
        .order_by(handovers.c.handover)
        .limit(limit)
    )
    return list(connection.scalars(query))


def all_with_peer(connection: Connection, peers: Collection[str]) -> list[str]:
    """As `with_peer`, every one."""
    return list(connection.scalars(select(handovers.c.handover).where(handovers.c.peer.in_(peers))))


def unfinished(connection: Connection) -> list[tuple[str, str]]:
    """Each handover in which something is to come, and with whom it is."""
    query = select(handovers.c.handover, handovers.c.peer).where(
        handovers.c.side.in_(("receiver", "sender")), handovers.c.state.in_(_UNFINISHED)
    )
    return [(row.handover, row.peer) for row in connection.execute(query)]


def late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A clock is overdue once the whole second in which it is due has gone."""
    return (clocks.c.met_at.is_(None), clocks.c.due_at <= now - timedelta(seconds=1))
