"""What a ledger says, as values: the result of folding it. Nothing here is ever stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.handover.bodies.opening import Opening
from app.handover.codes import Basis, Side, Transfer
from app.handover.lifecycle import State
from app.handover.timetable import FrozenStep, FrozenTimetable
from app.handover.when import When


@dataclass(frozen=True)
class ChildView:
    """One child's part of the handover."""

    state: State = "none"
    since: str = ""
    """The earliest day of which an opening of this child speaks."""
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
    placed_at: str = ""
    """When the last entry got its place."""
    entries: frozenset[str] = frozenset()
    """Digests of all entries, as `seen` names them."""
    statements: Mapping[str, tuple[str, Side]] = field(default_factory=dict)
    """Every statement that has its effect: digest → what it says (of an attested one: what was
    told), and the side that signed it."""
    opener: str = ""
    """The authority whose statement was the first."""
    opened_at: str = ""
    restricted: bool = False
    opening: Opening | None = None
    opened_effective: str = ""
    """`effective` of the statement whose opening that is."""
    timetable: FrozenTimetable | None = None
    """The one in force: that of a request, until an opening freezes its own."""
    acknowledged: bool = False
    """Whether there has been an acknowledgement: only the first may replace steps."""
    replaced: Mapping[str, FrozenStep] = field(default_factory=dict)
    """The steps that it replaced, as they were frozen, by code."""
    children: Mapping[str, ChildView] = field(default_factory=dict)
    items: Mapping[str, ItemView] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    """Query id → its latest answer's result, or `open`."""
    askers: Mapping[str, Side] = field(default_factory=dict)
    """Query id → the side that asked."""
    disagreements: Mapping[str, str] = field(default_factory=dict)
    """Disagreement id → its latest act."""

    def side(self, authority: str) -> Side:
        """Which side an authority is on; it must be one of the two."""
        return "sender" if authority == self.sender else "receiver"
