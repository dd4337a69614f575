"""The timetable that travels: steps and closed days, frozen into the first statement.

Both sides compute deadlines from this alone, so they agree whatever their versions, settings and
calendars. It goes into a statement's body and so holds only enumerations, dates, identifiers and
integers; titles and sources for people are looked up by id (`timetables.describe`).
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.errors import Conflict
from app.handover.calendars import Nation
from app.handover.codes import Side, Slug
from app.handover.when import Day, months_later

Begins = Literal["first", "last"]
Unit = Literal["hours", "calendar_days", "working_days", "same_day", "same_working_day"]

Codes = Annotated[tuple[Slug, ...], Field(strict=False, min_length=1, max_length=8)]
"""Fact codes. An unknown one, of a newer version, is a fact that is never known here."""
Count = Annotated[int, Field(strict=True, ge=0, le=400)]
Soon = Annotated[int, Field(strict=True, ge=0, le=30)]

MAX_STEPS = 64
MAX_REPLACED = 32
MAX_CLOSED = 200
MAX_MONTHS = 37
"""Twelve months back, twenty-four ahead, and one to spare."""

_Closed = Annotated[tuple[Day, ...], Field(strict=False, max_length=MAX_CLOSED)]


class _Frozen(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, serialize_by_alias=True, hide_input_in_errors=True
    )


class Limit(_Frozen):
    """How long: `n` of `unit`; 0 for the two units that end with a day."""

    n: Count
    unit: Unit

    @model_validator(mode="after")
    def _number_fits_unit(self) -> Self:
        if (self.n == 0) != (self.unit in ("same_day", "same_working_day")):
            raise ValueError("n is 0 for same_day and same_working_day, and for no other unit")
        return self


class FrozenStep(Limit):
    """Who owes what by when. `begins`: at the first, or the last, known fact of `after`.

    `met_by`: any of these facts meets it. `soon`: "due soon" so many working days before it is due.
    `source`: the id under which the procedure it comes from is described.
    """

    code: Slug
    owes: Side
    after: Codes
    begins: Begins
    met_by: Codes
    soon: Soon
    source: Slug


class AcknowledgedStep(Limit):
    """Another limit, and its source, for a step that the receiver owes already."""

    code: Slug
    source: Slug


class Nations(_Frozen):
    """The nation of each side."""

    sender: Nation
    receiver: Nation


class ClosedDays(_Frozen):
    """Bank holidays of each side, from `from` to `until`; weekends go without saying."""

    sender: _Closed
    receiver: _Closed


class FrozenTimetable(_Frozen):
    """Everything needed to compute the deadlines of one handover until `until`."""

    v: Literal[1] = 1
    from_: Day = Field(alias="from")
    until: Day
    nations: Nations
    closed: ClosedDays
    steps: Annotated[tuple[FrozenStep, ...], Field(strict=False, max_length=MAX_STEPS)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.from_ > self.until:
            raise ValueError("from is after until")
        if len({step.code for step in self.steps}) != len(self.steps):
            raise ValueError("two steps have the same code")
        if date.fromisoformat(self.until) > months_later(
            date.fromisoformat(self.from_), MAX_MONTHS
        ):
            raise ValueError("it reaches too far")
        return self

    @model_validator(mode="after")
    def _closed_in_order(self) -> Self:
        for days in (self.closed.sender, self.closed.receiver):
            if list(days) != sorted(set(days)):
                raise ValueError("closed days are in order and each once")
            if days and not self.from_ <= days[0] <= days[-1] <= self.until:
                raise ValueError("closed days lie between from and until")
        return self

    def closed_days(self, side: Side) -> frozenset[date]:
        """The bank holidays of one side."""
        return _days(self.closed.sender if side == "sender" else self.closed.receiver)


@lru_cache(maxsize=128)
def _days(days: tuple[str, ...]) -> frozenset[date]:
    """Every clock asks for the same few lists."""
    return frozenset(map(date.fromisoformat, days))


def replace_receiver_steps(
    timetable: FrozenTimetable, steps: Sequence[AcknowledgedStep]
) -> FrozenTimetable:
    """The timetable with other limits for steps that the receiver owes; all else stays.

    Raises Conflict (`unknown-step`, `not-your-step`).
    """
    given = {step.code: step for step in steps}
    owed = {step.code: step.owes for step in timetable.steps}
    if not given.keys() <= owed.keys():
        raise Conflict("unknown-step", "Change only steps that the timetable has")
    if any(owed[code] != "receiver" for code in given):
        raise Conflict("not-your-step", "Change only steps that the receiving authority owes")
    changed = tuple(
        step.model_copy(update=given[step.code].model_dump()) if step.code in given else step
        for step in timetable.steps
    )
    return timetable.model_copy(update={"steps": changed})
