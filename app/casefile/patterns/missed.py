"""Missed appointments per quarter."""

from app.casefile.model import Event
from app.casefile.patterns.dated import Quarter, bounds, order, quarter_of
from app.casefile.patterns.found import Missed, MissedQuarter
from app.casefile.shown import Shown

KINDS = ("missed_appointment", "no_access")


def missed(shown: Shown) -> Missed:
    """Appointments missed and visits without access, by the quarter of the calendar in which each
    happened or began. Each event counts once, also where its words tell of several.

    A month lies in one quarter, so `2024-03` counts in January to March. `2024`, or an approximate
    date, is in no quarter: it is listed as not dated.
    """
    quarters: dict[Quarter, list[Event]] = {}
    not_dated = []
    for event in _sorted(shown):
        quarter = quarter_of(event.when)
        if quarter is None:
            not_dated.append(event.id)
        else:
            quarters.setdefault(quarter, []).append(event)
    return Missed(
        quarters=tuple(_quarter(quarter, quarters[quarter]) for quarter in sorted(quarters)),
        not_dated=tuple(not_dated),
    )


def _sorted(shown: Shown) -> list[Event]:
    found = [event for event in shown.of(shown.case.chronology) if event.kind in KINDS]
    return sorted(found, key=lambda event: order(event.when.start, event.id))


def _quarter(quarter: Quarter, events: list[Event]) -> MissedQuarter:
    start, end = bounds(quarter)
    appointments, no_access = (
        tuple(event.id for event in events if event.kind == kind) for kind in KINDS
    )
    return MissedQuarter(
        start=start.isoformat(),
        end=end.isoformat(),
        appointments=appointments,
        no_access=no_access,
    )
