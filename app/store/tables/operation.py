"""What the service needs in order to run: work, callers, directories, the access log."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    CODE,
    DIGEST,
    NUMBER,
    REFERENCE,
    SUBJECT,
    Moment,
    metadata,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", CODE, nullable=False),
    Column("lane", String(128), nullable=False),
    Column("key", String(160), nullable=False, unique=True),
    Column("payload", String(2048), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_code", CODE),
    Column("stopped", Boolean, nullable=False),
    Column("again", Boolean, nullable=False),
    Column("share", String(80)),
    Index("ix_jobs_lane_id", "lane", "id"),
    Index("ix_jobs_kind_stopped_id", "kind", "stopped", "id"),
    # The next of a share, and what is being done, however much waits.
    Index("ix_jobs_stopped_share_due_at_id", "stopped", "share", "due_at", "id"),
    Index(
        "ix_jobs_leased",
        "lane",
        "lease_until",
        sqlite_where=text("lease_until IS NOT NULL"),
        postgresql_where=text("lease_until IS NOT NULL"),
    ),
    Index(
        "ix_jobs_tried",
        "share",
        "stopped",
        sqlite_where=text("last_code IS NOT NULL"),
        postgresql_where=text("last_code IS NOT NULL"),
    ),
    # An id used twice would let a worker that slept complete somebody else's job.
    sqlite_autoincrement=True,
    comment="Work to do: deliveries, mail, webhooks, ticks; a row goes when its work is done",
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", REFERENCE, primary_key=True),
    Column("hash", DIGEST, nullable=False, unique=True),
    Column("subject", SUBJECT, nullable=False),
    Column("display_sealed", LargeBinary),
    Column("roles", String(512), nullable=False),
    Column("teams", String(2048), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("last_used_at", Moment),
    comment="Callers of the API, by the digest of their token, with their authority-wide roles",
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", SUBJECT, primary_key=True),
    Column("key_digest", DIGEST, primary_key=True),
    Column("request_digest", DIGEST, nullable=False),
    Column("result", DIGEST, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_idempotency_created_at", "created_at"),
    comment="Requests already carried out, so that the same one again gives the same answer",
)

directories = Table(
    "directories",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wire", LargeBinary, nullable=False),
    Column("imported_at", Moment, nullable=False),
    comment="Every directory version ever trusted, signed, as judged statements by",
)

nonces = Table(
    "nonces",
    metadata,
    Column("peer", AUTHORITY, primary_key=True),
    Column("nonce", REFERENCE, primary_key=True),
    Column("seen_at", Moment, nullable=False),
    Index("ix_nonces_seen_at", "seen_at"),
    comment="Nonces of signed requests within their tolerance, so that none is played back",
)

access_log = Table(
    "access_log",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("prev", DIGEST, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    comment="Who opened, printed or exported what, when and why; hash-chained, never changed",
)

counters = Table(
    "counters",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="Numbers that only go up, also over a reindex; updating one orders writers",
)

meta = Table(
    "meta",
    metadata,
    Column("key", CODE, primary_key=True),
    Column("value", String(1024), nullable=False),
    comment="Facts about this installation, such as the high mark of its clock",
)
