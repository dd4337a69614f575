"""Improvement and relapse around each review."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from app.casefile.model import Event, Outcome, Progress, Review
from app.casefile.patterns.dated import day, day_of, order
from app.casefile.patterns.found import Around, Judged, Reviews, Window
from app.casefile.shown import Shown

WINDOW = timedelta(weeks=6)
"""How far before and after a review events are counted: about from one core group to the next.
Own choice."""
_DAY = timedelta(days=1)
_COUNTED = ("negative", "positive", "mixed")
_NOT_RATED = (None, "unknown")


def reviews(shown: Shown, on: date) -> Reviews:
    """For each day of reviews: the events before and after it that the record calls negative,
    positive or mixed for the child, those that it does not judge, and each outcome's progress code
    beside the one before it.

    Windows of neighbouring reviews never overlap beyond their reviews, so no event counts twice on
    the same side. The review's own day is in neither. Only events and reviews dated to the day
    have a place; others are listed. A progress code belongs to the review that it names, or else to
    the one of its own day.
    """
    held: dict[date, list[Review]] = {}
    not_dated = []
    for review in _reviews(shown):
        when = day(review.on)
        if when is None or when > on:
            not_dated.append(review.id)
        else:
            held.setdefault(when, []).append(review)
    placed, unplaced = _events(shown)
    judged = _judged(shown, {one.id: when for when, those in held.items() for one in those})
    windows = _windows(sorted(held), on)
    return Reviews(
        around=tuple(
            Around(
                on=when.isoformat(),
                reviews=tuple(review.id for review in held[when]),
                before=_window(before, placed),
                after=_window(after, placed),
                outcomes=tuple(judged.get(when, ())),
            )
            for when, before, after in windows
        ),
        not_dated=tuple(not_dated),
        events_not_dated=tuple(unplaced),
    )


def _reviews(shown: Shown) -> list[Review]:
    found = (review for plan in shown.of(shown.case.plans) for review in plan.reviews)
    return sorted(found, key=lambda one: order(one.on, one.id))


def _events(shown: Shown) -> tuple[dict[date, list[Event]], list[str]]:
    """Events that have an impact or may have, by their day; the ids of those that have one, and no
    day."""
    placed: dict[date, list[Event]] = {}
    unplaced = []
    events = (one for one in shown.of(shown.case.chronology) if one.impact != "neutral")
    for event in sorted(events, key=lambda one: order(one.when.start, one.id)):
        when = day_of(event.when)
        if when is None:
            unplaced += [event.id] if event.impact in _COUNTED else []
        else:
            placed.setdefault(when, []).append(event)
    return placed, unplaced


Bounds = tuple[date, date]


def _windows(held: list[date], on: date) -> list[tuple[date, Bounds, Bounds]]:
    """Each day of reviews with the first and last days before and after it."""
    fences = [date.min, *held, on + _DAY if on < date.max else on]
    found = []
    for (previous, when), (_, following) in pairwise(pairwise(fences)):
        before = (max(previous + _DAY, _clamped(when, -WINDOW)), _clamped(when, -_DAY))
        after = (_clamped(when, _DAY), min(following - _DAY, _clamped(when, WINDOW)))
        found.append((when, before, after))
    return found


def _clamped(when: date, by: timedelta) -> date:
    """Some days on, within what a calendar has."""
    least, most = date.min.toordinal(), date.max.toordinal()
    return date.fromordinal(min(most, max(least, when.toordinal() + by.days)))


def _window(bounds: Bounds, placed: dict[date, list[Event]]) -> Window | None:
    start, end = bounds
    length = (end - start).days + 1
    if length < 1:
        return None
    days = (start + timedelta(days=number) for number in range(length))
    events = [event for one in days for event in placed.get(one, ())]
    negative, positive, mixed, not_rated = (
        tuple(event.id for event in events if event.impact in impacts)
        for impacts in (*((one,) for one in _COUNTED), _NOT_RATED)
    )
    return Window(
        start=start.isoformat(),
        end=end.isoformat(),
        days=length,
        negative=negative,
        positive=positive,
        mixed=mixed,
        not_rated=not_rated,
    )


def _judged(shown: Shown, held: dict[str, date]) -> dict[date, list[Judged]]:
    days = set(held.values())
    found: dict[date, list[Judged]] = {}
    for outcome in sorted(shown.of(shown.case.outcomes), key=lambda one: one.id):
        before: Progress | None = None
        for progress in _in_order(outcome):
            when = held.get(progress.review) if progress.review else day(progress.on)
            if when in days and when is not None:
                code = before.code if before else None
                judged = Judged(outcome=outcome.id, before=code, code=progress.code)
                found.setdefault(when, []).append(judged)
            before = progress
    return found


def _in_order(outcome: Outcome) -> Iterable[Progress]:
    return sorted(outcome.progress, key=lambda one: order(one.on, one.code))
