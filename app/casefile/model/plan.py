"""The plan, its reviews, and the outcomes it is there to reach."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRefs,
    ConcernRef,
    Count,
    EventRef,
    Id,
    Many,
    MeetingRef,
    Model,
    OutcomeRef,
    PlanRef,
    ReviewRef,
    Short,
    Slug,
    Text,
)
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Authority, Part, Who


class Category(Model):
    """A category of harm, in its own nation's scheme; never mapped to another nation's."""

    scheme: codes.CategoryScheme
    """The nation whose category it is."""
    code: Slug
    """The category; for England `neglect`, `physical`, `sexual`, `emotional` or `multiple`."""
    words: Short | None = None
    """As it was recorded."""

    @model_validator(mode="after")
    def _of_its_scheme(self) -> "Category":
        if self.scheme == "england" and self.code not in codes.ENGLAND_CATEGORIES:
            raise PydanticCustomError("category_of_scheme", "not a category of that scheme")
        return self


class Review(Model):
    """One review of a plan."""

    key: ClassVar[str | None] = "id"
    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "review",
    )

    id: Id
    """Unique in the case file."""
    on: Date
    """When it was held."""
    due_on: Date | None = None
    """When it was due."""
    result: codes.ReviewResult | None = None
    """What was decided."""
    progress: Text | None = None
    """What has changed for the child since the last one, and what has not."""
    meeting: MeetingRef | None = None
    """The conference."""


class PreviousPlan(Model):
    """An earlier plan that is not itself in this case file."""

    kind: codes.PlanKind = "child_protection"
    """What kind of plan."""
    authority: Authority | None = None
    """Who held it."""
    categories: Many[Category] = ()
    """Categories."""
    start: Date | None = None
    """Started."""
    end: Date | None = None
    """Ended."""
    why_ended: Text | None = None
    """Why it ended."""


class Plan(Part):
    """A plan for one or more children, current or ended."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "plan",
    )

    kind: codes.PlanKind
    """What kind of plan."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    held_by: Authority | None = None
    """The authority that holds it."""
    start: Date | None = None
    """Started."""
    end: Date | None = None
    """Ended; absent while it runs."""
    why_ended: Text | None = None
    """Why it ended."""
    initial_categories: Many[Category] = ()
    """Category at the start (several only where the nation's scheme has several)."""
    latest_categories: Many[Category] = ()
    """Latest category."""
    aim: Text | None = None
    """What must be different for the child for the plan to end."""
    contingency: Text | None = None
    """What happens, and when, if the outcomes are not reached."""
    bottom_lines: Many[Text] = ()
    """What must never happen meanwhile, and what follows if it does."""
    agreed_with_family: Text | None = None
    """Each parent's view of it."""
    visit_every_days: Count | None = None
    """Statutory visits at least every so many days."""
    last_visit_on: Date | None = None
    """Last statutory visit."""
    next_core_group_on: Date | None = None
    """Next core group."""
    next_review_due: Date | None = None
    """Next review conference due."""
    reviews: Many[Review] = ()
    """Reviews held."""
    number_of_previous_plans: Count | None = None
    """How many earlier child protection plans, as the authority counts them."""
    previous_plans: Many[PreviousPlan] = ()
    """Earlier plans."""
    attachments: AttachmentRefs = ()
    """The plan as a document."""


class Progress(Model):
    """How an outcome stood on one date."""

    on: Date
    """When it was judged."""
    code: codes.ProgressCode
    """Whether it was reached, better, the same or worse."""
    what: Text | None = None
    """What shows it."""
    review: ReviewRef | None = None
    """The review that judged it."""
    by: Who | None = None
    """Who judged it."""


class Outcome(Part):
    """Something that must become different for a child, and what follows if it does not."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "outcome",
    )

    children: ChildRefs = ()
    """The children; every child, if absent."""
    plan: PlanRef | None = None
    """The plan it belongs to."""
    what: Text
    """What must be different for the child."""
    risk: Text | None = None
    """The specific risk it answers."""
    measure: Text | None = None
    """How anyone can tell that it is reached."""
    steps: Many[Text] = ()
    """What is done to reach it."""
    owner: Who | None = None
    """Who is answerable for it."""
    due_on: Date | None = None
    """By when."""
    consequence: Text | None = None
    """What happens if it is not reached."""
    status: codes.OutcomeStatus = "open"
    """Whether it is still to be reached."""
    progress: Many[Progress] = ()
    """How it stood at each review."""
    attachments: AttachmentRefs = ()
    """Documents about it."""


class Action(Part):
    """Something that somebody agreed or must do."""

    what: Text
    """What."""
    owner: Who | None = None
    """Who."""
    due_on: Moment | None = None
    """By when."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    outcome: OutcomeRef | None = None
    """The outcome it serves."""
    concern: ConcernRef | None = None
    """The concern it answers."""
    meeting: MeetingRef | None = None
    """The meeting that agreed it."""
    event: EventRef | None = None
    """The event that led to it."""
    status: codes.ActionStatus = "open"
    """Whether it is done."""
    done_on: Date | None = None
    """When it was done."""
    result: Text | None = None
    """What came of it, or why it was dropped."""
