"""Where the family lives, has lived and goes, and why. A protected address may have no lines."""

from typing import ClassVar

from app.casefile.model import codes
from app.casefile.model.base import AddressRef, ChildRefs, Many, Model, PersonRefs, Short, Text
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Authority, Part, Who


class Protection(Model):
    """Why an address is withheld, and from whom."""

    reason: codes.ProtectionReason
    """The coded reason."""
    detail: Text | None = None
    """The reason in words."""
    withheld_from: PersonRefs = ()
    """People of the case file who must not learn it."""
    withheld_from_words: Text | None = None
    """Others who must not learn it."""
    set_on: Date | None = None
    """Protected since."""
    review_on: Date | None = None
    """When the protection is looked at again."""


class Address(Part):
    """An address and who lives there."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "address",
    )

    kind: codes.AddressKind = "home"
    """What it is."""
    lines: Many[Short] | None = None
    """The lines as written; null or absent where a safe contact stands for them."""
    postcode: Short | None = None
    """Postcode."""
    uprn: Short | None = None
    """Unique property reference number."""
    country: Short | None = None
    """Country, where not the United Kingdom."""
    authority: Authority | None = None
    """The authority it lies in."""
    children: ChildRefs = ()
    """Children who live there."""
    people: PersonRefs = ()
    """Others who live there."""
    start: Date | None = None
    """From."""
    end: Date | None = None
    """Until."""
    confirmed: codes.Confirmed | None = None
    """Whether somebody has seen them there."""
    protection: Protection | None = None
    """Set where the address is protected."""
    safe_contact: Who | None = None
    """Through whom the family can be reached safely."""
    conditions: Text | None = None
    """Home conditions, hazards, who holds a key, dogs: what a visitor should know."""


class Move(Part):
    """A move of the household or of some of its children: this one, and those before."""

    children: ChildRefs = ()
    """The children who moved; every child, if absent."""
    people: PersonRefs = ()
    """Others who moved with them."""
    moved_on: Date | None = None
    """When they moved, or will; of the precision that is known."""
    left: AddressRef | None = None
    """The address they left."""
    went_to: AddressRef | None = None
    """The address they went to."""
    from_authority: Authority | None = None
    """The authority they left."""
    to_authority: Authority | None = None
    """The authority they went to."""
    planned: codes.Planned | None = None
    """Planned, unplanned, or avoidance suspected."""
    duration: codes.Duration | None = None
    """Permanent, temporary or unknown."""
    temporary_until: Date | None = None
    """For a temporary move: until when."""
    accommodation: codes.Accommodation | None = None
    """What they live in now."""
    placed_by: Authority | None = None
    """The council that placed them."""
    reason: codes.MoveReason | None = None
    """Why they moved."""
    housing_rationale: Text | None = None
    """Why this housing, in this place, in words."""
    effect: Text | None = None
    """What the move does to the risk: isolation, lost help, lost relationships, new people."""
    learned_at: Moment | None = None
    """When the authority learned of it."""
    learned_from: Who | None = None
    """From whom."""
