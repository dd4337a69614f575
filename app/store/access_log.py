"""The access log's entries, as chained by whoever writes them."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.store import rows
from app.store.tables import access_log


@dataclass(frozen=True, slots=True)
class AccessLogRow:
    """Entry `number`, from 1; `digest` covers `prev` and the entry."""

    number: int
    digest: str
    prev: str
    entry: bytes


def append(connection: Connection, row: AccessLogRow) -> None:
    """Store a new entry; raises Conflict if its number is taken."""
    rows.insert(connection, access_log, row)


def last(connection: Connection) -> AccessLogRow | None:
    """The newest entry."""
    query = select(access_log).order_by(access_log.c.number.desc()).limit(1)
    return rows.one(connection, query, AccessLogRow)


def after(connection: Connection, number: int, limit: int) -> list[AccessLogRow]:
    """Up to `limit` entries after `number`, in order."""
    query = select(access_log).where(access_log.c.number > number)
    return rows.many(connection, query.order_by(access_log.c.number).limit(limit), AccessLogRow)
