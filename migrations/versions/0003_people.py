"""Who may look: named openers, reviewers, and what is kept to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(128), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        comment=(
            "Named openers and reviewers of one handover, by whom and until when; none is deleted"
        ),
    )
    op.create_index("ix_grants_handover_subject", "grants", ["handover", "subject"])
    op.create_index("ix_grants_subject", "grants", ["subject"])
    op.create_table(
        "restrictions",
        sa.Column("handover", sa.String(26), nullable=False),
        sa.Column("set_by", sa.String(128), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handover", name=op.f("pk_restrictions")),
        comment="Handovers and drafts that this authority itself keeps to named people",
    )


def downgrade() -> None:
    """Drop the tables, with all that they hold."""
    op.drop_table("restrictions")
    op.drop_table("grants")
