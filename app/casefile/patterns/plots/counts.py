"""Plots of counts: columns side by side, each with its figure above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.casefile.patterns.found import Around, Patterns, Sight, Window
from app.casefile.patterns.plots.canvas import MARGIN, WIDTH, Canvas, cut, short
from app.casefile.patterns.words import counted, days_since, lived_through, outcomes

MOST = 12
"""Groups of columns."""
REVIEWS = 4
QUARTERS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")
HEIGHT = 150
WIDEST_GROUP, WIDEST_COLUMN = 120, 34
LABEL = 14
"""Height of one line of a label."""
BARS_FROM, BARS_TO = 200, 610
NAME = 330
"""Room for a name in a sentence."""
THICK = 14


@dataclass(frozen=True)
class Column:
    """One column: how high, and the figure above it."""

    value: int
    figure: str

    @classmethod
    def of(cls, value: int) -> "Column":
        return cls(value, str(value))


@dataclass(frozen=True)
class Group:
    """Columns that stand together, one of each series, with the lines of their label."""

    label: tuple[str, ...]
    columns: tuple[Column, ...]


def missed(canvas: Canvas, found: Patterns) -> None:
    """The quarters up to today, also those without any."""
    if not found.missed.quarters:
        canvas.not_drawn(len(found.missed.not_dated), "not dated to the quarter")
        return
    listed = {_quarter(one.start): one for one in found.missed.quarters}
    drawn = _up_to(_quarter(found.on), min(listed))
    groups = []
    for number in drawn:
        one = listed.pop(number, None)
        counts = (len(one.appointments), len(one.no_access)) if one else (0, 0)
        label = (f"{QUARTERS[number % 4]}", f"{number // 4:04d}")
        groups.append(Group(label, tuple(Column.of(count) for count in counts)))
    _columns(canvas, groups, ("appointments missed", "visits without access"))
    others = sum(len(one.appointments) + len(one.no_access) for one in listed.values())
    canvas.not_drawn(others, "in other quarters")
    canvas.not_drawn(len(found.missed.not_dated), "not dated to the quarter")


def _quarter(day: str) -> int:
    """Quarters since the year 0."""
    return int(day[:4]) * 4 + (int(day[5:7]) - 1) // 3


def _up_to(now: int, first: int) -> range:
    """At most so many as there is room for, from the first one to now."""
    return range(min(now, max(first, now - MOST + 1)), now + 1)


def moves(canvas: Canvas, found: Patterns) -> None:
    """The years up to today, also those without any."""
    listed = {one.year: one for one in found.moves.years}
    groups = []
    for year in _up_to(int(found.on[:4]), min(listed)) if listed else ():
        one = listed.pop(year, None)
        counts = (len(one.moves), len(one.worker_changes)) if one else (0, 0)
        groups.append(Group((f"{year:04d}",), tuple(Column.of(count) for count in counts)))
    _columns(canvas, groups, ("moves", "changes of worker"))
    for child in found.moves.children[:MOST]:
        canvas.note(lived_through(child, cut(child.name, NAME) if child.name else None))
    canvas.not_drawn(len(found.moves.children[MOST:]), "more children")
    earlier = sum(len(one.moves) + len(one.worker_changes) for one in listed.values())
    canvas.not_drawn(earlier, "in earlier years")
    canvas.not_drawn(len(found.moves.to_come), "to come")
    canvas.not_drawn(len(found.moves.not_dated), "without a date")


def seen(canvas: Canvas, found: Patterns) -> None:
    """Per child: days since, at most. Lying, because names need room."""
    shown = found.seen[:MOST]
    if not shown:
        return
    canvas.legend(("days since last seen", "days since last seen alone"))
    sights = [sight for one in shown for sight in (one.seen, one.alone) if sight]
    scale = (BARS_TO - BARS_FROM) / max(1, *(sight.at_most for sight in sights), 1)
    for one in shown:
        y = canvas.bottom + 8
        name = cut(one.name or "A child", BARS_FROM - MARGIN - 10, 13)
        canvas.write(MARGIN, y + THICK + 4, name, size=13)
        canvas.line(BARS_FROM, y - 2, BARS_FROM, y + 2 * THICK + 4)
        _bar(canvas, one.seen, y, scale, 0)
        _bar(canvas, one.alone, y + THICK + 2, scale, 1)
        canvas.bottom = y + 2 * THICK + 2
    canvas.not_drawn(len(found.seen) - len(shown), "more children")


def _bar(canvas: Canvas, sight: Sight | None, y: float, scale: float, style: int) -> None:
    if sight is None:
        canvas.write(BARS_FROM + 6, y + 11, "no such time on record")
        return
    long = scale * sight.at_most
    if long:
        canvas.box(BARS_FROM, y, long, THICK, style)
    canvas.write(BARS_FROM + long + 6, y + 11, days_since(sight))


def reviews(canvas: Canvas, found: Patterns) -> None:
    """The weeks before and after each review, with what it found of the outcomes."""
    around = found.reviews.around[-REVIEWS:]
    groups = [group for one in around for group in _around(one)]
    captions = [(short(one.on), *outcomes(one)) for one in around]
    _columns(canvas, groups, ("negative events", "positive events", "mixed events"), captions)
    if around:
        canvas.note("Events of up to six weeks before and after each review; outcomes as judged.")
        canvas.not_drawn(_not_rated(around), "events of which nobody says what they meant")
    canvas.not_drawn(len(found.reviews.around) - len(around), "earlier days of reviews")
    canvas.not_drawn(len(found.reviews.not_dated), "reviews not dated to a day up to today")
    canvas.not_drawn(len(found.reviews.events_not_dated), "events not dated to the day")


def _around(one: Around) -> tuple[Group, Group]:
    return (
        Group(_days_of("before", one.before), _window(one.before)),
        Group(_days_of("after", one.after), _window(one.after)),
    )


def _not_rated(around: Sequence[Around]) -> int:
    windows = (window for one in around for window in (one.before, one.after) if window)
    return len({event for window in windows for event in window.not_rated})


def _days_of(side: str, window: Window | None) -> tuple[str, str]:
    """Windows may be unequal, so each says how long it is."""
    return side, counted(window.days, "day", "days") if window else "no day"


def _window(one: Window | None) -> tuple[Column, ...]:
    if one is None:
        return (Column(0, "–"),) * 3
    return tuple(Column.of(len(ids)) for ids in (one.negative, one.positive, one.mixed))


def _columns(
    canvas: Canvas,
    groups: Sequence[Group],
    series: tuple[str, ...],
    captions: Sequence[tuple[str, ...]] = (),
) -> None:
    """Groups from left to right; each caption stands below two of them."""
    if not groups:
        return
    canvas.legend(series)
    base = canvas.bottom + 24 + HEIGHT
    room = min(WIDEST_GROUP, (WIDTH - 2 * MARGIN) / len(groups))
    scale = HEIGHT / max(1, *(column.value for group in groups for column in group.columns))
    canvas.line(MARGIN, base, MARGIN + room * len(groups), base)
    for place, group in enumerate(groups):
        middle = MARGIN + room * (place + 0.5)
        _group(canvas, group, middle, base, scale, min(WIDEST_COLUMN, room * 0.8 / len(series)))
        _label(canvas, group.label, middle, base)
    canvas.bottom = base + 6 + LABEL * max(len(group.label) for group in groups)
    for place, caption in enumerate(captions):
        _label(canvas, caption, MARGIN + room * (2 * place + 1), canvas.bottom)
    canvas.bottom += LABEL * max((len(one) for one in captions), default=0) + 6 * bool(captions)


def _group(
    canvas: Canvas, group: Group, middle: float, base: float, scale: float, wide: float
) -> None:
    x = middle - wide * len(group.columns) / 2
    for style, column in enumerate(group.columns):
        high = scale * column.value
        if column.value:
            canvas.box(x + 1, base - high, wide - 2, high, style)
        canvas.write(x + wide / 2, base - high - 5, column.figure, anchor="middle")
        x += wide


def _label(canvas: Canvas, lines: tuple[str, ...], middle: float, top: float) -> None:
    """Words of ours: they fit."""
    for number, words in enumerate(lines, 1):
        canvas.write(middle, top + 3 + LABEL * number, words, anchor="middle")
