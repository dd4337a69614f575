"""Nonces of signed requests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete

from app.errors import Conflict
from app.store import rows
from app.store.tables import nonces


@dataclass(frozen=True, slots=True)
class NonceRow:
    """A nonce and when it was seen."""

    peer: str
    nonce: str
    seen_at: datetime


def use(connection: Connection, row: NonceRow) -> None:
    """Note a nonce; raises Conflict if its authority has used it before."""
    if not rows.insert_if_absent(connection, nonces, row):
        raise Conflict("nonce-used", "This request was made before: sign a new one.")


def forget(connection: Connection, before: datetime) -> None:
    """Delete those whose requests would be refused as too old anyway."""
    connection.execute(delete(nonces).where(nonces.c.seen_at < before))
