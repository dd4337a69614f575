"""The risk assessment: that there is one for each child, that it names the risks, and that it was
looked at again after what has happened since."""

from collections.abc import Iterator

from app.casefile.model import Concern, Event, RiskAssessment, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.latest import Latest
from app.casefile.readiness.rule import rule

_NO_INCIDENT = {
    "referral", "assessment", "conference", "core_group", "strategy_discussion",
    "attended_appointment", "family_contact", "respite_care", "support_accepted", "positive_care",
    "supervision", "information_shared", "found",
}  # fmt: skip
"""Kinds of event that are work on the case, or good news, and change no risk by themselves."""
_REVIEW_RISK = "Child Q review, learning points for managers: risk assessment"


@rule(
    "risk-assessment-absent", "high", "risk-after-incidents", "risk_assessments",
    what="There is no risk assessment of a child.",
    question="What could happen to this child, how likely is it, and what protects the child now?",
    source=_REVIEW_RISK,
)  # fmt: skip
def absent(case: Case) -> Iterator[Place]:
    latest = _latest(case)
    for child in case.children:
        if latest.of(child.id) is None:
            yield case.nowhere("risk_assessments", child=child.id)


@rule(
    "risk-not-looked-at-again", "high", "risk-after-incidents", "risk_assessments",
    what="Since the latest risk assessment of a child, something significant has happened or a "
    "concern was raised.",
    question="Does the risk assessment still hold after this?",
    source=_REVIEW_RISK,
)  # fmt: skip
def not_looked_at_again(case: Case) -> Iterator[Place]:
    assessed, happened = _latest(case), Latest[Event | Concern]()
    for event in filter(is_incident, case.events):
        if not case.is_to_come(event.when.start):
            happened.put(event.children, days(event.when.start)[0], event)
    for concern in case.concerns:
        if concern.raised_at is not None and not case.is_to_come(concern.raised_at):
            happened.put(concern.children, days(concern.raised_at)[0], concern)
    for child in case.children:
        last, incident = assessed.of(child.id), happened.of(child.id)
        if last and incident and last[0] < incident[0]:
            yield case.nowhere("risk_assessments", child=child.id, because=incident[1])


@rule(
    "risk-assessment-without-risks", "high", "risks-and-consequences", "risk_assessments",
    what="The latest risk assessment of a child does not name the specific risks.",
    question="What could happen to which child, and how?",
    source="Child Q review, finding 1",
)  # fmt: skip
def without_risks(case: Case) -> Iterator[Place]:
    latest = _latest(case)
    found = {one[1].id: one[1] for child in case.children if (one := latest.of(child.id))}
    for assessment in found.values():
        if not assessment.risks and not assessment.attachments:
            yield case.at(assessment, "risks")


def _latest(case: Case) -> Latest[RiskAssessment]:
    latest: Latest[RiskAssessment] = Latest()
    made = (one for one in case.file.risk_assessments if not case.is_to_come(one.on))
    for assessment in case.ours(made):
        latest.put(assessment.children, days(assessment.on)[1], assessment)
    return latest


def is_incident(event: Event) -> bool:
    """Whether an event may have changed the risk to a child."""
    return (
        event.significance == "significant"
        and event.impact not in ("positive", "neutral")
        and event.kind not in _NO_INCIDENT
    )
