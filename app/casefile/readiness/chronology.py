"""The chronology: one for all agencies, with sources, from birth, without holes, up to today.

Each rule about the chronology as a whole makes one gap for it, however many events lack the same.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from app.casefile.model import Event, days
from app.casefile.model.codes import Agency
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.periods import FROM_BIRTH, HOLE, RECENT, SILENCE
from app.casefile.readiness.risk import is_incident
from app.casefile.readiness.rule import rule

_FINDING_7 = "Child Q review, finding 7"
_NO_AGENCY: set[Agency] = {"family", "community", "anonymous"}
_SOCIAL_CARE: set[Agency] = {"childrens_social_care", "emergency_duty_team", "other_authority"}

_HARM = {
    "injury", "physical_signs", "allegation", "disclosure", "neglect_observed",
    "unsafe_supervision", "accident", "self_harm", "domestic_abuse", "police_attendance",
    "unsuitable_adults", "missing", "exploitation",
}  # fmt: skip
"""Kinds of event that somebody has to answer."""


@rule(
    "chronology-absent", "high", "no-shared-chronology", "chronology",
    what="There is no chronology.",
    question="What has happened to these children, in order, and what did it mean for them?",
    source=_FINDING_7,
)  # fmt: skip
def absent(case: Case) -> Iterator[Place]:
    if not case.events:
        yield case.nowhere("chronology")


@rule(
    "chronology-of-one-agency", "medium", "no-shared-chronology", "chronology",
    what="The chronology holds the events of one agency only.",
    question="What have health, school, police and the others seen that is not here?",
    source=_FINDING_7,
)  # fmt: skip
def of_one_agency(case: Case) -> Iterator[Place]:
    agencies = {event.agency for event in case.events} - _NO_AGENCY
    if case.events and len(agencies - _SOCIAL_CARE) + bool(agencies & _SOCIAL_CARE) < 2:
        yield case.nowhere("chronology", "agency")


@rule(
    "chronology-without-sources", "medium", "no-shared-chronology", "chronology",
    what="Significant events of the chronology do not say who says so.",
    question="Whose account is it, and who saw it?",
    source="Chronology templates (Norfolk): source, which agency",
)  # fmt: skip
def without_sources(case: Case) -> Iterator[Place]:
    significant = [event for event in case.events if event.significance == "significant"]
    bare = [event for event in significant if not _has_source(event)]
    if len(bare) * 2 > len(significant):
        yield case.nowhere("chronology", "source", because=bare[0])


@rule(
    "chronology-starts-late", "medium", "no-shared-chronology", "chronology",
    what="The chronology begins more than half a year after a child was born.",
    question="What happened to this child before, and who would know?",
    source="Plymouth chronology guidance: start at birth",
)  # fmt: skip
def starts_late(case: Case) -> Iterator[Place]:
    first: dict[str, Event] = {}
    of_all = next((event for event in case.events if not event.children), None)
    for event in case.events:
        for named in event.children:
            first.setdefault(named, event)
    for child in case.children:
        starts = [days(e.when.start)[0] for e in (first.get(child.id), of_all) if e is not None]
        if child.born_on is not None and child.status != "unborn" and case.events:
            late = min(starts, default=case.on) - days(child.born_on)[1]
            if late > timedelta(days=FROM_BIRTH):
                yield case.nowhere("chronology", "when", child=child.id)


@rule(
    "chronology-with-a-hole", "medium", "no-shared-chronology", "chronology",
    what="For more than half a year of the last two, the chronology holds nothing.",
    question="Did nothing happen then, or was nobody looking?",
    source=_FINDING_7,
)  # fmt: skip
def with_a_hole(case: Case) -> Iterator[Place]:
    # Counted in days of the calendar, which has a first one: today may be less than two years in.
    since = case.on.toordinal() - RECENT
    lengths = [
        (after.toordinal() - max(until.toordinal(), since), before)
        for before, until, after in _quiet(case.events)
    ]
    longest, before = max(lengths, key=lambda hole: hole[0], default=(0, None))
    if longest > HOLE:
        yield case.nowhere("chronology", "when", because=before)


@rule(
    "chronology-stops-early", "medium", "no-shared-chronology", "chronology",
    what="The chronology holds nothing of the last two months.",
    question="What has happened since, and why did the family move?",
    source=_FINDING_7,
)  # fmt: skip
def stops_early(case: Case) -> Iterator[Place]:
    ends = [case.days_since(event.when.end or event.when.start) for event in case.events]
    if ends and min(ends) > SILENCE:
        yield case.nowhere("chronology", "when", because=case.events[-1])


@rule(
    "incident-without-action", "medium", "not-enough-evidence", "chronology",
    what="An incident of the last two years does not say what was done, or why nothing.",
    question="What was done about this, and if nothing, who decided that?",
    source="Child Q review, finding 2; chronology templates (Norfolk): action or why none",
)  # fmt: skip
def without_action(case: Case) -> Iterator[Place]:
    for event in case.events:
        said = any((event.action, event.no_action_reason, event.result, event.concern))
        harm = event.kind in _HARM and is_incident(event)
        if harm and not said and case.is_recent(event.when.start, RECENT):
            yield case.at(event, "action")


@rule(
    "incident-explanation-unchecked", "medium", "explanations-on-trust", "chronology",
    what="A significant event has a carer's explanation, and does not say whether it was checked.",
    question="Who else was asked, and does it fit what was seen?",
    source="Child Q review, key areas: lack of curiosity about self-reported explanations",
)  # fmt: skip
def explanation_unchecked(case: Case) -> Iterator[Place]:
    for event in case.events:
        taken = event.explanation and not event.explanation_checked and event.concern is None
        if taken and is_incident(event) and case.is_recent(event.when.start, RECENT):
            yield case.at(event, "explanation_checked")


def _has_source(event: Event) -> bool:
    return bool(event.source or event.agency_name or event.attachments or event.provenance)


def _quiet(events: tuple[Event, ...]) -> Iterator[tuple[Event, date, date]]:
    """Each event, the last day known of before the next one begins, and when that is."""
    until = date.min
    for event, following in pairwise(events):
        until = max(until, days(event.when.end or event.when.start)[1])
        yield event, until, days(following.when.start)[0]
