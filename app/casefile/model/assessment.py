"""Assessments, neglect-tool grades over time, and risk assessments."""

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRef,
    ChildRefs,
    EventRef,
    Many,
    PersonRefs,
    Short,
    Text,
)
from app.casefile.model.dates import Date
from app.casefile.model.part import Coded, Part, Who


class Assessment(Part):
    """An assessment of children or adults."""

    kind: codes.AssessmentKind
    """What kind."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    people: PersonRefs = ()
    """The adults assessed."""
    start: Date | None = None
    """Started."""
    completed_on: Date | None = None
    """Completed; absent while it goes on."""
    by: Who | None = None
    """Assessor."""
    factors: Many[Coded] = ()
    """Factors found, for example of the CIN census."""
    what: Text | None = None
    """What was found."""
    father_included: codes.YesNo | None = None
    """Whether a father or male carer took part."""
    not_known: Text | None = None
    """What it could not find out."""
    conclusion: Text | None = None
    """What was concluded and recommended."""
    attachments: AttachmentRefs = ()
    """The assessment as a document."""


class NeglectGrade(Part):
    """One grade of one area of a neglect tool, on one date. The tool's descriptors are not here."""

    child: ChildRef
    """The child."""
    tool: codes.NeglectTool
    """The tool."""
    tool_name: Short | None = None
    """Name and version of the tool."""
    area: Short
    """The area as the tool names it, for example `physical care`."""
    grade: Short
    """The grade as the tool writes it, for example `4` or `borderline`."""
    assessed_on: Date
    """When it was graded."""
    by: Who | None = None
    """Assessor."""
    with_whom: PersonRefs = ()
    """Parents or carers who took part."""
    note: Text | None = None
    """What the grade rests on."""


class RiskAssessment(Part):
    """An assessment of risk, on one date."""

    children: ChildRefs = ()
    """The children; every child, if absent."""
    on: Date
    """When it was made."""
    by: Who | None = None
    """Who made it."""
    level: codes.Level | None = None
    """How serious the risk was judged to be."""
    trend: codes.Trend | None = None
    """Which way it was going."""
    risks: Many[Text] = ()
    """The specific risks: what could happen to which child, how."""
    protective: Many[Text] = ()
    """What protects the child now."""
    after_event: EventRef | None = None
    """The event that led to it."""
    analysis: Text | None = None
    """How the risks come together."""
    effect_of_move: Text | None = None
    """What the move does to the risk."""
    review_on: Date | None = None
    """When it is looked at again."""
    attachments: AttachmentRefs = ()
    """The assessment as a document."""
