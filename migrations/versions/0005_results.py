"""What came of a request under a key: a statement's digest, or a draft's id.

Keys of before are forgotten: a request that is made again under one is a new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("DELETE FROM idempotency")
    with op.batch_alter_table("idempotency") as table:
        table.drop_column("response_digest")
        table.drop_column("location")
        table.add_column(sa.Column("result", sa.String(64), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM idempotency")
    with op.batch_alter_table("idempotency") as table:
        table.drop_column("result")
        table.add_column(sa.Column("response_digest", sa.String(64)))
        table.add_column(sa.Column("location", sa.String(256)))
