"""Substance misuse and mental health of those round the child: how serious, as of when, and which
way it goes. (That a reading has a level and a date is asked for by the form itself.)"""

from collections.abc import Iterator
from typing import Literal

from app.casefile.model import Person, Reading, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.findings import Finding
from app.casefile.readiness.periods import READING, RECENT
from app.casefile.readiness.rule import Rule, rule

_Subject = Literal["substance_misuse", "mental_health"]


def _level_not_known(subject: _Subject, finding: Finding, words: str) -> Rule:
    @rule(
        f"{finding}-level-not-known", "medium", finding, "people",
        what=f"When it was last looked at, nobody knew how serious a person's {words} was.",
        question="How serious is it, and who would know?",
        source=_SOURCE,
    )  # fmt: skip
    def level_not_known(case: Case) -> Iterator[Place]:
        for person, latest in _latest(case, subject):
            if latest.level == "not_known":
                yield case.at(person, subject)

    return level_not_known


def _trend_not_said(subject: _Subject, finding: Finding, words: str) -> Rule:
    @rule(
        f"{finding}-trend-not-said", "medium", finding, "people",
        what=f"Nothing says which way a person's {words} is going.",
        question="Is it getting better or worse, and what does that mean for the child?",
        source=_SOURCE,
    )  # fmt: skip
    def trend_not_said(case: Case) -> Iterator[Place]:
        for person, latest in _latest(case, subject):
            if latest.level not in ("none", "not_known") and latest.trend in (None, "not_known"):
                yield case.at(person, subject)

    return trend_not_said


def _out_of_date(subject: _Subject, finding: Finding, words: str) -> Rule:
    @rule(
        f"{finding}-out-of-date", "medium", finding, "people",
        what=f"The latest on a person's {words} is more than half a year old, or has only a year.",
        question="How is it today?",
        source=_SOURCE,
    )  # fmt: skip
    def out_of_date(case: Case) -> Iterator[Place]:
        for person, latest in _latest(case, subject):
            vague = len(latest.on) == len("2031")
            if latest.level != "none" and (vague or not case.is_recent(latest.on, READING)):
                yield case.at(person, subject)

    return out_of_date


def _never_read(subject: _Subject, finding: Finding, words: str) -> Rule:
    @rule(
        f"{finding}-only-in-the-chronology", "medium", finding, "people",
        what=f"Events of the last two years concern a person's {words}, and nothing says how "
        "serious it is.",
        question="How serious is it now, since when, and which way is it going?",
        source=_SOURCE,
    )  # fmt: skip
    def never_read(case: Case) -> Iterator[Place]:
        seen_in = {
            person: event
            for event in case.events
            if event.kind == subject and case.is_recent(event.when.end or event.when.start, RECENT)
            for person in event.people
        }
        for person in _alive(case):
            if person.id in seen_in and not getattr(person, subject):
                yield case.at(person, subject, because=seen_in[person.id])

    return never_read


_SOURCE = "Child Q review, themes in common with other reviews"
substance_level = _level_not_known("substance_misuse", "substance-misuse", "substance misuse")
substance_trend = _trend_not_said("substance_misuse", "substance-misuse", "substance misuse")
substance_date = _out_of_date("substance_misuse", "substance-misuse", "substance misuse")
substance_events = _never_read("substance_misuse", "substance-misuse", "substance misuse")
health_level = _level_not_known("mental_health", "mental-health", "mental ill health")
health_trend = _trend_not_said("mental_health", "mental-health", "mental ill health")
health_date = _out_of_date("mental_health", "mental-health", "mental ill health")
health_events = _never_read("mental_health", "mental-health", "mental ill health")


def _latest(case: Case, subject: _Subject) -> Iterator[tuple[Person, Reading]]:
    for person in _alive(case):
        readings: tuple[Reading, ...] = getattr(person, subject)
        if readings:
            yield person, max(readings, key=lambda reading: days(reading.on))


def _alive(case: Case) -> Iterator[Person]:
    """People who matter to a child handed over, and live."""
    for person in case.live(case.file.people):
        ours = any(one.child in case.relations for one in person.relationships)
        if (ours or person.household) and person.died_on is None:
            yield person
