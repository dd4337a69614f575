"""What is for one authority is delivered a few at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a job say with what it shares its turns; those that wait already share with nothing."""
    op.add_column("jobs", sa.Column("share", sa.String(80)))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("jobs", "share")
