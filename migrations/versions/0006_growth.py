"""Indexes by which lists, deadlines, work and sealed files are found however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

UNMET = sa.text("met_at IS NULL")
TRIED = sa.text("last_code IS NOT NULL")
LEASED = sa.text("lease_until IS NOT NULL")
GOING_ON = sa.text("NOT stopped")

Indexes = tuple[tuple[str, str, list[str], sa.TextClause | None], ...]

NEW: Indexes = (
    ("ix_handovers_side_sequence", "handovers", ["side", "sequence"], None),
    ("ix_handovers_side_state_sequence", "handovers", ["side", "state", "sequence"], None),
    ("ix_handovers_team_side_sequence", "handovers", ["team", "side", "sequence"], None),
    (
        "ix_handovers_team_side_state_sequence",
        "handovers",
        ["team", "side", "state", "sequence"],
        None,
    ),
    ("ix_handovers_peer_handover", "handovers", ["peer", "handover"], None),
    ("ix_clocks_unmet", "clocks", ["due_at", "handover", "child", "step"], UNMET),
    ("ix_drafts_blob", "drafts", ["blob"], None),
    ("ix_draft_attachments_blob", "draft_attachments", ["blob"], None),
    ("ix_bundles_blob", "bundles", ["blob"], None),
    ("ix_jobs_kind_stopped_id", "jobs", ["kind", "stopped", "id"], None),
    ("ix_jobs_stopped_share_due_at_id", "jobs", ["stopped", "share", "due_at", "id"], None),
    ("ix_jobs_tried", "jobs", ["share", "stopped"], TRIED),
    ("ix_jobs_leased", "jobs", ["lane", "lease_until"], LEASED),
)
OLD: Indexes = (
    ("ix_handovers_team_state", "handovers", ["team", "state"], None),
    ("ix_clocks_unmet_due_at", "clocks", ["due_at"], UNMET),
    ("ix_jobs_due_at", "jobs", ["due_at"], GOING_ON),
)


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(
    gone: Indexes,
    made: Indexes,
) -> None:
    for name, table, _, _ in gone:
        op.drop_index(name, table)
    for name, table, columns, where in made:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
