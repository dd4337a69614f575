"""What may be dated how: nothing happens before the handover's beginning, or ahead of its telling.

Every clock runs from dates that people state. These bounds compare them with one another and with
`at` alone, so both sides judge alike whenever they do. Days are those in London.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.errors import Conflict
from app.handover.bodies import answers, conversation, opening
from app.handover.said import Said
from app.handover.statement import Statement
from app.handover.view import HandoverView
from app.handover.when import When, instant, london_date

TOLERANCE = timedelta(minutes=5)
"""Between two clocks that are both right."""

ACCEPTANCE_AHEAD = timedelta(days=31)
"""A conference may decide that the plan passes on a later day."""

OPENER_BACK = timedelta(days=366)
REPLACED_WITHIN = timedelta(days=7)

_OF_BEFORE = frozenset({"moved", "child_born"})
"""Facts that are older than any handover."""


def check_order(view: HandoverView | None, statement: Statement, placing: Statement) -> None:
    """That time goes forward along the ledger. Raises Conflict (`ledger-time`)."""
    placed = instant(placing.payload.at)
    if view is not None and view.placed_at and placed < instant(view.placed_at) - TOLERANCE:
        raise Conflict("ledger-time", "This was placed before the entry that it follows")
    if instant(statement.payload.at) > placed + TOLERANCE:
        raise Conflict("ledger-time", "This was placed before it was stated")


def check_dates(view: HandoverView, said: Said) -> None:
    """Raises Conflict (`dates-ahead`, `dates-early` (retryable while a child's opening may still
    be on its way), `acknowledged-now`, `ended-early`, `timetable-elsewhere`)."""
    today = london_date(said.statement.payload.at)
    effective = london_date(said.statement.payload.effective)
    _check_ahead(said, effective, today)
    opened = opened_by(said)
    if opened is None:
        _check_early(view, said, effective)
    else:
        _check_opening(opened, effective, today)
    if said.statement.kind == "acknowledgement" and effective != today:
        raise Conflict("acknowledged-now", "An acknowledgement is true from the day it is given")
    if isinstance(said.body, answers.Closure):
        _check_ended(view, said, london_date(said.body.ended))


def opened_by(said: Said) -> opening.Opening | opening.RecordsRequest | None:
    """The facts by which this begins something for the children it names."""
    match said.body:
        case opening.Notification() | opening.RecordsRequest():
            return said.body
        case opening.Dispatch():
            return said.body.opening
    return None


def beginning(said: Said, opened: opening.Opening | opening.RecordsRequest) -> date:
    """The earliest day of which an opening speaks."""
    days = [said.statement.payload.effective, opened.learned]
    if isinstance(opened, opening.Opening) and opened.moved is not None:
        days.append(opened.moved.on)
    return min(map(london_date, days))


def replaced_in_time(view: HandoverView, said: Said) -> bool:
    """Whether an acknowledgement comes soon enough after the opening to set its own limits."""
    last = london_date(view.opened_effective) + REPLACED_WITHIN
    return london_date(said.statement.payload.at) <= last


def _check_ahead(said: Said, effective: date, today: date) -> None:
    allowed = ACCEPTANCE_AHEAD if said.kind == "acceptance" else timedelta()
    ahead = effective > today + allowed
    if ahead or any(london_date(day) > today for day in _happened(said.body)):
        raise Conflict("dates-ahead", "What has not happened yet can't be stated as done")


def _check_early(view: HandoverView, said: Said, effective: date) -> None:
    first = min([effective, *map(london_date, _in_the_handover(said.body))]).isoformat()
    named = (view.children.get(child) for child in said.children or view.children)
    early = [child for child in named if child is not None and first < child.since]
    if early:
        raise Conflict(
            "dates-early",
            "This is dated before the handover of a child it names began",
            retryable=any(child.transfer is None for child in early),
        )


def _check_opening(
    opened: opening.Opening | opening.RecordsRequest, effective: date, today: date
) -> None:
    if effective < today - OPENER_BACK:
        raise Conflict("dates-early", "This is dated more than a year before it was stated")
    timetable = opened.timetable
    if timetable and not timetable.from_ <= today.isoformat() <= timetable.until:
        raise Conflict("timetable-elsewhere", "The timetable is of another time than its statement")


def _check_ended(view: HandoverView, said: Said, ended: date) -> None:
    passed = [view.children[child].passed for child in said.children if child in view.children]
    if any(when is not None and ended < london_date(when) for when in passed):
        raise Conflict("ended-early", "The plan ended before the other authority had taken over")


def _happened(body: object) -> Iterator[When]:
    yield from _in_the_handover(body)
    match body:
        case answers.Closure():
            yield body.ended
        case conversation.FactStated():
            yield body.on


def _in_the_handover(body: object) -> Iterator[When]:
    """The dates of what is done because of the handover, and so not before it."""
    match body:
        case answers.Acceptance():
            yield body.held
        case answers.Arrangements(seen=answers.Seen() as seen):
            yield seen.on
        case conversation.FactStated() if body.code not in _OF_BEFORE:
            yield body.on
