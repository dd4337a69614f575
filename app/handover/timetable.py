"""The timetable that travels: steps and closed days, frozen into the first statement.

Both sides compute deadlines from this alone, so they agree whatever their versions, settings and
calendars. It goes into a statement's body and so holds only enumerations, dates, identifiers and
integers; titles and sources for people are looked up by id (`timetables.describe`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.errors import Conflict, Malformed
from app.handover.calendars import Nation
from app.handover.codes import Side, Slug
from app.handover.when import Day

Begins = Literal["first", "last"]
Unit = Literal["hours", "calendar_days", "working_days", "same_day", "same_working_day"]

Codes = Annotated[tuple[Slug, ...], Field(strict=False, min_length=1, max_length=8)]
"""Fact codes. An unknown one, of a newer version, is a fact that is never known here."""
Count = Annotated[int, Field(strict=True, ge=0, le=400)]
Soon = Annotated[int, Field(strict=True, ge=0, le=30)]

MAX_STEPS = 64
MAX_CLOSED = 200

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
        return self

    def closed_days(self, side: Side) -> frozenset[date]:
        """The bank holidays of one side."""
        days = self.closed.sender if side == "sender" else self.closed.receiver
        return frozenset(map(date.fromisoformat, days))


def replace_receiver_steps(
    timetable: FrozenTimetable, steps: Sequence[FrozenStep]
) -> FrozenTimetable:
    """The timetable with the receiver's own `steps` in place of those of the same code.

    Others stay as they were and new ones are added: nobody can drop a step they owe.
    Raises Conflict for a step the sender owes, Malformed for one code twice or too many steps.
    """
    given = {step.code: step for step in steps}
    if len(given) != len(steps):
        raise Malformed("timetable", "Two steps have the same code: send each step once.")
    senders = {step.code for step in timetable.steps if step.owes == "sender"}
    if any(step.owes != "receiver" or step.code in senders for step in steps):
        raise Conflict("not-your-step", "Change only the steps that the receiving authority owes.")
    kept = [given.pop(step.code, step) for step in timetable.steps]
    merged = (*kept, *given.values())
    if len(merged) > MAX_STEPS:
        raise Malformed("timetable", f"A timetable has at most {MAX_STEPS} steps.")
    return timetable.model_copy(update={"steps": merged})
