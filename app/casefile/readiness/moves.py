"""Moves, and the risk of starting again that comes with each."""

from collections.abc import Iterator

from app.casefile.model import Move, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.periods import RECENT
from app.casefile.readiness.rule import rule
from app.casefile.readiness.work import changes

_ANALYSE = "Child Q review, time to reflect: analyse and assess the risks when a family moves"
_TWICE = 2


@rule(
    "move-absent", "low", "starting-again", "moves",
    what="This move and those before it are not told.",
    question="When and why did the family move, this time and before?",
    source="Child Q review, summary: the family moved twice in the children's early years",
)  # fmt: skip
def absent(case: Case) -> Iterator[Place]:
    if not any(case.ours(case.file.moves)):
        yield case.nowhere("moves")


@rule(
    "move-without-effect", "medium", "starting-again", "moves",
    what="Nothing says what the latest move does to the risk.",
    question="What is lost with this move, who is nearer, and who can no longer see the child?",
    source=_ANALYSE,
)  # fmt: skip
def without_effect(case: Case) -> Iterator[Place]:
    move = latest_move(case)
    if move is not None and move.effect is None and not _is_assessed(case, move):
        yield case.at(move, "effect")


@rule(
    "risk-of-starting-again-not-named", "high", "starting-again", "moves",
    what="The family has moved, or its workers have changed, more than once in two years, and "
    "nothing says what has been tried with this family, and what has worked.",
    question="What has worked, what has not, and what would be lost by starting again?",
    source=_ANALYSE,
)  # fmt: skip
def starting_again(case: Case) -> Iterator[Place]:
    moves = [m for m in case.ours(case.file.moves) if case.is_recent(m.moved_on, RECENT)]
    summary = case.file.summary
    if max(len(moves), len(list(changes(case)))) < _TWICE:
        return
    if summary is None:
        yield Place(("summary",), "moves")
    elif not summary.works and not summary.does_not_work:
        yield Place(("summary", "works"), "moves")


def latest_move(case: Case) -> Move | None:
    """The newest move; one without a date is the newest."""
    moves = case.ours(case.file.moves)
    return max(moves, key=lambda move: days(move.moved_on or "9999"), default=None)


def _is_assessed(case: Case, move: Move) -> bool:
    """Whether a risk assessment of since then says what the move does."""
    return any(
        move.moved_on is None or days(move.moved_on)[0] <= days(assessment.on)[1]
        for assessment in case.ours(case.file.risk_assessments)
        if assessment.effect_of_move is not None
    )
