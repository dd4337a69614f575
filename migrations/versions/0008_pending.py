"""What waits for its place is found among all statements, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    only = sa.text("status = 'pending'")
    op.create_index(
        "ix_statements_pending",
        "statements",
        ["recorded_at", "digest"],
        sqlite_where=only,
        postgresql_where=only,
    )


def downgrade() -> None:
    op.drop_index("ix_statements_pending", "statements")
