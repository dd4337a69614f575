"""Callers of the API."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.store import rows
from app.store.tables import tokens


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token by its digest; `roles` and `teams` are codes parted by spaces."""

    id: str
    hash: str
    subject: str
    display_sealed: bytes | None
    roles: str
    teams: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def insert(connection: Connection, row: TokenRow) -> None:
    """Store a new token."""
    rows.insert(connection, tokens, row)


def by_hash(connection: Connection, digest: str) -> TokenRow | None:
    """The token with this digest, whether or not it is still valid."""
    return rows.one(connection, select(tokens).where(tokens.c.hash == digest), TokenRow)


def every(connection: Connection) -> list[TokenRow]:
    """All tokens, the newest first."""
    query = select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id)
    return rows.many(connection, query, TokenRow)


def revoke(connection: Connection, token: str, at: datetime) -> None:
    """End a token; the first time counts. Raises Conflict if it is unknown or ended."""
    changed = connection.execute(
        update(tokens)
        .where(tokens.c.id == token, tokens.c.revoked_at.is_(None))
        .values(revoked_at=at)
    ).rowcount
    rows.require_one(changed, "token-not-valid", "There is no such token, or it was revoked.")


def used(connection: Connection, row: TokenRow, at: datetime) -> None:
    """Note the use of a token, unless another use was noted since `row` was read."""
    known = tokens.c.last_used_at.is_not_distinct_from(row.last_used_at)
    connection.execute(update(tokens).where(tokens.c.id == row.id, known).values(last_used_at=at))
