"""Open concerns: shared and heard, answered, the explanation looked into, and what comes next."""

from collections.abc import Iterator

from app.casefile.model import Concern
from app.casefile.readiness.case import Case, Place, is_named
from app.casefile.readiness.rule import rule

_SOCIAL_CARE = {"childrens_social_care", "emergency_duty_team"}
_FINDING_2 = "Child Q review, finding 2"
_SHARE = "Child Q review, learning points for practitioners: communication"
_FOLLOW = "Child Q review, learning points for practitioners: escalate, and confirm it was heard"


@rule(
    "concern-not-shared", "high", "sharing-and-following-up", "concerns",
    what="An open concern does not say who was told of it.",
    question="Who has been told of this, when, and did they confirm that they had heard it?",
    source=_SHARE,
)  # fmt: skip
def not_shared(case: Case) -> Iterator[Place]:
    return (case.at(concern, "shared_with") for concern in case.concerns if not concern.shared_with)


@rule(
    "concern-not-with-social-worker", "high", "sharing-and-following-up", "concerns",
    what="Those who were told of an open concern are not the child's social worker.",
    question="Does the child's social worker know of this?",
    source=_SHARE,
)  # fmt: skip
def not_with_social_worker(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        told = {case.agency(shared.who) for shared in concern.shared_with}
        others = (concern.raised_by, concern.next_step_owner, *(s.by for s in concern.spoken_to))
        knows = told | {case.agency(who) for who in others}
        # Someone told whose agency is not on file may have been the social worker.
        if told and None not in told and not knows & _SOCIAL_CARE:
            yield case.at(concern, "shared_with")


@rule(
    "concern-not-confirmed-heard", "medium", "sharing-and-following-up", "concerns",
    what="Someone was told of an open concern and has not confirmed hearing it.",
    question="Who has chased this, and who is asked next if there is still no answer?",
    source=_FOLLOW,
)  # fmt: skip
def not_heard(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        unheard = [n for n, shared in enumerate(concern.shared_with) if shared.heard is False]
        known = any(shared.heard or shared.answer for shared in concern.shared_with)
        if unheard or (concern.shared_with and not known):
            yield case.at(concern, "shared_with", (*unheard, 0)[0], "heard")


@rule(
    "concern-without-response", "high", "not-enough-evidence", "concerns",
    what="An open concern does not say how it was answered.",
    question="What was decided when this was heard, and why?",
    source=_FINDING_2,
)  # fmt: skip
def without_response(case: Case) -> Iterator[Place]:
    return (case.at(concern, "response") for concern in case.concerns if not _answered(concern))


@rule(
    "concern-without-next-step", "high", "not-enough-evidence", "concerns",
    what="An open concern does not say what happens next.",
    question="What is done next, so that this is not left as not enough evidence?",
    source=_FINDING_2,
)  # fmt: skip
def without_next_step(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        if concern.next_step is None and concern.id not in case.actions_on:
            yield case.at(concern, "next_step")


@rule(
    "concern-next-step-without-owner", "medium", "not-enough-evidence", "concerns",
    what="Nobody is named who does the next step on an open concern.",
    question="Who does it?",
    source=_FINDING_2,
)  # fmt: skip
def next_step_without_owner(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        actions = case.actions_on.get(concern.id, ())
        owned = is_named(concern.next_step_owner) or any(is_named(one.owner) for one in actions)
        if (concern.next_step or actions) and not owned:
            yield case.at(concern, "next_step_owner")


@rule(
    "concern-next-step-without-date", "medium", "not-enough-evidence", "concerns",
    what="The next step on an open concern has no date.",
    question="By when?",
    source=_FINDING_2,
)  # fmt: skip
def next_step_without_date(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        actions = case.actions_on.get(concern.id, ())
        dated = concern.next_step_due or any(action.due_on for action in actions)
        if (concern.next_step or actions) and not dated:
            yield case.at(concern, "next_step_due")


@rule(
    "concern-next-step-overdue", "high", "not-enough-evidence", "concerns",
    what="The day of the next step on an open concern has gone by.",
    question="Was it done, and what came of it? If not, who does it today?",
    source=_FINDING_2,
)  # fmt: skip
def next_step_overdue(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        if case.is_past(concern.next_step_due):
            yield case.at(concern, "next_step_due")


@rule(
    "concern-explanation-unchecked", "medium", "explanations-on-trust", "concerns",
    what="An open concern has a carer's explanation, and does not say whether it was checked.",
    question="Who else was asked, and does it fit what was seen?",
    source="Child Q review, key areas: lack of curiosity about self-reported explanations",
)  # fmt: skip
def explanation_unchecked(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        if concern.explanation is not None and concern.explanation_checked is None:
            yield case.at(concern, "explanation_checked")


@rule(
    "marks-without-medical", "high", "not-enough-evidence", "concerns",
    what="Marks on a child are an open concern, and nothing says whether a medical was asked for.",
    question="Was a medical asked for? If not, who decided that, and why?",
    source="Child Q review, key messages: physical marks to a child",
)  # fmt: skip
def marks_without_medical(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        if (concern.kind == "physical_signs" or concern.physical_signs) and not concern.medical:
            yield case.at(concern, "medical")


def _answered(concern: Concern) -> bool:
    return any(
        (concern.response, concern.done, concern.strategy_discussion_on,
         concern.section_47_started_on)
    )  # fmt: skip
