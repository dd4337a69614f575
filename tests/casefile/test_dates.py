"""Dates of reduced precision: real days only, read as the days that they can mean."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casefile.model import Model, When, days, read
from app.casefile.model.dates import Date, Moment, Timestamp
from app.errors import Malformed


class _Dates(Model):
    date: Date | None = None
    """A date."""
    timestamp: Timestamp | None = None
    """A timestamp."""
    moment: Moment | None = None
    """Either."""


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-12", date(2019, 12, 1), date(2019, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-02-29", date(2020, 2, 29), date(2020, 2, 29)),
        ("2020-02-29T23:30:00-05:00", date(2020, 2, 29), date(2020, 2, 29)),
    ],
)
def test_the_days_a_date_can_mean(text: str, first: date, last: date) -> None:
    assert days(text) == (first, last)


@given(st.dates(max_value=date(9999, 11, 30)))
def test_a_shorter_date_contains_the_longer(day: date) -> None:
    for text in (str(day), str(day)[:7], str(day)[:4]):
        first, last = days(text)
        assert first <= day <= last


@pytest.mark.parametrize("text", ["2019", "2019-03", "2019-03-04", "0001-01-01"])
def test_dates_of_each_precision_are_kept(text: str) -> None:
    value = {"date": text, "moment": text}
    assert read(_Dates, value, code="x").to_value() == value


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-29", "2019-13", "2019-00", "0000", "19", "2019-3-4", "2019/03/04", "04/03/2019",
        "2019-03-04 ", "2019-W10", "2019-03-04T10:00:00Z", "٢٠١٩", "2019-03-04\n", "circa 2019",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read(_Dates, {"date": text}, code="x")


@pytest.mark.parametrize(
    "text",
    ["2019-03-04T10:00:00Z", "2019-03-04T10:00:00.123456+01:00", "2020-02-29T00:00:00-11:30"],
)
def test_timestamps_carry_their_offset(text: str) -> None:
    value: dict[str, Any] = {"timestamp": text, "moment": text}
    assert read(_Dates, value, code="x").to_value() == value


@pytest.mark.parametrize(
    "text",
    [
        "2019-03-04T10:00:00", "2019-03-04T10:00Z", "2019-03-04T25:00:00Z", "2019-02-30T10:00:00Z",
        "2019-03-04T10:00:60Z", "2019-03-04t10:00:00z", "2019-03-04T10:00:00+24:00",
    ],
)  # fmt: skip
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    for field in ("timestamp", "moment"):
        with pytest.raises(Malformed):
            read(_Dates, {field: text}, code="x")


@pytest.mark.parametrize(
    ("start", "end", "in_order"),
    [
        ("2019", "2019", True),
        ("2019-05", "2019", True),
        ("2019-05-02", "2019-05-01", False),
        ("2019-05", "2019-04-30", False),
        ("2020", "2019-12-31", False),
    ],
)
def test_a_period_ends_after_it_starts(start: str, end: str, in_order: bool) -> None:
    value = {"start": start, "end": end, "circa": True}
    if in_order:
        assert read(When, value, code="x").to_value() == value
    else:
        with pytest.raises(Malformed, match="before it starts"):
            read(When, value, code="x")
