"""The receiving authority takes over, or says why it does not."""

from typing import ClassVar

from app.casefile.contents.base import (
    Content,
    ContentWithAttachments,
    ItemId,
    NamedPerson,
    Reason,
)
from app.casefile.model.base import ChildRef, ChildRefs, Many, Model, Short, Some, Text
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import ChildSeen, Who


class Acknowledgement(Content):
    """A named person has it. Nothing more is required."""

    person: NamedPerson
    """Who has it."""
    deputy: NamedPerson | None = None
    """Who has it when they are away."""


class Allocation(Model):
    """The worker of some children."""

    children: ChildRefs = ()
    """The children; every child, if absent."""
    worker: NamedPerson | None = None
    """The worker."""
    allocate_by: Date | None = None
    """Until there is one: by when."""


class PlannedVisit(Model):
    """A visit to come."""

    children: ChildRefs = ()
    """The children; every child, if absent."""
    by: Who | None = None
    """Who visits."""
    on: Moment
    """When."""


class Seen(ChildSeen):
    """A child seen since the move."""

    home_seen: bool | None = None
    """Whether the home was seen."""


class Conference(Model):
    """The conference to come."""

    at: Moment
    """When."""
    chair: Who | None = None
    """Chair."""
    place: Short | None = None
    """Where, or how to join."""
    invited: Many[Who] = ()
    """Who is asked to come, the sending authority's worker among them."""


class Arrangements(Content):
    """What the receiving authority has arranged; it may be sent again as things change."""

    allocations: Many[Allocation] = ()
    """Worker of each child, or by when there is one."""
    visits: Many[PlannedVisit] = ()
    """Visits to come."""
    seen: Many[Seen] = ()
    """Children seen since the move."""
    day_contact: Who | None = None
    """Whom to ring by day."""
    emergency_contact: Who | None = None
    """Whom to ring in an emergency."""
    out_of_hours_contact: Who | None = None
    """Whom to ring at night."""
    conference: Conference | None = None
    """The transfer conference."""


class Owner(Model):
    """Who owns an item: a person by name, never a team."""

    name: Short
    """Name."""
    role: Short
    """Role."""
    team: Short | None = None
    """Team."""
    phone: Short | None = None
    """Telephone."""


class ItemWords(Model):
    """What happens to one open item, in words; the coded disposition is in the statement."""

    key: ClassVar[str | None] = "item"
    nouns: ClassVar[tuple[str, ...]] = ("item",)
    item: ItemId
    """The item of the dispatch."""
    owner: Owner | None = None
    """Who owns it now, by name and role."""
    reference: Short | None = None
    """Its reference in the new plan, or at the agency it was referred to."""
    referred_to: Who | None = None
    """Where it was referred on to."""
    reason: Reason | None = None
    """Why. "Not enough evidence" alone is no reason."""
    evidence: Reason | None = None
    """What shows that it is resolved: what was asked, seen and decided."""
    next_step: Text | None = None
    """What happens next."""
    due_on: Date | None = None
    """By when."""


class LeadWorker(Model):
    """The lead worker of one child."""

    child: ChildRef
    """The child."""
    worker: NamedPerson
    """The lead worker."""


class ChildResult(Model):
    """What the conference decided for one child."""

    child: ChildRef
    """The child."""
    words: Text | None = None
    """The decision in words; for one adjourned: why."""


class Acceptance(ContentWithAttachments):
    """The conference was held, and the plan passes."""

    chair: Who
    """Chair."""
    sender_who: Many[Who] = ()
    """Who came for the sending authority, or sent its report."""
    results: Many[ChildResult] = ()
    """What was decided for each child, in words."""
    lead_workers: Many[LeadWorker] = ()
    """The lead worker of each child."""
    family_told: Text | None = None
    """Who was told, when, by whom, or why not."""
    parents: Text | None = None
    """What each parent said, the father too."""
    children_views: Text | None = None
    """What the children said."""
    dissent: Text | None = None
    """Who disagreed, and why."""
    items: Many[ItemWords] = ()
    """What happens to each open item."""


class Disposition(ContentWithAttachments):
    """What became of items later."""

    items: Some[ItemWords]
    """What happens to each item."""
    by: Who | None = None
    """Who decided."""


class DeclinedChild(Model):
    """Why one child is not accepted."""

    child: ChildRef
    """The child."""
    reason: Reason
    """Why, in words."""
    visited_on: Moment | None = None
    """When somebody went to the address."""
    visited_by: Who | None = None
    """Who went."""
    found: Text | None = None
    """What they found."""
    order: Text | None = None
    """The order that keeps the child with the sending authority."""


class InterimVisiting(Model):
    """Who sees the children meanwhile."""

    who: Who
    """Who visits."""
    how_often: Short | None = None
    """How often."""
    next_on: Date | None = None
    """Next visit."""
    agreed_with: Who | None = None
    """Who agreed to it on the other side."""


class Decline(ContentWithAttachments):
    """Not accepted. Missing papers and capacity are queries, not reasons."""

    children: Some[DeclinedChild]
    """Each child, with the reason."""
    manager: NamedPerson
    """The manager who decided."""
    interim_visiting: InterimVisiting | None = None
    """Who sees the children meanwhile."""
