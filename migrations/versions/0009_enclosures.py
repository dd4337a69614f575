"""A draft can hold documents for a handover that stands: they go with a supplement."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("drafts") as table:
        table.add_column(sa.Column("handover", sa.String(26)))


def downgrade() -> None:
    op.execute("DELETE FROM drafts WHERE handover IS NOT NULL")
    with op.batch_alter_table("drafts") as table:
        table.drop_column("handover")
