"""Two duties, never one "responsible": who holds the plan, and who responds to harm today.

The plan holder moves at acceptance. The duty to respond (in England, Children Act 1989 s.17 and
s.47) follows where the child is found. Each is asked per child, true on a day and, if wanted, as
it was known at a moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.handover.bodies import answers, opening
from app.handover.ledger import Entry, fold
from app.handover.statement import attested_as
from app.handover.view import HandoverView
from app.handover.when import When, instant, london_date


@dataclass(frozen=True)
class Responds:
    """Who responds to harm today. `authority` is None where nobody in the ledger can say."""

    authority: str | None
    because: str
    """`not_moved`, `moved`, `address_unknown`, or the code of the decline or recall."""


def plan_holder(view: HandoverView, child: str, on: date) -> str:
    """The authority that holds the child's plan on a day: never nobody.

    It is the receiving one from the day on which an acceptance took effect, if the basis was a
    transfer; information moves no plan.
    """
    seen = view.children[child]
    passed = seen.passed is not None and london_date(seen.passed) <= on
    return view.receiver if passed and seen.basis == "transfer" else view.sender


def known_at(entries: Iterable[Entry], moment: datetime) -> HandoverView | None:
    """The view as the keeper of the order knew it at a moment."""
    known = [entry for entry in entries if instant(entry.known_at) <= moment]
    return fold(known)


def responds(entries: Iterable[Entry], view: HandoverView, child: str, on: date) -> Responds:
    """Where the child is found, as the latest word before the end of that day has it."""
    latest = Responds(view.sender, "not_moved")
    for entry in entries:
        statement = entry.statement
        named = statement.payload.children
        if statement.body is None or (named is not None and child not in named):
            continue
        kind, body = attested_as(statement)
        effective = statement.payload.effective
        latest = _after(latest, view, kind, body, effective, on)
    return latest


def _after(
    latest: Responds,
    view: HandoverView,
    kind: str,
    body: object,
    effective: When,
    on: date,
) -> Responds:
    match body:
        case opening.Notification():
            return _moved(view, body, effective, on)
        case opening.Dispatch(opening=opened) if opened is not None:
            return _moved(view, opened, effective, on)
        case answers.Decline() if kind == "decline" and london_date(effective) <= on:
            return _declined(latest, body)
        case answers.Recall() if london_date(effective) <= on:
            return _recalled(view, body)
    return latest


def _moved(view: HandoverView, body: opening.Opening, effective: When, on: date) -> Responds:
    moved = london_date(body.moved.on if body.moved else effective)
    if body.moved is None and body.planned == "planned":
        return Responds(view.sender, "not_moved")
    return Responds(view.receiver, "moved") if moved <= on else Responds(view.sender, "not_moved")


def _declined(latest: Responds, body: answers.Decline) -> Responds:
    if body.code in ("another_area", "left_before_conference"):
        return Responds(body.to, body.code)
    if body.code in ("not_living_here", "not_known_here", "cannot_identify_child"):
        return Responds(None, body.code)
    return latest


def _recalled(view: HandoverView, body: answers.Recall) -> Responds:
    if body.code in ("moved_on", "wrong_authority"):
        return Responds(body.to, body.code)
    if body.code in ("whereabouts_unknown", "moved_abroad", "died"):
        return Responds(None, body.code)
    return Responds(view.sender, body.code)
