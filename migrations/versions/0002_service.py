"""What the service runs on: work, callers, directories, the access log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("lane", sa.String(128), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("payload", sa.String(2048), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_code", sa.String(64)),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
        comment="Work to do: deliveries, mail, webhooks, ticks; a row goes when its work is done",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_jobs_due_at",
        "jobs",
        ["due_at"],
        sqlite_where=sa.text("NOT stopped"),
        postgresql_where=sa.text("NOT stopped"),
    )
    op.create_index("ix_jobs_lane_id", "jobs", ["lane", "id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("display_sealed", sa.LargeBinary()),
        sa.Column("roles", sa.String(512), nullable=False),
        sa.Column("teams", sa.String(2048), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
        comment="Callers of the API, by the digest of their token, with their authority-wide roles",
    )
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("key_digest", sa.String(64), nullable=False),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("response_digest", sa.String(64)),
        sa.Column("location", sa.String(256)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key_digest", name=op.f("pk_idempotency")),
        comment="Requests already carried out, so that the same one again gives the same answer",
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    op.create_table(
        "directories",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wire", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_directories")),
        comment="Every directory version ever trusted, signed, as judged statements by",
    )
    op.create_table(
        "nonces",
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("peer", "nonce", name=op.f("pk_nonces")),
        comment="Nonces of signed requests within their tolerance, so that none is played back",
    )
    op.create_index("ix_nonces_seen_at", "nonces", ["seen_at"])
    op.create_table(
        "access_log",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_log")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_log_digest")),
        comment="Who opened, printed or exported what, when and why; hash-chained, never changed",
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
        comment="Numbers that only go up, also over a reindex; updating one orders writers",
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.String(1024), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
        comment="Facts about this installation, such as the high mark of its clock",
    )


def downgrade() -> None:
    """Drop the tables, with all that they hold."""
    op.drop_table("meta")
    op.drop_table("counters")
    op.drop_table("access_log")
    op.drop_table("nonces")
    op.drop_table("directories")
    op.drop_table("idempotency")
    op.drop_table("tokens")
    op.drop_table("jobs")
