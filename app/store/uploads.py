"""Statements that wait for the bundle they announce."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from app.store import rows
from app.store.tables import uploads

_BY_ID = select(uploads).where(uploads.c.id == bindparam("upload"))
_FOR = select(uploads).where(uploads.c.statement == bindparam("digest"))
_ANNOUNCED = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
    uploads.c.expires_at > bindparam("now")
)


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload; its bytes are in the blob store under the same id."""

    id: str
    secret_hash: str
    statement: str
    wire: bytes
    peer: str
    size: int
    created_at: datetime
    expires_at: datetime


def insert(connection: Connection, row: UploadRow) -> None:
    """Store a new upload; raises Conflict if its statement has one."""
    rows.insert(connection, uploads, row)


def get(connection: Connection, upload: str) -> UploadRow | None:
    """One upload."""
    return rows.one(connection, _BY_ID, UploadRow, upload=upload)


def for_statement(connection: Connection, digest: str) -> UploadRow | None:
    """The upload that a statement waits for."""
    return rows.one(connection, _FOR, UploadRow, digest=digest)


def remove(connection: Connection, upload: str) -> None:
    """Forget an upload; its blob is the caller's to keep or delete."""
    connection.execute(delete(uploads).where(uploads.c.id == upload))


def remove_expired(connection: Connection, upload: str, now: datetime) -> None:
    """Forget an upload, unless somebody has gone on with it meanwhile."""
    over = uploads.c.expires_at <= now
    connection.execute(delete(uploads).where(uploads.c.id == upload, over))


def expired(connection: Connection, now: datetime, limit: int) -> list[UploadRow]:
    """Uploads that were given up, the oldest first."""
    query = select(uploads).where(uploads.c.expires_at <= now)
    return rows.many(connection, query.order_by(uploads.c.expires_at).limit(limit), UploadRow)


def waiting(connection: Connection, now: datetime) -> list[UploadRow]:
    """Every upload that has not expired."""
    return rows.many(connection, select(uploads).where(uploads.c.expires_at > now), UploadRow)


def announced(connection: Connection, now: datetime) -> int:
    """The bytes of all that have not expired, those that are here already among them."""
    return int(connection.execute(_ANNOUNCED, {"now": now}).scalar_one())


def promised(connection: Connection, peer: str, now: datetime, but: str) -> tuple[int, int]:
    """How many uploads an authority has open beside that of the statement `but`, and their
    announced bytes in all."""
    query = select(func.count(), func.coalesce(func.sum(uploads.c.size), 0)).where(
        uploads.c.peer == peer, uploads.c.expires_at > now, uploads.c.statement != but
    )
    count, size = connection.execute(query).one()
    return int(count), int(size)
