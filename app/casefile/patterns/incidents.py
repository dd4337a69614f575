"""Incidents by kind, and how far apart they were."""

from itertools import pairwise

from app.casefile.model import Event
from app.casefile.patterns.dated import day_of, order
from app.casefile.patterns.found import Dated, IncidentKind
from app.casefile.shown import Shown

KINDS = (
    "injury", "physical_signs", "accident", "allegation", "disclosure", "neglect_observed",
    "unsafe_supervision", "hygiene_or_clothing", "home_conditions", "school_or_nursery_absence",
    "late_or_not_collected", "domestic_abuse", "unsuitable_adults", "police_attendance",
    "arrest_or_conviction", "substance_misuse", "mental_health", "self_harm", "missing",
    "exploitation",
)  # fmt: skip
"""Kinds of events that are incidents, in the order in which they are given. Own choice. What was
missed has a pattern of its own."""


def incidents(shown: Shown) -> tuple[IncidentKind, ...]:
    """Events of each of these kinds, whatever their impact, and the days from each to the next.

    A spacing needs two days: events dated to a month, a year or approximately are listed apart, and
    no spacing is guessed across them.
    """
    by_kind: dict[str, list[Event]] = {}
    for event in shown.of(shown.case.chronology):
        by_kind.setdefault(event.kind, []).append(event)
    return tuple(_kind(kind, by_kind[kind]) for kind in KINDS if kind in by_kind)


def _kind(kind: str, events: list[Event]) -> IncidentKind:
    events = sorted(events, key=lambda event: order(event.when.start, event.id))
    exact = [(day, event) for event in events if (day := day_of(event.when)) is not None]
    return IncidentKind(
        kind=kind,
        dated=tuple(Dated(entry=event.id, on=event.when.start) for _, event in exact),
        days_between=tuple((later - earlier).days for (earlier, _), (later, _) in pairwise(exact)),
        not_dated=tuple(event.id for event in events if day_of(event.when) is None),
    )
