"""The work round the case: services, supervision, sharing, workers, and earlier handovers."""

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRef,
    ChildRefs,
    Many,
    Model,
    PersonRefs,
    Short,
    Text,
)
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Authority, Part, Who


class Service(Part):
    """An agency or service that supports the family now, or is expected to in the new area."""

    agency: codes.Agency
    """What kind of agency."""
    name: Short | None = None
    """Its name."""
    status: codes.ServiceStatus
    """Current, expected, on a waiting list, declined or ended."""
    children: ChildRefs = ()
    """The children it works with; every child, if absent."""
    people: PersonRefs = ()
    """The adults it works with."""
    what: Text | None = None
    """What it does, how often, and how it is used."""
    start: Date | None = None
    """Since, or expected from."""
    end: Date | None = None
    """Until."""
    contact: Who | None = None
    """Whom to ring."""
    told_of_move_on: Date | None = None
    """When it was told of the move."""
    after_move: Text | None = None
    """What takes its place in the new area."""


class Supervision(Part):
    """One supervision of the work with this family."""

    on: Date
    """When."""
    supervisor: Who | None = None
    """Supervisor."""
    worker: Who | None = None
    """Worker supervised."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    reflective: bool | None = None
    """Whether it was reflective, not only a check of tasks."""
    lived_experience: Text | None = None
    """What a day is like for each child."""
    challenge: Text | None = None
    """What was questioned: explanations taken on trust, drift, optimism."""
    decisions: Text | None = None
    """What was decided."""
    next_on: Date | None = None
    """The next one."""


class Sharing(Part):
    """A decision to share information, or not to."""

    on: Moment
    """When it was decided."""
    shared: bool = True
    """False for a decision not to share."""
    what: Text
    """What was shared."""
    with_whom: Many[Who] = ()
    """With whom."""
    why: Text | None = None
    """Why, and why so much and no more."""
    lawful_basis: Many[codes.LawfulBasis] = ()
    """On what lawful basis."""
    decided_by: Who | None = None
    """By whose decision."""
    family_told: codes.FamilyTold | None = None
    """Whether the family was told."""
    not_told_reason: codes.NotToldReason | None = None
    """Why not, coded."""
    not_told_words: Text | None = None
    """Why not, in words."""


class WorkerChange(Part):
    """A change of worker: what it cost, and what was passed on."""

    on: Date
    """When."""
    role: Short
    """Which role changed hands."""
    agency: codes.Agency | None = None
    """Agency."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    left: Who | None = None
    """Who left."""
    came: Who | None = None
    """Who came; absent where nobody had yet."""
    why: Text | None = None
    """Why."""
    passed_on: Text | None = None
    """What was passed on, and how: joint visit, meeting, papers only."""


class OpenItem(Model):
    """Something that was open when an earlier handover ended."""

    what: Text
    """What was open."""
    child: ChildRef | None = None
    """The child."""
    became: Text | None = None
    """What has become of it."""


class EarlierHandover(Part):
    """An earlier handover of this case, with or without this service."""

    reference: Short | None = None
    """Its id, where it had one."""
    from_authority: Authority
    """Who handed over."""
    to_authority: Authority
    """Who took over."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    moved_on: Date | None = None
    """When the family moved."""
    notified_on: Moment | None = None
    """When the new authority was told."""
    papers_on: Moment | None = None
    """When the papers came."""
    accepted_on: Moment | None = None
    """When it took the plan."""
    what: Text | None = None
    """How it went: what came late, what never came."""
    open_items: Many[OpenItem] = ()
    """What was left open."""
    attachments: AttachmentRefs = ()
    """Its papers."""
