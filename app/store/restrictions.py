"""What is kept to named people here, and who says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from app.store import rows
from app.store.tables import restrictions

_OF = select(restrictions).where(restrictions.c.handover == bindparam("handover"))


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """A handover, or the draft of one, that is restricted here."""

    handover: str
    set_by: str
    """Somebody of ours, or the sending authority, whose case file says so."""
    set_at: datetime


def put(connection: Connection, row: RestrictionRow) -> None:
    """Restrict; what is restricted already stays so."""
    rows.insert_if_absent(connection, restrictions, row)


def keep(connection: Connection, row: RestrictionRow) -> None:
    """Restrict as this row says, in the place of whoever has said so before."""
    connection.execute(delete(restrictions).where(restrictions.c.handover == row.handover))
    rows.insert(connection, restrictions, row)


def get(connection: Connection, handover: str) -> RestrictionRow | None:
    """What restricts a handover here."""
    return rows.one(connection, _OF, RestrictionRow, handover=handover)


def lift(connection: Connection, handover: str, unless_by: str = "") -> None:
    """End it, unless this one has set it; nothing happens if there is none."""
    connection.execute(
        delete(restrictions).where(
            restrictions.c.handover == handover, restrictions.c.set_by != unless_by
        )
    )
