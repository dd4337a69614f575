"""What the two authorities say to each other in between, and at the end."""

from app.casefile.contents.base import Content, ContentWithAttachments, ItemId, NamedPerson
from app.casefile.contents.taking_over import (
    Acceptance,
    Acknowledgement,
    Arrangements,
    Decline,
    Disposition,
)
from app.casefile.model.base import Many, Short, Text
from app.casefile.model.dates import Moment
from app.casefile.model.papers import About
from app.casefile.model.part import ChildSeen, Who


class Recall(Content):
    """Withdrawn before acceptance."""

    why: Text
    """Why, in words."""
    decided_by: Who
    """Who decided."""
    whereabouts: Text | None = None
    """Where the children are, as far as is known."""
    breach_reference: Short | None = None
    """The sender's record of the breach."""


class Closure(Content):
    """The sender's own plan ended, after acceptance."""

    decided_by: Who
    """Who decided."""
    family_told: Text | None = None
    """Who of the family was told, by whom."""


class Destruction(Content):
    """A misdirected bundle is gone."""

    certified_by: NamedPerson
    """Who certifies it."""
    what: Text
    """What was destroyed, and where copies had been."""
    opened: bool | None = None
    """Whether anybody had opened it."""
    opened_words: Text | None = None
    """Who had, and what they saw."""


class Fact(ContentWithAttachments):
    """Words to a dated fact; the fact and its date are in the statement."""

    by: Who | None = None
    """Who says so."""
    seen: Many[ChildSeen] = ()
    """For a child seen: who saw whom, and alone."""


class Query(ContentWithAttachments):
    """A question to the other authority."""

    question: Text
    """The question."""
    asked_by: Who
    """Who asks, and how to ring them."""
    about: Many[About] = ()
    """The parts of the case file that it is about."""
    items: Many[ItemId] = ()
    """The items that it is about."""


class Reply(ContentWithAttachments):
    """An answer."""

    answer: Text
    """The answer."""
    manager: Who
    """The manager who stands by it."""


class Chase(Content):
    """An escalation across to the other authority."""

    to: Who
    """Whom it is for."""
    by: Who
    """Who escalates."""
    what: Text
    """What is overdue, what it means for the child, and what is asked."""


class Heard(Content):
    """An escalation was heard."""

    by: NamedPerson
    """Who heard it."""
    at: Moment | None = None
    """When."""
    answer: Text
    """What they will do, and by when."""


class Disagreement(ContentWithAttachments):
    """A disagreement: opened, a step taken, or resolved."""

    by: Who
    """Who writes this."""
    what: Text
    """What the disagreement is about, or what this step did."""
    our_view: Text | None = None
    """What this authority holds, and why."""
    their_view: Text | None = None
    """What it understands the other to hold."""
    level: Short | None = None
    """Who is dealing with it: team managers, service managers, heads of service, directors."""
    people: Many[Who] = ()
    """Who took part."""
    meanwhile: Text | None = None
    """How the children are kept safe meanwhile."""
    resolution: Text | None = None
    """For one resolved: what was agreed."""
    items: Many[ItemId] = ()
    """The items that it is about."""


class Attested(ContentWithAttachments):
    """What the other authority said by telephone or mail, written down by this one.

    It is not signed by them. Where they said what one of their own statements would have, the
    words are kept in that statement's form.
    """

    told_by: Who
    """Who said it: name and role."""
    told_to: Who | None = None
    """Who heard it."""
    words: Text
    """What they said."""
    acknowledgement: Acknowledgement | None = None
    """Who has it, as told."""
    arrangements: Arrangements | None = None
    """What they have arranged, as told."""
    acceptance: Acceptance | None = None
    """The result of the conference, as told."""
    decline: Decline | None = None
    """Why they do not accept, as told."""
    disposition: Disposition | None = None
    """What became of items, as told."""
