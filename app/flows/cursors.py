"""Where a page of deadlines ends, as text: their order has no numbers that stay."""

from app.handover.when import instant, stamp
from app.store.handovers import ClockRow, Place

PATTERN = r"^[0-9TZ:-]{20}\.[a-z2-7]{26}\.(?:[a-z2-7]{26})?\.[A-Za-z0-9._-]{1,64}$"


def written(row: ClockRow) -> str:
    """The cursor of the page after this row."""
    assert row.due_at is not None
    return ".".join((stamp(row.due_at), row.handover, row.child, row.step))


def place(cursor: str) -> Place:
    """What a cursor of `PATTERN` says. Raises Malformed (`when`)."""
    due, handover, child, step = cursor.split(".", 3)
    return instant(due), handover, child, step
