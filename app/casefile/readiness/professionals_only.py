"""Meetings without the parents: anyone may ask for one, and gets an answer."""

from collections.abc import Iterator

from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.outcomes import is_no_better
from app.casefile.readiness.periods import ASKED, RECENT
from app.casefile.readiness.rule import rule

_ANYONE = "Child Q review, key messages: any professional can request a professionals meeting"
_WITHOUT_PARENTS = {"professionals_meeting", "strategy_discussion", "legal_planning"}


@rule(
    "meeting-asked-for-and-not-fixed", "high", "meeting-without-parents", "meetings",
    what="A meeting was asked for more than a week ago, and no day is fixed.",
    question="When is it, and who decided that it could wait?",
    source=_ANYONE,
)  # fmt: skip
def asked_for(case: Case) -> Iterator[Place]:
    for meeting in case.ours(m for m in case.file.meetings if m.status == "asked_for"):
        waiting = meeting.asked_for_on and not case.is_recent(meeting.asked_for_on, ASKED)
        if waiting and (meeting.at is None or case.is_past(meeting.at)):
            yield case.at(meeting, "at")


@rule(
    "meeting-refused-without-reason", "medium", "meeting-without-parents", "meetings",
    what="A meeting was refused or cancelled, and nothing says why and by whom.",
    question="Why was it not held, and what happens instead?",
    source=_ANYONE,
)  # fmt: skip
def refused(case: Case) -> Iterator[Place]:
    off = (m for m in case.file.meetings if m.status in ("refused", "cancelled"))
    for meeting in case.ours(off):
        if meeting.refused_reason is None and case.is_recent(meeting.at, RECENT):
            yield case.at(meeting, "refused_reason")


@rule(
    "professionals-only-without-reason", "low", "meeting-without-parents", "meetings",
    what="A meeting without the parents does not say why they were not there.",
    question="Why without them, and have they been told since?",
    source=_ANYONE,
)  # fmt: skip
def without_reason(case: Case) -> Iterator[Place]:
    alone = (m for m in case.file.meetings if m.professionals_only)
    for meeting in case.ours(alone):
        if meeting.professionals_only_reason is None and case.is_recent(meeting.at, RECENT):
            yield case.at(meeting, "professionals_only_reason")


@rule(
    "professionals-never-met-alone", "medium", "meeting-without-parents", "meetings",
    what="A concern is open or the plan is not working, and in two years the professionals have "
    "never met without the parents, nor asked to.",
    question="Does anyone need to say something that can't be said with the parents there?",
    source="Child Q review, finding 5",
)  # fmt: skip
def never_met_alone(case: Case) -> Iterator[Place]:
    recent = (m for m in case.ours(case.file.meetings) if case.is_recent(m.at, RECENT))
    met = any(m.professionals_only or m.kind in _WITHOUT_PARENTS for m in recent)
    if not met and (case.concerns or any(map(is_no_better, case.outcomes))):
        yield case.nowhere("meetings", "professionals_only")
