"""The case file: everything that is handed over about a family, in one value."""

from collections.abc import Iterator
from typing import Annotated, get_args

from pydantic import Field, StringConstraints

from app.casefile.model import codes
from app.casefile.model.address import Address, Move
from app.casefile.model.assessment import Assessment, NeglectGrade, RiskAssessment
from app.casefile.model.base import (
    MAX_ATTACHMENTS,
    Events,
    Many,
    Model,
    Some,
    Text,
    Version,
)
from app.casefile.model.child import Child, LegalStatus, Need, Registration
from app.casefile.model.chronology import Contact, Event, MissingEpisode
from app.casefile.model.concern import Concern
from app.casefile.model.dates import Date, Moment
from app.casefile.model.meeting import Meeting
from app.casefile.model.papers import Attachment, DeclaredGap, DocumentReference, Gap
from app.casefile.model.part import Authority, Part, Who
from app.casefile.model.person import Person, Professional
from app.casefile.model.plan import Action, Outcome, Plan
from app.casefile.model.work import (
    EarlierHandover,
    Service,
    Sharing,
    Supervision,
    WorkerChange,
)
from app.errors import Malformed

OwnReference = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9/-]{1,32}$", strict=True)]


class Restricted(Model):
    """The case is open to named people only; the flag travels."""

    reason: codes.RestrictedReason
    """Why."""
    detail: Text | None = None
    """The reason in words."""
    since: Date | None = None
    """Restricted since."""
    review_on: Date | None = None
    """When the restriction is looked at again."""


class Summary(Model):
    """What the next worker must know first, so that nobody starts again."""

    what: Text
    """The case in a page."""
    worries: Many[Text] = ()
    """What worries the sender most, child by child."""
    works: Many[Text] = ()
    """What has worked with this family."""
    does_not_work: Many[Text] = ()
    """What has been tried and has not worked."""
    patterns: Many[Text] = ()
    """Patterns seen over time."""
    not_known: Many[Text] = ()
    """What is still not known."""
    by: Who | None = None
    """Written by."""
    on: Moment | None = None
    """Written on."""


class Parts(Model):
    """Any of the parts of a case file: what a supplement or a correction brings."""

    children: Many[Child] = ()
    """The children, born and unborn."""
    people: Many[Person] = ()
    """Family, carers, household, visitors and others."""
    professionals: Many[Professional] = ()
    """Professionals."""
    addresses: Many[Address] = ()
    """Addresses, now and before."""
    moves: Many[Move] = ()
    """Moves: this one and those before."""
    legal: Many[LegalStatus] = ()
    """Legal status of each child."""
    needs: Many[Need] = ()
    """Health, education and other needs."""
    registrations: Many[Registration] = ()
    """General practice, school, nursery and others."""
    plans: Many[Plan] = ()
    """Plans."""
    outcomes: Many[Outcome] = ()
    """Outcomes of the plans."""
    chronology: Events[Event] = ()
    """What happened, of all agencies."""
    concerns: Many[Concern] = ()
    """Concerns, open and closed."""
    assessments: Many[Assessment] = ()
    """Assessments."""
    neglect_grades: Many[NeglectGrade] = ()
    """Neglect-tool grades over time."""
    risk_assessments: Many[RiskAssessment] = ()
    """Risk assessments."""
    meetings: Many[Meeting] = ()
    """Meetings."""
    actions: Many[Action] = ()
    """Actions."""
    contacts: Events[Contact] = ()
    """Visits to and contacts with the children."""
    missing_episodes: Many[MissingEpisode] = ()
    """Times when a child was missing."""
    supervision: Many[Supervision] = ()
    """Supervision of the work."""
    sharing: Many[Sharing] = ()
    """Decisions to share information."""
    services: Many[Service] = ()
    """Agencies that support the family, now and expected."""
    worker_changes: Many[WorkerChange] = ()
    """Changes of worker."""
    earlier_handovers: Many[EarlierHandover] = ()
    """Earlier handovers of the case."""
    attachments: Annotated[
        tuple[Attachment, ...], Field(strict=False, fail_fast=True, max_length=MAX_ATTACHMENTS)
    ] = ()
    """Documents beside the case file."""
    document_references: Many[DocumentReference] = ()
    """Parts that are in a document and not typed in."""
    gaps: Many[Gap] = ()
    """Parts that are missing, with the reason."""

    def entries(self) -> Iterator[Part]:
        """Every `Part`, section by section, in the order of the file."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple):
                yield from (entry for entry in value if isinstance(entry, Part))


def check_about(parts: Parts) -> None:
    """Hold document references and gaps to the fields that there are.

    Raises:
        Malformed: `reference-unresolved`.
    """
    for name in ("document_references", "gaps"):
        for index, entry in enumerate(getattr(parts, name)):
            fields = _SECTIONS[entry.about.section].model_fields
            if entry.about.field is not None and entry.about.field not in fields:
                pointer = f"/{name}/{index}/about/field"
                raise Malformed(
                    "reference-unresolved",
                    f"{pointer} is no field of that section's entries.",
                    pointer=pointer,
                )


_SECTIONS: dict[str, type[Model]] = {
    name: get_args(info.annotation)[0] for name, info in Parts.model_fields.items()
}


class CaseFile(Parts):
    """A family's case. A child or more, and as much of the rest as there is."""

    v: Version
    """Version of this format."""
    children: Some[Child]
    """The children, born and unborn."""
    fictional: bool | None = None
    """True for an invented case, for demonstration or test. Never act on one."""
    prepared_at: Moment | None = None
    """When this case file was put together."""
    prepared_by: Who | None = None
    """By whom."""
    authority: Authority | None = None
    """The authority that put it together."""
    reference: OwnReference | None = None
    """That authority's own reference of the case."""
    restricted: Restricted | None = None
    """Set where the case is open to named people only."""
    summary: Summary | None = None
    """What the next worker must know first."""
    day_contact: Who | None = None
    """Whom to ring by day."""
    out_of_hours_contact: Who | None = None
    """Whom to ring at night."""
    risk_to_visitors: Text | None = None
    """What a visitor should know before knocking."""
    children_views: Text | None = None
    """What the children know and think of the move."""
    declared: Many[DeclaredGap] = ()
    """What was missing when it was sent: written by the sender's service into the copy that
    travels, in the place of any that was there."""
