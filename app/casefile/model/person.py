"""The people round a child: family, carers, visitors and professionals."""

from typing import ClassVar

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRef,
    ChildRefs,
    Language,
    Many,
    Model,
    PersonRefs,
    Short,
    Text,
)
from app.casefile.model.child import Identifier, Interpreter, Name
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Coded, Part, Who


class Relationship(Model):
    """What someone is to one child."""

    child: ChildRef
    """The child."""
    relation: codes.Relation
    """What they are to the child."""
    detail: Text | None = None
    """Anything the code can't say."""
    male_carer: bool | None = None
    """True for a man who cares for the child, whatever his relation."""
    carer: bool | None = None
    """True where they care for the child, also for part of the week."""
    parental_responsibility: codes.YesNo | None = None
    """Whether they have parental responsibility."""
    responsibility_basis: codes.ResponsibilityBasis | None = None
    """What it rests on."""
    responsibility_limits: Text | None = None
    """Limits on its exercise, by an order or an agreement."""
    contact: Text | None = None
    """Contact with the child: agreed, actual, supervised or not."""


class Point(Model):
    """A strength or a risk, with what it rests on."""

    what: Text
    """The strength or risk, specifically."""
    on: Date | None = None
    """As seen on."""
    evidence: Text | None = None
    """What shows it."""
    for_child: Text | None = None
    """What it means for the children."""


class Reading(Model):
    """Substance misuse or health as it stood on one date; several readings show the trend."""

    on: Moment
    """As it stood on."""
    what: Text
    """Substance, condition or behaviour."""
    level: codes.Level
    """How serious it was."""
    trend: codes.Trend | None = None
    """Which way it was going."""
    known_from: Short | None = None
    """How it is known: self-reported, tested, diagnosed, observed, reported by others."""
    treatment: Text | None = None
    """Treatment or help, and whether it is taken up."""
    for_child: Text | None = None
    """What it means for the children."""
    by: Who | None = None
    """Who judged it."""


class Offence(Model):
    """An offence or caution that matters for the children."""

    what: Text
    """The offence."""
    on: Date | None = None
    """When."""
    result: Text | None = None
    """Caution, conviction, sentence, no further action."""
    relevance: Text | None = None
    """Why it matters for the children."""


class Restriction(Model):
    """Bail, an injunction or another limit on someone."""

    kind: codes.RestrictionKind
    """What kind."""
    terms: Text
    """Its terms: whom they protect and what is forbidden."""
    made_by: Short | None = None
    """Court or police force."""
    number: Short | None = None
    """Its reference."""
    start: Date | None = None
    """In force from."""
    expires_on: Date | None = None
    """Ends on."""
    power_of_arrest: bool | None = None
    """Whether a power of arrest is attached."""
    protects: PersonRefs = ()
    """Whom it protects."""


class EngagementNote(Model):
    """How someone works with the plan, as it stood on one date."""

    level: codes.Engagement
    """How they work with the plan."""
    on: Date | None = None
    """As it stood on."""
    detail: Text | None = None
    """What they do and do not take up; what was done to include them."""


class ContactRoute(Model):
    """How to reach someone, and how it is safe to."""

    phone: Short | None = None
    """Telephone."""
    email: Short | None = None
    """E-mail."""
    safe: bool | None = None
    """Whether it is safe to leave a message there."""
    when: Short | None = None
    """When it is safe or useful."""
    note: Text | None = None
    """How to make contact safely, and how never to."""


class Person(Part):
    """A relative, carer, household member, regular visitor or other person in the child's life."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "person",
    )

    names: Many[Name] = ()
    """Every name and alias."""
    relationships: Many[Relationship] = ()
    """What they are to each child."""
    relations_to_others: Text | None = None
    """What they are to the other people, for example: former partner of the mother."""
    identifiers: Many[Identifier] = ()
    """NHS number and others."""
    born_on: Date | None = None
    """Date of birth."""
    born_on_estimated: bool | None = None
    """True where the date of birth is an estimate."""
    died_on: Date | None = None
    """Date of death."""
    sex: codes.Sex | None = None
    """Sex."""
    gender: Short | None = None
    """Gender, in their own words."""
    ethnicity: Coded | None = None
    """Ethnicity."""
    religion: Short | None = None
    """Religion or belief."""
    languages: Many[Language] = ()
    """Languages, the first one first."""
    interpreter: Interpreter | None = None
    """Interpreter needed."""
    communication: Text | None = None
    """Literacy, learning difficulty, hearing: what helps them take part."""
    disabilities: Many[Coded] = ()
    """Disabilities."""
    contacts: Many[ContactRoute] = ()
    """How to reach them safely."""
    household: bool | None = None
    """Whether they live in a child's household now."""
    visits: Text | None = None
    """For a regular visitor: how often, with whom, alone with the children or not."""
    history: Text | None = None
    """Their own history where it matters for the children."""
    strengths: Many[Point] = ()
    """What they offer the child."""
    risks: Many[Point] = ()
    """The risks they pose."""
    engagement: Many[EngagementNote] = ()
    """How they work with the plan, over time."""
    substance_misuse: Many[Reading] = ()
    """Drugs and alcohol, over time."""
    mental_health: Many[Reading] = ()
    """Mental health, over time."""
    physical_health: Many[Reading] = ()
    """Physical health where it matters for the children, over time."""
    domestic_abuse: Many[Reading] = ()
    """Domestic abuse suffered or done, over time."""
    offences: Many[Offence] = ()
    """Offences that matter for the children."""
    restrictions: Many[Restriction] = ()
    """Bail, injunctions and other limits."""
    views: Text | None = None
    """Their own view of the plan and of the move."""
    told_of_handover: codes.YesNo | None = None
    """Whether they know that the records go to the new authority."""
    attachments: AttachmentRefs = ()
    """Documents about them."""


class ContactedAboutMove(Model):
    """Whether a professional was told of the move."""

    on: Moment
    """When."""
    by: Who | None = None
    """By whom."""
    means: codes.Means | None = None
    """How."""
    result: Text | None = None
    """What they said, and what they will pass on."""


class Professional(Part):
    """A professional who works with the family, or did, or will."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "person",
    )

    name: Short | None = None
    """Name."""
    role: Short
    """Role."""
    agency: codes.Agency
    """Agency."""
    agency_name: Short | None = None
    """Name of the agency or team."""
    phone: Short | None = None
    """Telephone."""
    email: Short | None = None
    """E-mail."""
    lead_worker: bool | None = None
    """True for the lead worker of the plan."""
    children: ChildRefs = ()
    """The children they work with; every child, if absent."""
    works_with: PersonRefs = ()
    """The adults they work with."""
    involvement: codes.Involvement = "current"
    """Whether they work with the family now."""
    start: Date | None = None
    """Since."""
    end: Date | None = None
    """Until."""
    knows: Text | None = None
    """What they know that is not written down, and how the family is with them."""
    contacted: ContactedAboutMove | None = None
    """Whether they were told of the move."""
    after_move: codes.AfterMove | None = None
    """Whether they go on, end, or need a successor."""
    successor: Who | None = None
    """Who takes over in the new area."""
    successor_from: Date | None = None
    """When the successor begins."""
