"""Concerns: shared and heard, the child spoken to alone, answered, and what comes next."""

from collections.abc import Iterator

from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.rule import rule


@rule(
    "concern-without-response", "high", "not-enough-evidence", "concerns",
    what="An open concern does not say how it was answered.",
    question="What was decided when this was heard, and why?",
    source="Child Q review, finding 2",
)  # fmt: skip
def without_response(case: Case) -> Iterator[Place]:
    for concern in case.concerns:
        answered = (
            concern.response, concern.done, concern.strategy_discussion_on,
            concern.section_47_started_on,
        )  # fmt: skip
        if not any(answered):
            yield case.at(concern, "response")
