"""Who may look at a handover beyond what roles and teams say."""

from sqlalchemy import Column, Index, String, Table

from app.store.tables.types import HANDOVER, REFERENCE, SUBJECT, Moment, metadata

grants = Table(
    "grants",
    metadata,
    Column("id", REFERENCE, primary_key=True),
    Column("handover", HANDOVER, nullable=False),
    Column("subject", SUBJECT, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("until", Moment, nullable=False),
    Column("granted_by", SUBJECT, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_grants_handover_subject", "handover", "subject"),
    Index("ix_grants_subject", "subject"),
    comment="Named openers and reviewers of one handover, by whom and until when; none is deleted",
)

restrictions = Table(
    "restrictions",
    metadata,
    Column("handover", HANDOVER, primary_key=True),
    Column("set_by", SUBJECT, nullable=False),
    Column("set_at", Moment, nullable=False),
    comment="Handovers and drafts that this authority itself keeps to named people",
)
