"""The ledger and the sealed bytes it announces: what cannot be computed from anything else."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from app.store.tables.types import (
    AUTHORITY,
    BLOB,
    CODE,
    DIGEST,
    HANDOVER,
    REFERENCE,
    WIRE_TIME,
    Moment,
    metadata,
)

statements = Table(
    "statements",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("handover", HANDOVER, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("sender", AUTHORITY, nullable=False),
    Column("recipient", AUTHORITY, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("wire", LargeBinary, nullable=False),
    Column("at", WIRE_TIME, nullable=False),
    Column("effective", WIRE_TIME, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("place", Integer),
    Column("entry", DIGEST),
    Column("of", DIGEST),
    Column("bundle", DIGEST),
    Column("status", String(16), nullable=False),
    CheckConstraint("direction IN ('in', 'out')", name="direction"),
    CheckConstraint(
        "status IN ('entry', 'pending', 'receipt', 'refusal', 'evidence', 'cancelled')",
        name="status",
    ),
    CheckConstraint("status <> 'entry' OR (place IS NOT NULL AND entry IS NOT NULL)", name="place"),
    Index(
        "uq_statements_place",
        "handover",
        "place",
        unique=True,
        sqlite_where=text("status = 'entry'"),
        postgresql_where=text("status = 'entry'"),
    ),
    Index("ix_statements_of", "of"),
    Index("ix_statements_handover_status", "handover", "status"),
    Index("ix_statements_bundle", "bundle"),
    Index(
        "ix_statements_pending",
        "recorded_at",
        "digest",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
    comment="Every signed statement issued or received, and its place in the ledger",
)

bundles = Table(
    "bundles",
    metadata,
    Column("sha256", DIGEST, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("manifest", DIGEST, nullable=False),
    Column("blob", BLOB, nullable=False),
    Column("admitted_at", Moment),
    Column("result", CODE),
    Index("ix_bundles_blob", "blob"),
    comment="Sealed bundles held, where their bytes are and what their verification found",
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", REFERENCE, primary_key=True),
    Column("secret_hash", DIGEST, nullable=False),
    Column("statement", DIGEST, nullable=False, unique=True),
    Column("wire", LargeBinary, nullable=False),
    Column("peer", AUTHORITY, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_uploads_peer", "peer"),
    Index("ix_uploads_expires_at", "expires_at"),
    comment="Statements that wait for the bundle they announce",
)

own_records = Table(
    "own_records",
    metadata,
    Column("handover", HANDOVER, primary_key=True),
    Column("own_reference", String(32)),
    Column("team", CODE),
    Column("label_sealed", LargeBinary),
    Column("draft", REFERENCE),
    comment="What only this authority knows of a handover; reindexing reads it",
)
