"""The child in a concern: spoken to alone, or at least seen; and concerns that were closed."""

from collections.abc import Iterable, Iterator

from app.casefile.ages import turns
from app.casefile.model import Child, ChildSeen, Concern, days
from app.casefile.readiness.case import SPEAKS_FROM, Case, Place
from app.casefile.readiness.latest import Latest
from app.casefile.readiness.rule import rule
from app.casefile.readiness.seen import last_seen

NO_REASON = {None, "not_yet", "not_attempted", "not_recorded"}
"""Codes of why a child was not spoken to alone that only say so again."""


@rule(
    "child-not-spoken-to-alone", "high", "child-spoken-to-alone", "concerns",
    what="A child has not been spoken to alone about an open concern, and no reason is given.",
    question="Who speaks to this child alone, where and when? If nobody, why not?",
    source="Child Q review, learning points for practitioners: speak to a child alone",
)  # fmt: skip
def not_spoken_to_alone(case: Case) -> Iterator[Place]:
    children = {child.id: child for child in case.to_be_spoken_to}
    for concern in case.concerns:
        heard = _heard(concern)
        for child in _named(concern, children):
            if child not in heard:
                yield case.at(concern, "spoken_to", child=child)


@rule(
    "young-child-not-seen", "high", "child-spoken-to-alone", "concerns",
    what="A child too young to be asked has not been seen since a concern was raised.",
    question="Who has seen this child since, and how did the child look and behave?",
    source="Child Q review, learning points for practitioners: responses to incidents",
)  # fmt: skip
def young_child_not_seen(case: Case) -> Iterator[Place]:
    raised: Latest[Concern] = Latest()
    for concern in case.concerns:
        if concern.raised_at is not None:
            raised.put(concern.children, days(concern.raised_at)[0], concern)
    seen = last_seen(case)
    for child in case.children:
        if child.status == "living" and turns(child, SPEAKS_FROM) > case.on:
            latest, since = raised.of(child.id), seen.of(child.id)
            if latest is not None and (since is None or since[0] < latest[0]):
                yield case.at(latest[1], "spoken_to", child=child.id)


@rule(
    "concern-closed-as-not-enough-evidence", "high", "not-enough-evidence", "concerns",
    what="A concern was closed as unsubstantiated, and nothing says what was done to find out.",
    question="Who was asked, what was looked at, and would the same be decided today?",
    source="Child Q review, finding 2",
)  # fmt: skip
def closed_as_not_enough_evidence(case: Case) -> Iterator[Place]:
    return (case.at(concern, "done") for concern in _unsubstantiated(case) if not concern.done)


@rule(
    "concern-closed-without-hearing-the-child", "medium", "child-spoken-to-alone", "concerns",
    what="A concern was closed as unsubstantiated without speaking to the child alone.",
    question="Was the child ever asked? If not, is this concern really closed?",
    source="Child Q review, learning points for practitioners: speak to a child alone",
)  # fmt: skip
def closed_unheard(case: Case) -> Iterator[Place]:
    asked_from = {child.id: turns(child, SPEAKS_FROM) for child in case.children}
    oldest_first = sorted(asked_from, key=asked_from.__getitem__)
    for concern in _unsubstantiated(case):
        day = days(concern.closed.on)[1] if concern.closed else case.on
        heard = _heard(concern)
        named = frozenset(concern.children)
        for child in oldest_first:
            if asked_from[child] > day:
                break  # as are all who are younger
            if child not in heard and (not named or child in named):
                yield case.at(concern, "spoken_to", child=child)


@rule(
    "concern-closed-without-reason", "medium", "not-enough-evidence", "concerns",
    what="A concern is closed, and nothing says who closed it, when and why.",
    question="Why was it closed, and by whom?",
    source="Child Q review, finding 2",
)  # fmt: skip
def closed_without_reason(case: Case) -> Iterator[Place]:
    closed = (concern for concern in case.file.concerns if concern.status == "closed")
    return (case.at(concern, "closed") for concern in case.ours(closed) if concern.closed is None)


def _unsubstantiated(case: Case) -> Iterator[Concern]:
    return case.ours(
        concern
        for concern in case.file.concerns
        if concern.status == "closed"
        and concern.closed is not None
        and concern.closed.reason == "unsubstantiated"
    )


def _named(concern: Concern, children: dict[str, Child]) -> Iterable[str]:
    named = dict.fromkeys(concern.children)
    return [child for child in named if child in children] if named else children


def _heard(concern: Concern) -> set[str]:
    """The children who were spoken to alone, or of whom it is said why not."""
    return {one.child for one in concern.spoken_to if one.alone or _is_excused(one)}


def _is_excused(one: ChildSeen) -> bool:
    return one.why_not not in NO_REASON and (one.why_not != "other" or bool(one.why_not_words))
