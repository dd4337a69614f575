"""Deadlines: what is due, soon due, overdue, met and met late. Pure, from a frozen timetable.

A fact that a person dated by the day counts from the start of that day. As a clock's start this
gives the earliest due time that can be right: a child is better asked after an hour too soon than
too late. As what meets a clock it gives whoever did the work on the day the benefit of the doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.handover.calendars import add_working_days, working_day_from, working_days_between
from app.handover.codes import Side
from app.handover.timetable import FrozenStep, FrozenTimetable, Limit
from app.handover.when import When, end_of_day, instant, london_date, start_of_day

State = Literal[
    "not_started", "running", "due_soon", "overdue", "met", "met_late", "not_computable"
]

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """One step for one child.

    `due` is the last second inside the limit (UTC): a clock is overdue once now > due. `soon` is
    when it becomes due soon. Both are None before a start is known, and beyond the timetable's
    horizon. `started` may lie ahead, as the day of a planned move does.
    """

    step: str
    owes: Side
    source: str
    state: State
    started: When | None
    soon: datetime | None
    due: datetime | None
    met_on: When | None


def deadlines(
    timetable: FrozenTimetable, facts: Mapping[str, When], now: datetime
) -> tuple[Clock, ...]:
    """A clock for every step, in the timetable's order.

    `facts`: for one child, fact code → the earliest time it was true. `now`: aware.
    Late stays late: a step met after its due time is `met_late` for ever. Only a start that is
    itself corrected (a later day of moving, say) moves a due time.
    """
    return tuple(clock(timetable, step, facts, now) for step in timetable.steps)


def clock(
    timetable: FrozenTimetable, step: FrozenStep, facts: Mapping[str, When], now: datetime
) -> Clock:
    """The clock of one step; also for facts of a smaller thing than a child, such as a question."""
    closed = timetable.closed_days(step.owes)
    horizon = end_of_day(date.fromisoformat(timetable.until))
    started = _pick(step.after, facts, step.begins)
    met_on = _pick(step.met_by, facts, "first")
    due = None if started is None else _due(step, started, closed)
    if due is not None and due > horizon:
        due = None
    soon = due and start_of_day(add_working_days(london_date(due), -step.soon, closed))
    state = _unmet(started, soon, due, now) if met_on is None else _met(due, instant(met_on))
    return Clock(step.code, step.owes, step.source, state, started, soon, due, met_on)


def days_over(clock: Clock, now: datetime, closed: frozenset[date]) -> int:
    """Whole working days, of the side that owes it, gone since an overdue clock ran out.

    The working day after the due day is still 0, the one after that 1; 0 if not overdue.
    """
    if clock.state != "overdue" or clock.due is None:
        return 0
    first, today = london_date(clock.due) + timedelta(days=1), london_date(now)
    return working_days_between(first, today, closed)


def _pick(codes: Sequence[str], facts: Mapping[str, When], which: str) -> When | None:
    known = [facts[code] for code in codes if code in facts]
    if not known:
        return None
    return min(known, key=instant) if which == "first" else max(known, key=instant)


def _due(limit: Limit, started: When, closed: frozenset[date]) -> datetime:
    day = london_date(started)
    match limit.unit:
        case "hours":
            return instant(started) + timedelta(hours=limit.n)
        case "calendar_days":
            day += timedelta(days=limit.n)
        case "working_days":
            day = add_working_days(day, limit.n, closed)
        case "same_working_day":
            day = working_day_from(day, closed)
        case "same_day":
            pass
    return end_of_day(day)


def _unmet(
    started: When | None, soon: datetime | None, due: datetime | None, now: datetime
) -> State:
    if started is None:
        return "not_started"
    if soon is None or due is None:
        return "not_computable"
    if now >= due + _SECOND:  # due is a whole second, and all of it is inside the limit
        return "overdue"
    if now < instant(started):
        return "not_started"
    return "due_soon" if now >= soon else "running"


def _met(due: datetime | None, met: datetime) -> State:
    """Without a due time nothing says that it was late; the work is done either way."""
    return "met" if due is None or met <= due else "met_late"
