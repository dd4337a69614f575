"""Dates as the record has them: never guessed, never altered, and of the precision that is known.

A date is ISO 8601 with reduced precision: `2019`, `2019-03` or `2019-03-04`. A moment is a date, or
a timestamp with its offset (RFC 3339). Both stay the strings that they were; `days` reads them.
"""

from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model.base import Model

_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_TIMESTAMP = rf"[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_TIME}{_OFFSET}"


def days(text: str) -> tuple[date, date]:
    """The first and the last day that a date or a moment can mean; equal for a full date.

    A timestamp means the day it names, in its own offset. `text` is one that a model has accepted.
    """
    year, month = int(text[:4]), int(text[5:7] or 1)
    if len(text) > len("2019-03"):
        day = date.fromisoformat(text[:10])
        return day, day
    if len(text) == len("2019"):
        return date(year, 1, 1), date(year, 12, 31)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _on_the_calendar(text: str) -> str:
    try:
        days(text)
    except (ValueError, OverflowError):
        raise PydanticCustomError("not_a_date", "not a day of the calendar") from None
    return text


Date = Annotated[
    str,
    StringConstraints(pattern=rf"^{_DATE}$", strict=True),
    AfterValidator(_on_the_calendar),
]
Timestamp = Annotated[
    str,
    StringConstraints(pattern=rf"^{_TIMESTAMP}$", strict=True),
    AfterValidator(_on_the_calendar),
]
Moment = Annotated[
    str,
    StringConstraints(pattern=rf"^({_DATE}|{_TIMESTAMP})$", strict=True),
    AfterValidator(_on_the_calendar),
]


class When(Model):
    """When something happened: a moment or a period, exact or about."""

    start: Moment
    """When it happened, or began."""
    end: Moment | None = None
    """When it ended, for a period; absent for a single occasion or where it goes on."""
    circa: bool = False
    """The date is approximate."""

    @model_validator(mode="after")
    def _in_order(self) -> "When":
        if self.end is not None and days(self.end)[1] < days(self.start)[0]:
            raise PydanticCustomError("end_before_start", "ends before it starts")
        return self
