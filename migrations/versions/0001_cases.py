"""The ledger, its index, and drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "statements",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("wire", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("effective", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer()),
        sa.Column("entry", sa.String(64)),
        sa.Column("of", sa.String(64)),
        sa.Column("bundle", sa.String(64)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_statements_direction")),
        sa.CheckConstraint(
            "status <> 'entry' OR (place IS NOT NULL AND entry IS NOT NULL)",
            name=op.f("ck_statements_place"),
        ),
        sa.CheckConstraint(
            "status IN ('entry', 'pending', 'receipt', 'refusal', 'evidence', 'cancelled')",
            name=op.f("ck_statements_status"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_statements")),
        comment="Every signed statement issued or received, and its place in the ledger",
    )
    op.create_index("ix_statements_bundle", "statements", ["bundle"])
    op.create_index("ix_statements_handover_status", "statements", ["handover", "status"])
    op.create_index("ix_statements_of", "statements", ["of"])
    op.create_index(
        "uq_statements_place",
        "statements",
        ["handover", "place"],
        unique=True,
        sqlite_where=sa.text("status = 'entry'"),
        postgresql_where=sa.text("status = 'entry'"),
    )
    op.create_table(
        "bundles",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True)),
        sa.Column("result", sa.String(64)),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bundles")),
        comment="Sealed bundles held, where their bytes are and what their verification found",
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("statement", sa.String(64), nullable=False),
        sa.Column("wire", sa.LargeBinary(), nullable=False),
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("statement", name=op.f("uq_uploads_statement")),
        comment="Statements that wait for the bundle they announce",
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_index("ix_uploads_peer", "uploads", ["peer"])
    op.create_table(
        "own_records",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("own_reference", sa.String(32)),
        sa.Column("team", sa.String(64)),
        sa.Column("label_sealed", sa.LargeBinary()),
        sa.Column("draft", sa.String(64)),
        sa.PrimaryKeyConstraint("handover", name=op.f("pk_own_records")),
        comment="What only this authority knows of a handover; reindexing reads it",
    )
    op.create_table(
        "handovers",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transfer", sa.String(64)),
        sa.Column("basis", sa.String(64)),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("own_reference", sa.String(32)),
        sa.Column("team", sa.String(64)),
        sa.Column("label_sealed", sa.LargeBinary()),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64)),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("side IN ('sender', 'receiver')", name=op.f("ck_handovers_side")),
        sa.PrimaryKeyConstraint("handover", name=op.f("pk_handovers")),
        sa.UniqueConstraint("sequence", name=op.f("uq_handovers_sequence")),
        comment="One row a handover, for lists: the state is that of its least advanced child",
    )
    op.create_index("ix_handovers_own_reference", "handovers", ["own_reference"])
    op.create_index("ix_handovers_team_state", "handovers", ["team", "state"])
    op.create_table(
        "handover_children",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("child", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(8), nullable=False),
        sa.CheckConstraint(
            "holder IN ('sender', 'receiver')", name=op.f("ck_handover_children_holder")
        ),
        sa.ForeignKeyConstraint(
            ["handover"],
            ["handovers.handover"],
            name=op.f("fk_handover_children_handover"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handover", "child", name=op.f("pk_handover_children")),
        comment="Each child's state in a handover and which side holds the plan",
    )
    op.create_table(
        "clocks",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("child", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("owes", sa.String(8), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("state_at_save", sa.String(64), nullable=False),
        sa.Column("started", sa.String(40)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("soon_at", sa.DateTime(timezone=True)),
        sa.Column("met_at", sa.DateTime(timezone=True)),
        sa.Column("source", sa.String(256), nullable=False),
        sa.CheckConstraint("owes IN ('sender', 'receiver')", name=op.f("ck_clocks_owes")),
        sa.ForeignKeyConstraint(
            ["handover"],
            ["handovers.handover"],
            name=op.f("fk_clocks_handover"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handover", "child", "step", name=op.f("pk_clocks")),
        comment="Deadlines as computed when last saved; what is overdue now follows from due_at",
    )
    op.create_index(
        "ix_clocks_unmet_due_at",
        "clocks",
        ["due_at"],
        sqlite_where=sa.text("met_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL"),
    )
    op.create_table(
        "items",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("child", sa.String(64)),
        sa.Column("disposition", sa.String(64)),
        sa.Column("disposed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["handover"], ["handovers.handover"], name=op.f("fk_items_handover"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("handover", "item", name=op.f("pk_items")),
        comment="Open things that travelled with a handover and what became of each",
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("recipient", sa.String(64)),
        sa.Column("own_reference", sa.String(32)),
        sa.Column("transfer", sa.String(64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blob", sa.String(64)),
        sa.Column("notification_digest", sa.String(64)),
        sa.Column("dispatched_digest", sa.String(64)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        comment="Handovers in preparation; the case file is sealed in the blob store",
    )
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.create_index("ix_drafts_owner", "drafts", ["owner"])
    op.create_table(
        "draft_attachments",
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(127), nullable=False),
        sa.Column("labels", sa.String(128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft"], ["drafts.id"], name=op.f("fk_draft_attachments_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft", "number", name=op.f("pk_draft_attachments")),
        comment="Documents of a draft, sealed; size and digest are of the document itself",
    )


def downgrade() -> None:
    """Drop the tables, with all that they hold."""
    op.drop_table("draft_attachments")
    op.drop_table("drafts")
    op.drop_table("items")
    op.drop_table("clocks")
    op.drop_table("handover_children")
    op.drop_table("handovers")
    op.drop_table("own_records")
    op.drop_table("uploads")
    op.drop_table("bundles")
    op.drop_table("statements")
