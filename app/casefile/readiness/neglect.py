"""The neglect tool, for children whose plan is for neglect: used, and used again."""

from collections.abc import Iterator

from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.periods import READING, REGRADED
from app.casefile.readiness.rule import rule

_TOOL = "Child Q review, key messages: the neglect toolkit"


@rule(
    "neglect-tool-absent", "medium", "neglect-tool", "neglect_grades",
    what="A child is on a plan for neglect, and no neglect tool was used.",
    question="What would a neglect tool show, area by area, for this child?",
    source=_TOOL,
)  # fmt: skip
def absent(case: Case) -> Iterator[Place]:
    graded = _dates(case)
    for child in neglected(case):
        if child not in graded:
            yield case.nowhere("neglect_grades", child=child)


@rule(
    "neglect-graded-once", "medium", "neglect-tool", "neglect_grades",
    what="A neglect tool was used once, more than three months ago, so nothing shows a direction.",
    question="Is the child's care better or worse since, and in which area?",
    source=_TOOL,
)  # fmt: skip
def graded_once(case: Case) -> Iterator[Place]:
    graded = _dates(case)
    for child in neglected(case):
        dates = graded.get(child, set())
        if len(dates) == 1 and not case.is_recent(min(dates), REGRADED):
            yield case.nowhere("neglect_grades", child=child)


@rule(
    "neglect-grade-out-of-date", "medium", "neglect-tool", "neglect_grades",
    what="A neglect tool was last used more than half a year ago.",
    question="What would it show today?",
    source=_TOOL,
)  # fmt: skip
def out_of_date(case: Case) -> Iterator[Place]:
    graded = _dates(case)
    for child in neglected(case):
        dates = graded.get(child, set())
        if len(dates) > 1 and not any(case.is_recent(day, READING) for day in dates):
            yield case.nowhere("neglect_grades", child=child)


def neglected(case: Case) -> Iterator[str]:
    """The born children whose running plan is, or began, for neglect."""
    for_neglect = case.covered(
        plan
        for plan in case.plans
        if any(c.code == "neglect" for c in plan.latest_categories or plan.initial_categories)
    )
    return (c.id for c in case.children if c.id in for_neglect and c.status != "unborn")


def _dates(case: Case) -> dict[str, set[str]]:
    dates: dict[str, set[str]] = {}
    for grade in case.live(case.file.neglect_grades):
        dates.setdefault(grade.child, set()).add(grade.assessed_on)
    return dates
