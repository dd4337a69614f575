"""The plan of each child: there, with outcomes, reviewed, and saying what follows if it fails."""

from collections.abc import Iterator

from app.casefile.model import Child
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.rule import rule

_ON_A_PLAN = {"cp_permanent", "cp_temporary"}
_WITH_OUTCOMES = {"child_protection", "child_in_need", "pre_birth"}


@rule(
    "child-without-plan", "high", "plans-and-minutes-late", "plans",
    what="A child moves on a child protection plan, and the plan is not here.",
    question="Where is this child's plan, and who sends it today?",
    source="Child Q review, finding 6",
)  # fmt: skip
def child_without_plan(case: Case) -> Iterator[Place]:
    planned = case.covered(case.plans)
    for child in case.children:
        if child.transfer_type in _ON_A_PLAN and child.id not in planned:
            yield case.nowhere("plans", child=child.id)


@rule(
    "child-without-outcome", "high", "risks-and-consequences", "outcomes",
    what="A child is on a plan, and no outcome says what must become different for that child.",
    question="What must be different for this child, and how will anyone know?",
    source="Child Q review, finding 1; learning points for managers: desired outcomes",
)  # fmt: skip
def child_without_outcome(case: Case) -> Iterator[Place]:
    with_outcome = case.covered(case.ours(case.file.outcomes))
    for child in _on_a_plan(case):
        if child.id not in with_outcome:
            yield case.nowhere("outcomes", child=child.id)


@rule(
    "plan-without-contingency", "medium", "risks-and-consequences", "plans",
    what="The plan does not say what happens, and when, if it does not work.",
    question="What will be done, and how soon, if the children are not safer by the next review?",
    source="Child Q review, finding 1",
)  # fmt: skip
def without_contingency(case: Case) -> Iterator[Place]:
    for plan in case.plans:
        if plan.kind in _WITH_OUTCOMES and not plan.contingency and not plan.bottom_lines:
            yield case.at(plan, "contingency")


@rule(
    "review-overdue", "high", "plan-reviewed", "plans",
    what="The day of the plan's next review has gone by, and there is no review since.",
    question="Was the review held, and what did it decide? If not, when is it?",
    source="Child Q review, learning points for managers: reviewed robustly on a regular basis",
)  # fmt: skip
def review_overdue(case: Case) -> Iterator[Place]:
    for plan in case.plans:
        due = plan.next_review_due
        if due is not None and case.is_past(due):
            held = [review.on for review in plan.reviews]
            if not any(case.days_since(day) <= case.days_since(due) for day in held):
                yield case.at(plan, "next_review_due")


@rule(
    "core-group-overdue", "medium", "plan-reviewed", "plans",
    what="The day of the next core group has gone by.",
    question="Was the core group held, and when is the next one?",
    source="Child Q review, learning points for managers: reviewed robustly on a regular basis",
)  # fmt: skip
def core_group_overdue(case: Case) -> Iterator[Place]:
    for plan in case.plans:
        if case.is_past(plan.next_core_group_on):
            yield case.at(plan, "next_core_group_on")


def _on_a_plan(case: Case) -> Iterator[Child]:
    planned = case.covered(plan for plan in case.plans if plan.kind in _WITH_OUTCOMES)
    return (c for c in case.children if c.id in planned or c.transfer_type in _ON_A_PLAN)
