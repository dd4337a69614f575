"""Handovers in preparation."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from app.store import rows
from app.store.tables import draft_attachments, drafts, handovers


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft; its case file is sealed in the blob store under `blob`. One with a `handover` has no
    case file: its documents are for a supplement of that handover."""

    id: str
    owner: str
    team: str | None
    recipient: str | None
    own_reference: str | None
    transfer: str | None
    created_at: datetime
    expires_at: datetime
    blob: str | None
    notification_digest: str | None
    dispatched_digest: str | None
    handover: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A document of a draft; `size` and `sha256` are of the document, not of the sealed blob."""

    draft: str
    number: int
    name_sealed: bytes
    media_type: str
    labels: str
    """Handling labels, parted by spaces."""
    size: int
    sha256: str
    blob: str


def insert(connection: Connection, row: DraftRow) -> None:
    """Store a new draft."""
    rows.insert(connection, drafts, row)


def get(connection: Connection, draft: str) -> DraftRow | None:
    """One draft."""
    return rows.one(connection, select(drafts).where(drafts.c.id == draft), DraftRow)


def expired(connection: Connection, now: datetime, limit: int) -> list[DraftRow]:
    """Drafts to be thrown away, the oldest first."""
    query = select(drafts).where(_is_over(now)).order_by(drafts.c.expires_at)
    return rows.many(connection, query.limit(limit), DraftRow)


def is_expired(connection: Connection, draft: str, now: datetime) -> bool:
    """Whether a draft is there and to be thrown away."""
    query = select(drafts.c.id).where(drafts.c.id == draft, _is_over(now))
    return connection.scalar(query) is not None


def keep_until(connection: Connection, draft: str, expires_at: datetime) -> None:
    """Somebody works on it. Raises Conflict if it was deleted meanwhile."""
    count = connection.execute(
        update(drafts).where(drafts.c.id == draft).values(expires_at=expires_at)
    ).rowcount
    rows.require_one(count, "draft-changed", "The draft was changed meanwhile: read it again.")


def save(connection: Connection, row: DraftRow) -> DraftRow:
    """Store a changed draft that was read as `row.version`; returns it with the next version.

    Raises Conflict if it was changed or deleted meanwhile.
    """
    changed = replace(row, version=row.version + 1)
    count = connection.execute(
        update(drafts)
        .where(drafts.c.id == row.id, drafts.c.version == row.version)
        .values(rows.values(changed))
    ).rowcount
    rows.require_one(count, "draft-changed", "The draft was changed meanwhile: read it again.")
    return changed


def remove(connection: Connection, draft: str) -> None:
    """Delete a draft and its attachments' rows; their blobs are the caller's to delete."""
    connection.execute(delete(drafts).where(drafts.c.id == draft))


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Its time is over, and no papers are owed: none were announced, or they have been sent, or
    the handover was withdrawn."""
    withdrawn = exists().where(handovers.c.handover == drafts.c.id, handovers.c.state == "recalled")
    return and_(
        drafts.c.expires_at <= now,
        or_(
            drafts.c.notification_digest.is_(None),
            drafts.c.dispatched_digest.is_not(None),
            withdrawn,
        ),
    )


def attach(connection: Connection, row: AttachmentRow) -> None:
    """Store a new attachment; raises Conflict if its number is taken."""
    rows.insert(connection, draft_attachments, row)


def attachments(connection: Connection, draft: str) -> list[AttachmentRow]:
    """A draft's attachments in order of number."""
    table = draft_attachments
    query = select(table).where(table.c.draft == draft).order_by(table.c.number)
    return rows.many(connection, query, AttachmentRow)


def detach(connection: Connection, draft: str, number: int) -> None:
    """Delete an attachment's row; its blob is the caller's to delete."""
    table = draft_attachments
    connection.execute(delete(table).where(table.c.draft == draft, table.c.number == number))
