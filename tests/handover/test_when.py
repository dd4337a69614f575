from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.errors import Malformed
from app.handover.when import (
    Day,
    Stamp,
    When,
    end_of_day,
    instant,
    london_date,
    months_later,
    parse_when,
    stamp,
    start_of_day,
)

DAY: TypeAdapter[str] = TypeAdapter(Day)
STAMP: TypeAdapter[str] = TypeAdapter(Stamp)
WHEN: TypeAdapter[str] = TypeAdapter(When)

NEITHER = [
    "",
    "2026-2-01",
    "2026-02-29",
    "2026-13-01",
    "1899-12-31",
    "2200-01-01",
    "2026-12-18 16:40:00Z",
    "2026-12-18T16:40:00",
    "2026-12-18T16:40:00+00:00",
    "2026-12-18T16:40Z",
    "2026-12-18T16:40:00.5Z",
    "2026-12-18T24:00:00Z",
    "2026-12-18T23:59:60Z",
    "2026-12-18T16:40:00z",
    "2026-12-18\n",
    "２026-12-18",
    "20261218",
    "2026-W51-5",
]


@pytest.mark.parametrize("text", NEITHER)
def test_nothing_else_is_a_when(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WHEN.validate_python(text)
    assert refused.value.errors()[0]["type"] in {"string_pattern_mismatch", "value_error"}
    for function in (parse_when, instant, london_date):
        with pytest.raises(Malformed):
            function(text)


@pytest.mark.parametrize("value", [date(2026, 12, 18), 20261218, b"2026-12-18", None])
def test_only_text_is_a_when(value: object) -> None:
    with pytest.raises(ValidationError):
        WHEN.validate_python(value)


def test_days_and_stamps_are_told_apart() -> None:
    day, moment = "2026-12-18", "2026-12-18T16:40:00Z"
    assert DAY.validate_python(day) == WHEN.validate_python(day) == day
    assert STAMP.validate_python(moment) == WHEN.validate_python(moment) == moment
    with pytest.raises(ValidationError):
        DAY.validate_python(moment)
    with pytest.raises(ValidationError):
        STAMP.validate_python(day)
    assert parse_when(day) == date(2026, 12, 18)
    assert parse_when(moment) == datetime(2026, 12, 18, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "day", "utc"),
    [
        ("2026-12-18", "2026-12-18", "2026-12-18T00:00:00Z"),
        ("2026-07-01", "2026-07-01", "2026-06-30T23:00:00Z"),  # British Summer Time
        ("2026-06-30T22:59:59Z", "2026-06-30", "2026-06-30T22:59:59Z"),
        ("2026-06-30T23:00:00Z", "2026-07-01", "2026-06-30T23:00:00Z"),
        ("2026-03-29", "2026-03-29", "2026-03-29T00:00:00Z"),  # clocks go forward
        ("2026-03-29T23:00:00Z", "2026-03-30", "2026-03-29T23:00:00Z"),
        ("2026-10-25", "2026-10-25", "2026-10-24T23:00:00Z"),  # clocks go back
        ("2026-10-25T23:59:59Z", "2026-10-25", "2026-10-25T23:59:59Z"),
    ],
)
def test_days_are_london_days(when: str, day: str, utc: str) -> None:
    assert london_date(when).isoformat() == day
    assert stamp(instant(when)) == utc


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-12-18", 24)]
)
def test_a_day_is_as_long_as_the_clock_makes_it(day: str, hours: int) -> None:
    start, end = start_of_day(date.fromisoformat(day)), end_of_day(date.fromisoformat(day))
    assert end - start + timedelta(seconds=1) == timedelta(hours=hours)


def test_stamp_wants_a_zone_and_drops_parts_of_a_second() -> None:
    paris = timezone(timedelta(hours=1))
    assert stamp(datetime(2026, 12, 18, 17, 40, 0, 999_999, paris)) == "2026-12-18T16:40:00Z"
    with pytest.raises(Malformed):
        stamp(datetime(2026, 12, 18, 16, 40))  # noqa: DTZ001
    with pytest.raises(Malformed):
        stamp(datetime(2200, 1, 1, tzinfo=UTC))


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_london_day(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert instant(stamp(moment)) == whole
    day = london_date(moment)
    assert start_of_day(day) <= whole <= end_of_day(day)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-12-18", 24, "2028-12-18"),
        ("2028-02-29", 24, "2030-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", -12, "2025-12-31"),
        ("2026-01-31", -1, "2025-12-31"),
    ],
)
def test_months_later_stays_in_the_month(day: str, months: int, expected: str) -> None:
    assert months_later(date.fromisoformat(day), months).isoformat() == expected
