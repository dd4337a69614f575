"""The bodies by which the receiving authority answers, and those that end a handover."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.handover import codes
from app.handover.bodies.base import Body, Dispositions
from app.handover.codes import AuthorityId, Id
from app.handover.timetable import MAX_REPLACED, AcknowledgedStep
from app.handover.when import Day, When


class Acknowledgement(Body):
    """A named person has it. The first may set other limits for the receiver's own steps."""

    steps: Annotated[tuple[AcknowledgedStep, ...], Field(max_length=MAX_REPLACED)] | None = None

    @model_validator(mode="after")
    def _each_step_once(self) -> "Acknowledgement":
        steps = self.steps or ()
        if len({step.code for step in steps}) != len(steps):
            raise ValueError("two steps have the same code")
        return self


class Seen(Body):
    """When the child was seen, and whether alone and at home."""

    on: Day
    alone: bool
    home: bool


class Arrangements(Body):
    """What the receiving authority has arranged; repeatable."""

    worker: Literal["allocated", "awaited"] | None = None
    allocate_by: Day | None = None
    visit: Day | None = None
    conference: Day | None = None
    temporary_list: Day | None = None
    cpis: Literal["set", "not_set"] | None = None
    seen: Seen | None = None


class Category(Body):
    """A plan's category with its nation's scheme; never mapped to another's."""

    scheme: codes.CategoryScheme
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]

    @model_validator(mode="after")
    def _of_its_scheme(self) -> "Category":
        if self.scheme == "england" and self.code not in codes.ENGLAND_CATEGORIES:
            raise ValueError("not a category of that scheme")
        return self


class ChildResult(Body):
    """What a conference decided for one child: a plan with its category and start, or why not."""

    child: Id
    result: codes.ChildResult
    category: Category | None = None
    start: Day | None = None
    until: Day | None = None
    adjourned: codes.Adjourned | None = None
    declined: codes.Declined | None = None

    @model_validator(mode="after")
    def _says_what_its_result_needs(self) -> "ChildResult":
        if (self.result == "adjourned") != (self.adjourned is not None):
            raise ValueError("`adjourned` says why, and goes with that result alone")
        if (self.result == "not_accepted") != (self.declined is not None):
            raise ValueError("`declined` says why, and goes with `not_accepted` alone")
        if self.result == "plan" and (self.start is None or self.category is None):
            raise ValueError("a plan has its start and category")
        return self


class Acceptance(Body):
    """The conference's result. The plan passes, per child, at the statement's `effective`."""

    held: When
    quorate: bool
    sender: Literal["attended", "reported", "absent"]
    results: Annotated[tuple[ChildResult, ...], Field(min_length=1, max_length=50)]
    dispositions: Dispositions
    core_group: Day | None = None
    review: Day | None = None
    family_told: bool
    dissent: bool

    def of(self, child: str) -> ChildResult:
        """The result for one of its children."""
        return next(result for result in self.results if result.child == child)


class Decline(Body):
    """Not accepted, with its reason; missing papers and capacity are none."""

    code: codes.Declined
    visited: bool | None = None
    to: AuthorityId | None = None
    until: Day | None = None


class Recall(Body):
    """Withdrawn before acceptance."""

    code: codes.Recalled
    to: AuthorityId | None = None


class Closure(Body):
    """The sending authority has ended its own plan, after the acceptance."""

    ended: Day
