"""A family moves: the three-minute facts, before any papers; and asking for the papers."""

from typing import ClassVar

from app.casefile.contents.base import Content
from app.casefile.model import codes
from app.casefile.model.address import Protection
from app.casefile.model.base import Id, Many, Model, Short, Some, Text
from app.casefile.model.child import Identifier, Interpreter, Name
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Authority, ChildSeen, Who
from app.casefile.model.plan import Category


class LegalBrief(Model):
    """A legal status in short."""

    code: codes.LegalCode
    """The status."""
    detail: Text | None = None
    """In words."""
    expires_on: Date | None = None
    """Ends on."""
    next_hearing_on: Date | None = None
    """Next hearing."""
    authority: Authority | None = None
    """The authority named in it."""


class MovingChild(Model):
    """A child who moves."""

    key: ClassVar[str | None] = "id"
    nouns: ClassVar[tuple[str, ...]] = ("child", "person")
    id: Id
    """The child's opaque reference: the same in every statement and in the case file."""
    status: codes.ChildStatus
    """Unborn, living, missing or died."""
    names: Many[Name] = ()
    """Names and aliases."""
    born_on: Date | None = None
    """Date of birth."""
    expected_on: Date | None = None
    """Expected date of birth."""
    sex: codes.Sex | None = None
    """Sex."""
    identifiers: Many[Identifier] = ()
    """NHS number, UPN and others."""
    transfer_type: codes.TransferType | None = None
    """What kind of move this is for this child."""
    plan: codes.PlanKind | None = None
    """The plan the child is on."""
    plan_start: Date | None = None
    """Since."""
    categories: Many[Category] = ()
    """Plan category."""
    legal: Many[LegalBrief] = ()
    """Legal status."""
    school: Short | None = None
    """School or nursery."""
    interpreter: Interpreter | None = None
    """Interpreter needed."""


class MovingPerson(Model):
    """An adult of the family, in short."""

    key: ClassVar[str | None] = "id"
    nouns: ClassVar[tuple[str, ...]] = ("person",)
    id: Id
    """The same as in the case file."""
    names: Many[Name] = ()
    """Names and aliases."""
    relation: codes.Relation
    """What they are to the children."""
    detail: Text | None = None
    """To which child, where they differ."""
    born_on: Date | None = None
    """Date of birth."""
    identifiers: Many[Identifier] = ()
    """For the mother of an unborn child: her NHS number."""
    parental_responsibility: codes.YesNo | None = None
    """Whether they have parental responsibility."""
    moves_too: codes.YesNo | None = None
    """Whether they moved with the children."""
    phone: Short | None = None
    """Telephone on which it is safe to ring."""
    interpreter: Interpreter | None = None
    """Interpreter needed."""


class Whereabouts(Model):
    """An address in short. A protected one may have no lines: a safe contact suffices."""

    lines: Many[Short] | None = None
    """The lines as written; null or absent where protected or unknown."""
    postcode: Short | None = None
    """Postcode."""
    confirmed: codes.Confirmed | None = None
    """Whether somebody has seen them there."""
    protection: Protection | None = None
    """Set where the address is protected."""
    safe_contact: Who | None = None
    """Through whom the family can be reached safely."""


class PhoneCall(Model):
    """The call that goes with a notification."""

    spoke_to: Who | None = None
    """Whom the sender spoke to; absent where nobody answered."""
    at: Moment | None = None
    """When."""
    by: Who | None = None
    """Who rang."""
    outcome: Text | None = None
    """What was agreed, or that nobody answered."""


class Notification(Content):
    """A family is moving or has moved."""

    children: Some[MovingChild]
    """The children."""
    people: Many[MovingPerson] = ()
    """Adults of the family, as far as is known at once."""
    moved_on: Date | None = None
    """When they moved, or will; of the precision that is known."""
    moved_circa: bool | None = None
    """The date is approximate."""
    learned_at: Moment | None = None
    """When the authority learned of it."""
    learned_from: Who | None = None
    """From whom."""
    planned: codes.Planned | None = None
    """Planned, unplanned or avoidance suspected."""
    duration: codes.Duration | None = None
    """Permanent, temporary or unknown."""
    temporary_until: Date | None = None
    """For a temporary move: until when."""
    left: Whereabouts | None = None
    """The address they left."""
    went_to: Whereabouts | None = None
    """Where they are now."""
    accommodation: codes.Accommodation | None = None
    """What they live in now."""
    placed_by: Authority | None = None
    """The council that placed them."""
    last_seen: Many[ChildSeen] = ()
    """Each child: when last seen, by whom, alone."""
    immediate_risk: Text | None = None
    """What could happen to which child now."""
    action_tonight: Text | None = None
    """What must happen tonight; say so where nothing must."""
    action_tonight_by: Who | None = None
    """Who does it."""
    risk_to_visitors: Text | None = None
    """What a visitor should know before knocking."""
    day_contact: Who | None = None
    """Whom to ring by day."""
    out_of_hours_contact: Who | None = None
    """Whom to ring at night."""
    call: PhoneCall | None = None
    """The telephone call that goes with this."""


class RecordsRequest(Content):
    """A family has come to us: please hand over."""

    children: Some[MovingChild]
    """The children, as far as they are known."""
    people: Many[MovingPerson] = ()
    """Adults of the family."""
    why: Text | None = None
    """How the family came to notice, and why the records are needed."""
    arrived_on: Date | None = None
    """Since when they have been here."""
    learned_at: Moment | None = None
    """When the authority learned of them."""
    learned_from: Who | None = None
    """From whom."""
    lived_at: Whereabouts | None = None
    """Where they say they lived before."""
    lives_at: Whereabouts | None = None
    """Where they are now."""
    last_seen: Many[ChildSeen] = ()
    """Each child: when last seen, by whom, alone."""
    immediate_risk: Text | None = None
    """What is worrying now."""
    wanted: Many[Text] = ()
    """What is asked for."""
    asked_by: Who | None = None
    """Who asks."""
    day_contact: Who | None = None
    """Whom to ring by day."""
    out_of_hours_contact: Who | None = None
    """Whom to ring at night."""
    call: PhoneCall | None = None
    """The telephone call that goes with this."""
