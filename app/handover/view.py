"""What a ledger says, as values: the result of folding it. Nothing here is ever stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.handover.bodies.opening import Opening
from app.handover.codes import Basis, Side, Transfer
from app.handover.lifecycle import State
from app.handover.timetable import FrozenTimetable
from app.handover.when import When


@dataclass(frozen=True)
class ChildView:
    """One child's part of the handover."""

    state: State = "none"
    basis: Basis = "transfer"
    transfer: Transfer | None = None
    papers: str | None = None
    """Digest of the dispatch whose bundle the receiver holds and could open."""
    result: str | None = None
    """The latest result of a conference."""
    passed: When | None = None
    """When the receiving authority took the child over."""


@dataclass(frozen=True)
class ItemView:
    """One open thing and what has become of it."""

    type: str
    child: str | None
    disposition: str | None = None
    on: When | None = None


@dataclass(frozen=True)
class HandoverView:
    """One handover, folded."""

    handover: str
    sender: str
    receiver: str
    keeper: str = ""
    """The authority that keeps the order, once there is an entry: whoever gave the first place."""
    length: int = 0
    head: str | None = None
    """Digest of the last entry; the next one names it as `prev`."""
    opened_at: str = ""
    restricted: bool = False
    opening: Opening | None = None
    timetable: FrozenTimetable | None = None
    children: Mapping[str, ChildView] = field(default_factory=dict)
    items: Mapping[str, ItemView] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    """Query id → its latest answer's result, or `open`."""
    disagreements: Mapping[str, str] = field(default_factory=dict)
    """Disagreement id → its latest act."""

    def side(self, authority: str) -> Side:
        """Which side an authority is on; it must be one of the two."""
        return "sender" if authority == self.sender else "receiver"
