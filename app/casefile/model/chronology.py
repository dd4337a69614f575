"""What happened, in order: one chronology for all agencies, unchanged by each move."""

from typing import ClassVar

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRefs,
    ConcernRef,
    Many,
    OutcomeRef,
    PersonRefs,
    Short,
    Text,
)
from app.casefile.model.dates import Date, Moment, When
from app.casefile.model.part import ChildSeen, Part, Who


class Event(Part):
    """One event. The fact is kept apart from what anyone thought of it."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "event",
    )

    when: When
    """When it happened: never when it was typed in."""
    recorded_at: Moment | None = None
    """When it was recorded."""
    agency: codes.Agency
    """The agency whose event it is."""
    agency_name: Short | None = None
    """Name of the agency or team."""
    source: Who | None = None
    """Who says so."""
    kind: codes.EventKind = "other"
    """What kind of event, so that patterns can be counted."""
    what: Text
    """What happened: fact."""
    opinion: Text | None = None
    """What the writer made of it: opinion or analysis."""
    explanation: Text | None = None
    """The explanation that a carer gave, as given."""
    explanation_checked: Text | None = None
    """Whether and how that explanation was checked."""
    significance: codes.Significance = "routine"
    """Whether it changes what is known of the risk."""
    impact: codes.Impact | None = None
    """What it meant for the child."""
    rating: codes.Rating | None = None
    """Red, amber or green, where the authority's chronology has it."""
    effect_on_child: Text | None = None
    """What it meant for the child, in words."""
    child_voice: Text | None = None
    """What the child said or showed."""
    seen: Many[ChildSeen] = ()
    """Which children were seen, and alone, or why not."""
    action: Text | None = None
    """What was done."""
    no_action_reason: Text | None = None
    """Why nothing was done."""
    result: Text | None = None
    """What came of it."""
    children: ChildRefs = ()
    """The children concerned; every child, if absent."""
    people: PersonRefs = ()
    """Others concerned."""
    concern: ConcernRef | None = None
    """The concern it belongs to."""
    outcomes: Many[OutcomeRef] = ()
    """The outcomes it bears on."""
    attachments: AttachmentRefs = ()
    """Documents about it."""


class Contact(Part):
    """A visit to, or other contact with, the children."""

    at: Moment
    """When."""
    by: Who | None = None
    """By whom."""
    statutory: bool | None = None
    """Whether it counts as a statutory visit."""
    place: codes.ContactPlace | None = None
    """Where."""
    announced: bool | None = None
    """Whether the family knew of it before."""
    seen: Many[ChildSeen] = ()
    """Each child: seen, alone, what they said."""
    people_seen: PersonRefs = ()
    """Adults who were there."""
    home_seen: bool | None = None
    """Whether the home was seen."""
    bedrooms_seen: bool | None = None
    """Whether the children's bedrooms were seen."""
    what: Text | None = None
    """What was seen and said."""
    analysis: Text | None = None
    """What the visitor made of it."""
    attachments: AttachmentRefs = ()
    """Documents about it."""


class MissingEpisode(Part):
    """A time when a child was missing."""

    children: ChildRefs = ()
    """The children; every child, if absent."""
    when: When
    """From and until."""
    reported_to_police_at: Moment | None = None
    """When the police were told."""
    reported_by: Who | None = None
    """By whom."""
    found: codes.FoundWhere | None = None
    """How it ended."""
    found_words: Text | None = None
    """Where and with whom the child was."""
    interview_offered: bool | None = None
    """Whether a return interview was offered."""
    interview_on: Date | None = None
    """When it was held."""
    interview_by: Who | None = None
    """By whom."""
    learned: Text | None = None
    """What was learned: harm, risk, reasons."""
