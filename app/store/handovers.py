"""The index of handovers, saved whole after each change of a ledger."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store import counters, rows
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
    connection.execute(delete(handovers).where(handovers.c.handover == handover.handover))
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
    query = select(handovers).where(handovers.c.handover == handover)
    return rows.one(connection, query, HandoverRow)


def changed_after(connection: Connection, sequence: int, limit: int) -> list[HandoverRow]:
    """Handovers changed since a cursor, in order of change."""
    query = (
        select(handovers)
        .where(handovers.c.sequence > sequence)
        .order_by(handovers.c.sequence)
        .limit(limit)
    )
    return rows.many(connection, query, HandoverRow)


def children(connection: Connection, handover: str) -> list[ChildRow]:
    """A handover's children."""
    table = handover_children
    query = select(table).where(table.c.handover == handover).order_by(table.c.child)
    return rows.many(connection, query, ChildRow)


def clocks_of(connection: Connection, handover: str) -> list[ClockRow]:
    """A handover's deadlines, met or not."""
    query = select(clocks).where(clocks.c.handover == handover)
    return rows.many(connection, query.order_by(clocks.c.child, clocks.c.step), ClockRow)


def clocks_due(connection: Connection, by: datetime, limit: int) -> list[ClockRow]:
    """Deadlines of all handovers that are not met and fall due at or before `by`, in order."""
    query = (
        select(clocks)
        .where(clocks.c.met_at.is_(None), clocks.c.due_at <= by)
        .order_by(clocks.c.due_at, clocks.c.handover, clocks.c.child, clocks.c.step)
        .limit(limit)
    )
    return rows.many(connection, query, ClockRow)


def items_of(connection: Connection, handover: str) -> list[ItemRow]:
    """A handover's open and disposed items."""
    query = select(items).where(items.c.handover == handover).order_by(items.c.item)
    return rows.many(connection, query, ItemRow)
