"""The bodies by which a handover begins and the case is sent."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.handover import codes
from app.handover.bodies.base import Body, Items
from app.handover.codes import Id
from app.handover.timetable import FrozenTimetable
from app.handover.when import Day, When


class Moved(Body):
    """When the family moved, as exactly as it is known."""

    on: Day
    precision: codes.Precision


class Opening(Body):
    """The facts which start the clocks, and the timetable frozen with them."""

    learned: When
    moved: Moved | None = None
    planned: codes.Planned
    stay: codes.Stay
    until: Day | None = None
    restricted: bool
    timetable: FrozenTimetable


class Transferred(Body):
    """What kind of move it is, and whether it moves the plan."""

    transfer: codes.Transfer
    basis: codes.Basis

    @model_validator(mode="after")
    def _basis_follows(self) -> "Transferred":
        if self.basis != codes.BASIS[self.transfer]:
            raise ValueError("`basis` is that of the transfer")
        return self


class Notification(Opening, Transferred):
    """A family is moving or has moved."""


class RecordsRequest(Body):
    """A family has come to us: please hand over. `timetable` holds until an opening has its own."""

    learned: When
    restricted: bool
    timetable: FrozenTimetable | None = None


class RunningClock(Body):
    """A date the child's plan already has: nothing may slip through the move."""

    code: Literal["last_visit", "next_visit", "next_core_group", "next_review_conference"]
    on: Day
    child: Id | None = None


class Dispatch(Transferred):
    """The case itself. `opening` exactly when no notification went before."""

    items: Items
    running: Annotated[tuple[RunningClock, ...], Field(max_length=100)]
    earlier: Annotated[tuple[Id, ...], Field(max_length=50)]
    opening: Opening | None = None
