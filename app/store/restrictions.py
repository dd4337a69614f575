"""What this authority itself keeps to named people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store import rows
from app.store.tables import restrictions


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """A handover, or the draft of one, that is restricted here."""

    handover: str
    set_by: str
    set_at: datetime


def put(connection: Connection, row: RestrictionRow) -> None:
    """Restrict; what is restricted already stays so."""
    rows.insert_if_absent(connection, restrictions, row)


def get(connection: Connection, handover: str) -> RestrictionRow | None:
    """This authority's own restriction of a handover."""
    query = select(restrictions).where(restrictions.c.handover == handover)
    return rows.one(connection, query, RestrictionRow)


def lift(connection: Connection, handover: str) -> None:
    """End it; nothing happens if there is none."""
    connection.execute(delete(restrictions).where(restrictions.c.handover == handover))
