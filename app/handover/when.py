"""Times as statements write them: a day in Europe/London, or an instant in UTC.

A `When` is text: `YYYY-MM-DD`, where only the day is known, or `YYYY-MM-DDTHH:MM:SSZ` (a profile
of RFC 3339). People date things by the day, machines by the second; deadlines need both, and one
text form keeps what was said exactly as it was said. Years run from 1900 to 2199.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from app.errors import Malformed

LONDON = ZoneInfo("Europe/London")

_DAY = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_TIME = r"T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_WHEN = re.compile(f"{_DAY}(?:{_TIME})?")


def _read(text: str) -> date | datetime:
    """A date, or a UTC datetime. Raises ValueError, also for a day no calendar has."""
    if _WHEN.fullmatch(text) is None:
        raise ValueError("neither a day nor a UTC timestamp")
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _real(text: str) -> str:
    try:
        _read(text)
    except ValueError:
        raise ValueError("no such day or time") from None  # without an echo of the text
    return text


Day = Annotated[str, Field(strict=True, pattern=f"^{_DAY}$"), AfterValidator(_real)]
"""`YYYY-MM-DD`, a real day."""

Stamp = Annotated[str, Field(strict=True, pattern=f"^{_DAY}{_TIME}$"), AfterValidator(_real)]
"""`YYYY-MM-DDTHH:MM:SSZ`, a real instant, to the second."""

When = Annotated[str, Field(strict=True, pattern=f"^{_DAY}(?:{_TIME})?$"), AfterValidator(_real)]
"""A `Day` or a `Stamp`."""


def parse_when(text: str) -> date | datetime:
    """The date, or the aware UTC datetime, that `text` says. Raises Malformed."""
    try:
        return _read(text)
    except ValueError:
        raise Malformed(
            "when", "Give a day as YYYY-MM-DD, or a time as YYYY-MM-DDTHH:MM:SSZ in UTC."
        ) from None


def london_date(when: str | datetime) -> date:
    """The day in Europe/London on which `when`, or an aware datetime, falls. Raises Malformed."""
    parsed = parse_when(when) if isinstance(when, str) else when
    return parsed.astimezone(LONDON).date() if isinstance(parsed, datetime) else parsed


@lru_cache(maxsize=4096)
def instant(when: str) -> datetime:
    """`when` in UTC; a bare day means London midnight at its start. Raises Malformed."""
    parsed = parse_when(when)
    return parsed if isinstance(parsed, datetime) else start_of_day(parsed)


def start_of_day(day: date) -> datetime:
    """London midnight at the start of `day`, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last second of `day` in London, in UTC."""
    return start_of_day(day + timedelta(days=1)) - timedelta(seconds=1)


def stamp(moment: datetime) -> str:
    """An aware datetime as a `Stamp`; parts of a second are dropped. Raises Malformed."""
    if moment.tzinfo is None:
        raise Malformed("when", "A time needs its zone.")
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    parse_when(text)  # also refuses years outside the range
    return text


def months_later(day: date, months: int) -> date:
    """The same day of the month `months` on (or back), or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
