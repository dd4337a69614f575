"""The index of the ledger: nothing here that `handover reindex` cannot compute again."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from app.store.tables.types import (
    AUTHORITY,
    CODE,
    DIGEST,
    HANDOVER,
    NUMBER,
    REFERENCE,
    WIRE_TIME,
    Moment,
    metadata,
)

_SIDES = "('sender', 'receiver')"


def _of_handover() -> Column[str]:
    """First part of the key of a row that goes when its handover's row goes."""
    return Column(
        "handover", HANDOVER, ForeignKey("handovers.handover", ondelete="CASCADE"), primary_key=True
    )


handovers = Table(
    "handovers",
    metadata,
    Column("handover", HANDOVER, primary_key=True),
    Column("peer", AUTHORITY, nullable=False),
    Column("side", String(8), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("transfer", CODE),
    Column("basis", CODE),
    Column("restricted", Boolean, nullable=False),
    Column("own_reference", String(32)),
    Column("team", CODE),
    Column("label_sealed", LargeBinary),
    Column("state", CODE, nullable=False),
    Column("head", DIGEST),
    Column("length", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("sequence", NUMBER, nullable=False, unique=True),
    CheckConstraint(f"side IN {_SIDES}", name="side"),
    Index("ix_handovers_own_reference", "own_reference"),
    # For lists, each in order of change.
    Index("ix_handovers_side_sequence", "side", "sequence"),
    Index("ix_handovers_side_state_sequence", "side", "state", "sequence"),
    Index("ix_handovers_team_side_sequence", "team", "side", "sequence"),
    Index("ix_handovers_team_side_state_sequence", "team", "side", "state", "sequence"),
    Index("ix_handovers_peer_handover", "peer", "handover"),
    comment="One row a handover, for lists: the state is that of its least advanced child",
)

handover_children = Table(
    "handover_children",
    metadata,
    _of_handover(),
    Column("child", REFERENCE, primary_key=True),
    Column("state", CODE, nullable=False),
    Column("holder", String(8), nullable=False),
    CheckConstraint(f"holder IN {_SIDES}", name="holder"),
    comment="Each child's state in a handover and which side holds the plan",
)

clocks = Table(
    "clocks",
    metadata,
    _of_handover(),
    Column("child", REFERENCE, primary_key=True),
    Column("step", CODE, primary_key=True),
    Column("owes", String(8), nullable=False),
    Column("mine", Boolean, nullable=False),
    Column("state_at_save", CODE, nullable=False),
    Column("started", WIRE_TIME),
    Column("due_at", Moment),
    Column("soon_at", Moment),
    Column("met_at", Moment),
    Column("source", String(256), nullable=False),
    CheckConstraint(f"owes IN {_SIDES}", name="owes"),
    Index(
        "ix_clocks_unmet",
        "due_at",
        "handover",
        "child",
        "step",
        sqlite_where=text("met_at IS NULL"),
        postgresql_where=text("met_at IS NULL"),
    ),
    comment="Deadlines as computed when last saved; what is overdue now follows from due_at",
)

items = Table(
    "items",
    metadata,
    _of_handover(),
    Column("item", REFERENCE, primary_key=True),
    Column("type", CODE, nullable=False),
    Column("child", REFERENCE),
    Column("disposition", CODE),
    Column("disposed_at", Moment),
    comment="Open things that travelled with a handover and what became of each",
)
