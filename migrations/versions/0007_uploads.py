"""Whether an upload is complete follows from its bytes: the column was never read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("uploads") as table:
        table.drop_column("complete")


def downgrade() -> None:
    """None was."""
    with op.batch_alter_table("uploads") as table:
        table.add_column(
            sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("uploads") as table:
        table.alter_column("complete", server_default=None)
