"""Two duties, never one "responsible": who holds the plan, and who responds to harm today.

The plan holder moves at acceptance. The duty to respond (in England, Children Act 1989 s.17 and
s.47) follows where the child is found. Each is asked per child, true on a day and, if wanted, as
it was known at a moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from app.errors import NotFound
from app.handover.bodies import answers, conversation, opening
from app.handover.codes import AuthorityId, Declined
from app.handover.ledger import Entry, counting, speaking_of
from app.handover.statement import Statement
from app.handover.view import HandoverView
from app.handover.when import When, instant, london_date


@dataclass(frozen=True)
class Responds:
    """Who responds to harm today. `authority` is None where nobody in the ledger can say."""

    authority: str | None
    because: str
    """`not_moved`, `moved`, or the code of the decline or recall."""


def plan_holder(view: HandoverView, child: str, on: date) -> str:
    """The authority that holds the child's plan on a day: never nobody.

    It is the receiving one from the day on which an acceptance took effect, if the basis was a
    transfer; information moves no plan. Raises NotFound (`unknown-child`).
    """
    seen = view.children.get(child)
    if seen is None:
        raise NotFound("unknown-child", "This handover has no such child", ids=(child,))
    passed = seen.passed is not None and london_date(seen.passed) <= on
    return view.receiver if passed and seen.basis == "transfer" else view.sender


def known_by(entries: Iterable[Entry], moment: datetime) -> tuple[Entry, ...]:
    """The entries that the keeper of the order had at a moment: fold them, or ask `facts` and
    `responds` of them, for what was known then. Always a prefix, also if a clock was put back."""
    return tuple(takewhile(lambda entry: instant(entry.known_at) <= moment, entries))


def responds(entries: Iterable[Entry], view: HandoverView, child: str, on: date) -> Responds:
    """Where the child is found, as the latest word true by the end of that day has it.

    A temporary stay ends when somebody says that the child is back, not when it was meant to end.
    """
    latest = Responds(view.sender, "not_moved")
    for statement, _ in speaking_of(child, counting(entries)):
        latest = _after(latest, view, statement, child, on)
    return latest


def _after(
    latest: Responds, view: HandoverView, statement: Statement, child: str, on: date
) -> Responds:
    _, body = statement.said
    true = london_date(statement.payload.effective) <= on
    match body:
        case opening.Notification():
            return _moved(view, body, statement.payload.effective, on)
        case opening.Dispatch(opening=opened) if opened is not None:
            return _moved(view, opened, statement.payload.effective, on)
        case opening.Dispatch() if true and latest.because not in ("not_moved", "moved"):
            return Responds(view.receiver, "moved")  # sent again after a decline
        case opening.RecordsRequest() if true:
            return Responds(view.receiver, "moved")
        case conversation.FactStated(code="moved"):
            return _stated_moved(latest, view, london_date(body.on) <= on)
        case answers.Decline() if true:
            return _declined(latest, body.code, body.to)
        case answers.Acceptance() if true:
            return _declined(latest, body.of(child).declined, None)
        case answers.Recall() if true:
            return _recalled(latest, view, body)
    return latest


def _moved(view: HandoverView, body: opening.Opening, effective: When, on: date) -> Responds:
    moved = london_date(body.moved.on if body.moved else effective)
    if body.moved is None and body.planned == "planned":
        return Responds(view.sender, "not_moved")
    return Responds(view.receiver, "moved") if moved <= on else Responds(view.sender, "not_moved")


def _stated_moved(latest: Responds, view: HandoverView, moved: bool) -> Responds:
    """It replaces what was said before of when they moved, and nothing that ended the move."""
    if moved:
        return Responds(view.receiver, "moved")
    return Responds(view.sender, "not_moved") if latest.because == "moved" else latest


def _declined(latest: Responds, code: Declined | None, to: AuthorityId | None) -> Responds:
    """`not_known_here` answers a request for records: the child stays where it was found."""
    if code in ("another_area", "left_before_conference"):
        return Responds(to, code)
    if code in ("not_living_here", "cannot_identify_child"):
        return Responds(None, code)
    return latest


def _recalled(latest: Responds, view: HandoverView, body: answers.Recall) -> Responds:
    """A plan that ended moves no child."""
    if body.code in ("moved_on", "wrong_authority"):
        return Responds(body.to, body.code)
    if body.code in ("whereabouts_unknown", "moved_abroad", "died"):
        return Responds(None, body.code)
    if body.code == "plan_ended_at_review":
        return latest
    return Responds(view.sender, body.code)
