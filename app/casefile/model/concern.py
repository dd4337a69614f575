"""A concern: an allegation, a mark, an incident. It stays open until somebody says what became
of it, and it can't be lost between two teams."""

from typing import ClassVar

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRefs,
    EventRef,
    Many,
    Model,
    PersonRefs,
    Text,
)
from app.casefile.model.dates import Date, Moment, When
from app.casefile.model.part import ChildSeen, Part, Who


class Shared(Model):
    """Someone whom a concern was shared with."""

    who: Who
    """With whom."""
    at: Moment | None = None
    """When."""
    by: Who | None = None
    """By whom."""
    means: codes.Means | None = None
    """How."""
    heard: bool | None = None
    """Whether they confirmed that they had heard it."""
    answer: Text | None = None
    """What they said."""


class Closed(Model):
    """How a concern ended."""

    on: Date
    """When."""
    reason: codes.ClosedReason
    """Coded reason."""
    words: Text | None = None
    """The reason, with what it rests on."""
    by: Who | None = None
    """Who decided."""


class Concern(Part):
    """A concern about harm, open or closed."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "concern",
    )

    children: ChildRefs = ()
    """The children; every child, if absent."""
    kind: codes.ConcernKind
    """Allegation, disclosure, physical signs, incident, observation or report."""
    what: Text
    """The allegation, or what was seen: fact, in the words used."""
    physical_signs: Text | None = None
    """Marks or signs: where, size, colour, as seen."""
    when: When | None = None
    """When it happened, as far as is known."""
    raised_at: Moment | None = None
    """When it was raised."""
    raised_by: Who | None = None
    """Who raised it."""
    about: PersonRefs = ()
    """People said to have done it, or whose care it concerns."""
    explanation: Text | None = None
    """The carers' explanation, as given."""
    explanation_checked: Text | None = None
    """Whether and how the explanation was checked."""
    shared_with: Many[Shared] = ()
    """Who was told, when, and whether they confirmed it."""
    spoken_to: Many[ChildSeen] = ()
    """Each child: spoken to alone, or why not."""
    medical: Text | None = None
    """Medical examination: asked for, held, what it found."""
    strategy_discussion_on: Date | None = None
    """Strategy discussion."""
    section_47_started_on: Date | None = None
    """Enquiry under section 47 of the Children Act 1989."""
    response: Text | None = None
    """How it was answered, and why so."""
    done: Text | None = None
    """What was done."""
    next_step: Text | None = None
    """What must be done next."""
    next_step_owner: Who | None = None
    """Who does it."""
    next_step_due: Moment | None = None
    """By when."""
    status: codes.ConcernStatus = "open"
    """Open, until somebody says what became of it."""
    closed: Closed | None = None
    """How it ended, for a closed one."""
    events: Many[EventRef] = ()
    """The events it rests on."""
    attachments: AttachmentRefs = ()
    """Documents about it: body map, referral, letter."""
