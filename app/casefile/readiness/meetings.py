"""Minutes of each meeting, who has them, and who has confirmed it; fathers asked to meetings.

Conferences count however long ago they were; other meetings for a year.
"""

from collections.abc import Iterator

from app.casefile.model import Distribution, Meeting, ParentAttendance, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.periods import CONFIRMED, MEETINGS, MINUTES
from app.casefile.readiness.rule import rule

_CONFERENCES = {
    "initial_conference", "review_conference", "transfer_in_conference", "pre_birth_conference",
}  # fmt: skip
_PRIVILEGED = "legal_planning"
_MINUTES = {"minutes", "confidential_minutes"}
_FINDING_6 = "Child Q review, finding 6"


@rule(
    "meeting-without-minutes", "high", "plans-and-minutes-late", "meetings",
    what="A meeting was held more than three weeks ago, and nothing is said of its minutes.",
    question="Where are the minutes, and who sends them?",
    source=_FINDING_6,
)  # fmt: skip
def without_minutes(case: Case) -> Iterator[Place]:
    numbers = {a.number for a in case.file.attachments if a.kind in _MINUTES}
    for meeting in _held(case):
        attached = not numbers.isdisjoint(meeting.attachments)
        if meeting.minutes is None and not attached and _is_over(case, meeting):
            yield case.at(meeting, "minutes")


@rule(
    "minutes-without-date", "medium", "plans-and-minutes-late", "meetings",
    what="Minutes are coming, and no day is given.",
    question="By when do they come, and who owes them?",
    source=_FINDING_6,
)  # fmt: skip
def minutes_without_date(case: Case) -> Iterator[Place]:
    for meeting in _held(case):
        minutes = meeting.minutes
        if minutes and minutes.status == "coming" and minutes.coming_by is None:
            yield case.at(meeting, "minutes", "coming_by")


@rule(
    "minutes-overdue", "high", "plans-and-minutes-late", "meetings",
    what="Minutes were promised for a day that has gone by.",
    question="Where are the minutes, and who sends them today?",
    source=_FINDING_6,
)  # fmt: skip
def minutes_overdue(case: Case) -> Iterator[Place]:
    for meeting in _held(case):
        minutes = meeting.minutes
        if minutes and minutes.status == "coming" and case.is_past(minutes.coming_by):
            yield case.at(meeting, "minutes", "coming_by")


@rule(
    "minutes-not-explained", "medium", "plans-and-minutes-late", "meetings",
    what="Minutes were not taken, or are withheld, and no reason is given.",
    question="Why, and who can say what was decided?",
    source=_FINDING_6,
)  # fmt: skip
def minutes_not_explained(case: Case) -> Iterator[Place]:
    for meeting in _held(case):
        minutes = meeting.minutes
        if minutes and minutes.status in ("not_taken", "withheld") and minutes.reason is None:
            yield case.at(meeting, "minutes", "reason")


@rule(
    "minutes-not-shared", "medium", "plans-and-minutes-late", "meetings",
    what="Minutes are here, and nothing says who has had them.",
    question="Who has had these minutes, and who has not?",
    source=_FINDING_6,
)  # fmt: skip
def minutes_not_shared(case: Case) -> Iterator[Place]:
    for meeting, recipients in _shared(case):
        if not recipients and _is_over(case, meeting):
            yield case.at(meeting, "minutes", "distribution")


@rule(
    "minutes-not-sent-to-all", "medium", "plans-and-minutes-late", "meetings",
    what="Someone who should have the minutes has not been sent them.",
    question="Who sends them, and when?",
    source=_FINDING_6,
)  # fmt: skip
def minutes_not_sent_to_all(case: Case) -> Iterator[Place]:
    for meeting, recipients in _shared(case):
        unsent = (n for n, one in enumerate(recipients) if not one.sent_at and not one.confirmed_at)
        number = next(unsent, None)
        if number is not None and _is_over(case, meeting):
            yield case.at(meeting, "minutes", "distribution", number, "sent_at")


@rule(
    "minutes-not-confirmed", "low", "plans-and-minutes-late", "meetings",
    what="A professional who was sent minutes has not confirmed having them.",
    question="Have they come?",
    source="Child Q review, key messages: agencies feed back when they receive no minutes",
)  # fmt: skip
def minutes_not_confirmed(case: Case) -> Iterator[Place]:
    family = {person.id for person in case.file.people} | {c.id for c in case.file.children}
    for meeting, recipients in _shared(case):
        if meeting.at is not None and case.is_recent(meeting.at, MEETINGS):
            for number, one in enumerate(recipients):
                if one.who.person not in family and _is_unconfirmed(case, one):
                    yield case.at(meeting, "minutes", "distribution", number, "confirmed_at")
                    break


@rule(
    "father-not-asked-to-conference", "medium", "father-left-out", "meetings",
    what="A father was not at the latest conference, and nothing says whether he was asked.",
    question="Was he asked, at which address, and what did he say or send?",
    source="Child Q review, finding 4",
)  # fmt: skip
def father_not_asked(case: Case) -> Iterator[Place]:
    conferences = (m for m in _held(case) if m.kind in _CONFERENCES and m.parents)
    latest = max(conferences, key=lambda m: days(m.at or "0001"), default=None)
    if latest is None:
        return
    there = {parent.person: parent for parent in latest.parents}
    about = case.covered([latest])
    for person in case.live(case.file.people):
        fathered = {r.child for r in person.relationships if r.relation == "father"} & about
        asked = person.died_on is not None or _is_accounted_for(there.get(person.id))
        if fathered and not asked:
            yield case.at(latest, "parents", child=min(fathered))


def _is_accounted_for(there: ParentAttendance | None) -> bool:
    if there is None:
        return False
    return bool(there.why_not) or there.attendance not in ("absent", "not_invited")


def _held(case: Case) -> Iterator[Meeting]:
    """Meetings held, whose minutes others need. What lawyers advised is never to be sent."""
    held = (m for m in case.file.meetings if m.status == "held" and m.kind != _PRIVILEGED)
    for meeting in case.ours(held):
        if meeting.kind in _CONFERENCES or case.is_recent(meeting.at, MEETINGS):
            yield meeting


def _is_over(case: Case, meeting: Meeting) -> bool:
    """Whether the minutes should have been with everybody by now."""
    return meeting.at is None or not case.is_recent(meeting.at, MINUTES)


def _shared(case: Case) -> Iterator[tuple[Meeting, tuple[Distribution, ...]]]:
    for meeting in _held(case):
        if meeting.minutes is not None and meeting.minutes.status == "included":
            yield meeting, meeting.minutes.distribution


def _is_unconfirmed(case: Case, one: Distribution) -> bool:
    sent = one.sent_at
    return one.confirmed_at is None and sent is not None and not case.is_recent(sent, CONFIRMED)
