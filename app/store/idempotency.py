"""Requests already carried out."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store import rows
from app.store.tables import idempotency


@dataclass(frozen=True, slots=True)
class IdempotencyRow:
    """What came of a request: an id or a digest. A caller chooses its key freely, so only the
    key's digest is kept."""

    subject: str
    key_digest: str
    request_digest: str
    result: str
    created_at: datetime


def digest(key: str) -> str:
    """What stands for a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def insert(connection: Connection, row: IdempotencyRow) -> None:
    """Record a request; raises Conflict if its caller has used its key."""
    rows.insert(connection, idempotency, row)


def get(connection: Connection, subject: str, key: str) -> IdempotencyRow | None:
    """What a caller's request under this key did."""
    query = select(idempotency).where(
        idempotency.c.subject == subject, idempotency.c.key_digest == digest(key)
    )
    return rows.one(connection, query, IdempotencyRow)


def forget(connection: Connection, before: datetime) -> None:
    """Delete what is too old to be asked again."""
    connection.execute(delete(idempotency).where(idempotency.c.created_at < before))
