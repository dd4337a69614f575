"""Handovers in preparation."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from app.store import rows
from app.store.tables import draft_attachments, drafts


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft; its case file is sealed in the blob store under `blob`."""

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


def of_owner(connection: Connection, owner: str) -> list[DraftRow]:
    """A person's drafts, the newest first."""
    query = select(drafts).where(drafts.c.owner == owner)
    return rows.many(connection, query.order_by(drafts.c.created_at.desc(), drafts.c.id), DraftRow)


def expired(connection: Connection, now: datetime, limit: int) -> list[DraftRow]:
    """Drafts to be thrown away."""
    query = select(drafts).where(drafts.c.expires_at <= now).order_by(drafts.c.expires_at)
    return rows.many(connection, query.limit(limit), DraftRow)


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
