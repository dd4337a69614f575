"""Handovers in preparation."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from app.store.tables.types import (
    AUTHORITY,
    BLOB,
    CODE,
    DIGEST,
    HANDOVER,
    REFERENCE,
    SUBJECT,
    Moment,
    metadata,
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", REFERENCE, primary_key=True),
    Column("owner", SUBJECT, nullable=False),
    Column("team", CODE),
    Column("recipient", AUTHORITY),
    Column("own_reference", String(32)),
    Column("transfer", CODE),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("blob", BLOB),
    Column("notification_digest", DIGEST),
    Column("dispatched_digest", DIGEST),
    Column("handover", HANDOVER),
    Column("version", Integer, nullable=False),
    Index("ix_drafts_owner", "owner"),
    Index("ix_drafts_expires_at", "expires_at"),
    Index("ix_drafts_blob", "blob"),
    comment="Handovers in preparation; the case file is sealed in the blob store",
)

draft_attachments = Table(
    "draft_attachments",
    metadata,
    Column("draft", REFERENCE, ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("media_type", String(127), nullable=False),
    Column("labels", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("blob", BLOB, nullable=False),
    Index("ix_draft_attachments_blob", "blob"),
    comment="Documents of a draft, sealed; size and digest are of the document itself",
)
