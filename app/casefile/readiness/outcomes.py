"""Outcomes of the plan: what could happen to the child, how anyone can tell, who, by when, and
what follows if not."""

from collections.abc import Iterator

from app.casefile.model import Outcome, Progress, days
from app.casefile.readiness.case import Case, Place, is_named
from app.casefile.readiness.rule import rule

_PLAN = "Child Q review, finding 1"


@rule(
    "outcome-without-risk", "high", "risks-and-consequences", "outcomes",
    what="An outcome does not say which specific risk to the child it answers.",
    question="What could happen to which child, and how, if this does not change?",
    source=_PLAN,
)  # fmt: skip
def without_risk(case: Case) -> Iterator[Place]:
    return (case.at(outcome, "risk") for outcome in case.outcomes if outcome.risk is None)


@rule(
    "outcome-without-consequence", "high", "risks-and-consequences", "outcomes",
    what="An outcome does not say what follows if it is not reached.",
    question="What will be done, by whom and how soon, if this is not reached?",
    source=_PLAN,
)  # fmt: skip
def without_consequence(case: Case) -> Iterator[Place]:
    return (case.at(one, "consequence") for one in case.outcomes if one.consequence is None)


@rule(
    "outcome-without-measure", "medium", "plan-reviewed", "outcomes",
    what="An outcome does not say how anyone can tell that it is reached.",
    question="What would a visitor see or hear when this is reached?",
    source="Child Q review, learning points for managers: clear plans",
)  # fmt: skip
def without_measure(case: Case) -> Iterator[Place]:
    return (case.at(outcome, "measure") for outcome in case.outcomes if outcome.measure is None)


@rule(
    "outcome-without-owner", "medium", "plan-reviewed", "outcomes",
    what="Nobody is named who answers for an outcome.",
    question="Who answers for this, and does that person know it?",
    source="Child Q review, learning points for managers: clear plans",
)  # fmt: skip
def without_owner(case: Case) -> Iterator[Place]:
    return (case.at(outcome, "owner") for outcome in case.outcomes if not is_named(outcome.owner))


@rule(
    "outcome-without-date", "medium", "plan-reviewed", "outcomes",
    what="An outcome has no date by which it must be reached.",
    question="By when must this be different for the child?",
    source="Child Q review, learning points for managers: timescales",
)  # fmt: skip
def without_date(case: Case) -> Iterator[Place]:
    return (case.at(outcome, "due_on") for outcome in case.outcomes if outcome.due_on is None)


@rule(
    "outcome-past-its-date", "medium", "plan-reviewed", "outcomes",
    what="The date of an outcome has gone by, and nobody has judged since whether it was reached.",
    question="Was it reached? If not, what follows, and what is the new date?",
    source="Child Q review, learning points for managers: reviewed robustly on a regular basis",
)  # fmt: skip
def past_its_date(case: Case) -> Iterator[Place]:
    for outcome in case.outcomes:
        due = outcome.due_on
        if due is not None and case.is_past(due) and not is_no_better(outcome):
            since = (case.days_since(one.on) for one in _judged(outcome))
            if not any(ago <= case.days_since(due) for ago in since):
                yield case.at(outcome, "progress")


@rule(
    "outcome-never-judged", "medium", "making-a-difference", "outcomes",
    what="A plan has been reviewed more than once, and nobody has judged how an outcome stands.",
    question="What is different for the child since the plan began?",
    source="Child Q review, time to reflect: is it making a difference to the child?",
)  # fmt: skip
def never_judged(case: Case) -> Iterator[Place]:
    reviewed = {plan.id for plan in case.plans if len(plan.reviews) > 1}
    for outcome in case.outcomes:
        if outcome.plan in reviewed and not _judged(outcome):
            yield case.at(outcome, "progress")


@rule(
    "outcome-no-better", "high", "making-a-difference", "outcomes",
    what="An outcome was no better at its two latest reviews.",
    question="The plan is not working here: what will be done that has not been tried?",
    source="Child Q review, time to reflect: is it making a difference to the child?",
)  # fmt: skip
def no_better(case: Case) -> Iterator[Place]:
    return (case.at(outcome, "progress") for outcome in case.outcomes if is_no_better(outcome))


def is_no_better(outcome: Outcome) -> bool:
    """Whether an outcome was unchanged or worse at the two latest reviews that judged it."""
    latest = sorted(_judged(outcome), key=lambda one: days(one.on))[-2:]
    return len(latest) > 1 and all(one.code in ("unchanged", "worse") for one in latest)


def _judged(outcome: Outcome) -> list[Progress]:
    """Progress that somebody has judged: a review that did not look at it says nothing."""
    return [one for one in outcome.progress if one.code != "not_reviewed"]
