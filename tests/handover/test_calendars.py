from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover.calendars import (
    DayOverride,
    Nation,
    add_working_days,
    bank_holidays,
    is_working,
    working_day_from,
    working_days_between,
)

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
CLOSED = st.frozensets(DAYS, max_size=40)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("nation", "expected"),
    [
        # 26 December 2026 is a Saturday, so 28 December stands in for it.
        ("england", ["2026-12-25", "2026-12-28", "2027-01-01"]),
        ("wales", ["2026-12-25", "2026-12-28", "2027-01-01"]),
        ("northern_ireland", ["2026-12-25", "2026-12-28", "2027-01-01"]),
        # 2 January 2027 is a Saturday, so Scotland also has 4 January.
        ("scotland", ["2026-12-25", "2026-12-28", "2027-01-01", "2027-01-04"]),
    ],
)
def test_the_turn_of_the_year(nation: Nation, expected: list[str]) -> None:
    found = bank_holidays(nation, date(2026, 12, 18), date(2027, 1, 31), {})
    assert found == days(*expected)


@pytest.mark.parametrize(
    ("day", "closed_in"),
    [
        ("2026-06-15", {"scotland"}),  # one-off
        ("2026-03-17", {"northern_ireland"}),
        ("2026-07-13", {"northern_ireland"}),  # the 12th is a Sunday
        ("2026-04-06", {"england", "wales", "northern_ireland"}),  # Easter Monday
        ("2026-08-03", {"scotland"}),
        ("2026-08-31", {"england", "wales", "northern_ireland"}),
        ("2026-11-30", {"scotland"}),
    ],
)
def test_nations_differ(day: str, closed_in: set[Nation]) -> None:
    on = date.fromisoformat(day)
    assert {n for n in get_args(Nation) if bank_holidays(n, on, on, {})} == closed_in


def test_a_partnership_opens_and_closes_days_but_not_weekends() -> None:
    overrides: dict[date, DayOverride] = {
        date(2026, 12, 24): "closed",
        date(2026, 12, 28): "open",
        date(2026, 12, 26): "closed",  # a Saturday is closed anyway
        date(2027, 6, 1): "closed",  # outside the span
    }
    found = bank_holidays("england", date(2026, 12, 1), date(2026, 12, 31), overrides)
    assert found == days("2026-12-24", "2026-12-25")


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-12-18", 1, "2026-12-21"),  # Friday to Monday
        ("2026-12-19", 1, "2026-12-21"),  # from a Saturday too
        ("2026-12-24", 1, "2026-12-29"),
        ("2026-12-29", -1, "2026-12-24"),
        ("2026-12-26", 0, "2026-12-26"),
    ],
)
def test_counting_starts_the_day_after(start: str, n: int, expected: str) -> None:
    closed = frozenset(days("2026-12-25", "2026-12-28"))
    assert add_working_days(date.fromisoformat(start), n, closed).isoformat() == expected


def test_the_same_working_day_or_the_next() -> None:
    closed = frozenset(days("2026-12-25", "2026-12-28"))
    assert working_day_from(date(2026, 12, 24), closed) == date(2026, 12, 24)
    assert working_day_from(date(2026, 12, 25), closed) == date(2026, 12, 29)


@given(DAYS, st.integers(1, 60), CLOSED)
def test_exactly_n_working_days_lie_between(start: date, n: int, closed: frozenset[date]) -> None:
    end = add_working_days(start, n, closed)
    span = [start + timedelta(days=k) for k in range(1, (end - start).days + 1)]
    assert sum(is_working(day, closed) for day in span) == n
    assert is_working(end, closed)
    assert end > add_working_days(start, n - 1, closed)
    # Working days back from there land on or before the next working day of the start.
    assert add_working_days(end, -n, closed) <= start


@given(DAYS, st.integers(-10, 900), CLOSED)
def test_working_days_between_are_counted_as_by_walking(
    first: date, length: int, closed: frozenset[date]
) -> None:
    end = first + timedelta(days=length)
    walked = sum(is_working(first + timedelta(days=one), closed) for one in range(length))
    assert working_days_between(first, end, closed) == walked
