"""What a date of the record can be counted for.

Nothing is counted more exactly than it is dated. An approximate date (`circa`) may be any day near
the one it names, so it is dated to no day and to no quarter.
"""

from datetime import date, timedelta

from app.casefile.model.dates import When, days

Quarter = tuple[int, int]
"""Year, and quarter of the calendar from 0."""


def day(text: str | None, *, circa: bool = False) -> date | None:
    """The one day that a date or moment names; None where it may be another."""
    if text is None or circa:
        return None
    first, last = days(text)
    return first if first == last else None


def day_of(when: When) -> date | None:
    """The day on which it happened, or began."""
    return day(when.start, circa=when.circa)


def quarter_of(when: When) -> Quarter | None:
    """The quarter of the calendar in which it happened, or began.

    `2024-03-04` and `2024-03` lie in one quarter. `2024` may be any of four: None.
    """
    if when.circa:
        return None
    first, last = (_quarter(one) for one in days(when.start))
    return first if first == last else None


def bounds(quarter: Quarter) -> tuple[date, date]:
    """Its first and its last day."""
    year, number = quarter
    start = date(year, 3 * number + 1, 1)
    if number == 3:
        return start, date(year, 12, 31)
    return start, date(year, 3 * number + 4, 1) - timedelta(days=1)


def _quarter(one: date) -> Quarter:
    return one.year, (one.month - 1) // 3


def order(text: str | None, identity: str) -> tuple[date, date, str]:
    """Sorts by date, what has none last, and equal dates by id: the same in any order of the
    file."""
    first, last = days(text) if text is not None else (date.max, date.max)
    return first, last, identity
