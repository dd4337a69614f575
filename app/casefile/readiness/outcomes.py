"""Outcomes of the plan: what could happen to the child, how anyone can tell, who, by when, and
what follows if not."""

from collections.abc import Iterator

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
