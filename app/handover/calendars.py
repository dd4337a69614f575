"""Working days of the four nations.

Saturdays and Sundays are never working days. Bank holidays come from the `holidays` package
(gov.uk's divisions, with one-off days such as Scotland's of 15 June 2026); a partnership may close
or open a day of its own.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import holidays

Nation = Literal["england", "wales", "scotland", "northern_ireland"]

DayOverride = Literal["closed", "open"]

_SUBDIVISIONS: Mapping[Nation, str] = {
    "england": "ENG",
    "wales": "WLS",
    "scotland": "SCT",
    "northern_ireland": "NIR",
}
_SATURDAY = 5


def bank_holidays(
    nation: Nation, first: date, last: date, overrides: Mapping[date, DayOverride]
) -> list[date]:
    """The weekdays from `first` to `last`, both included, on which `nation` does not work."""
    known = holidays.country_holidays(
        "GB", subdiv=_SUBDIVISIONS[nation], years=range(first.year, last.year + 1)
    )
    closed = set(known) | {day for day, override in overrides.items() if override == "closed"}
    opened = {day for day, override in overrides.items() if override == "open"}
    return sorted(
        day for day in closed - opened if first <= day <= last and day.weekday() < _SATURDAY
    )


def is_working(day: date, closed: frozenset[date]) -> bool:
    """Whether `day` is a working day, given the nation's bank holidays."""
    return day.weekday() < _SATURDAY and day not in closed


def add_working_days(start: date, n: int, closed: frozenset[date]) -> date:
    """The n-th working day after `start`, which is day 0 and need not be one; back if n < 0."""
    step = timedelta(days=1 if n > 0 else -1)
    day, left = start, abs(n)
    while left:
        day += step
        left -= is_working(day, closed)
    return day


def working_days_between(first: date, end: date, closed: frozenset[date]) -> int:
    """How many working days there are from `first` to the day before `end`."""
    if end <= first:
        return 0
    weeks, rest = divmod((end - first).days, 7)
    begun = sum((first.weekday() + day) % 7 < _SATURDAY for day in range(rest))
    away = sum(first <= day < end and day.weekday() < _SATURDAY for day in closed)
    return weeks * _SATURDAY + begun - away


def working_day_from(start: date, closed: frozenset[date]) -> date:
    """`start` itself if it is a working day, otherwise the next one."""
    return start if is_working(start, closed) else add_working_days(start, 1, closed)
