"""What only this authority knows of a handover."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.store import dialect, rows
from app.store.tables import own_records

_OF = select(own_records).where(own_records.c.handover == bindparam("handover"))


@dataclass(frozen=True, slots=True)
class OwnRecordRow:
    """Facts that are in no statement."""

    handover: str
    own_reference: str | None
    team: str | None
    label_sealed: bytes | None
    draft: str | None


def put(connection: Connection, row: OwnRecordRow) -> None:
    """Store, or replace what was known."""
    values = rows.values(row)
    new = dialect.upsert(connection.dialect.name, own_records).values(values)
    connection.execute(
        new.on_conflict_do_update(index_elements=[own_records.c.handover], set_=values)
    )


def get(connection: Connection, handover: str) -> OwnRecordRow | None:
    """What is known of a handover."""
    return rows.one(connection, _OF, OwnRecordRow, handover=handover)
