"""Plots of moments: a row for each kind or person, with a mark for each time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.casefile.model.dates import days
from app.casefile.patterns.found import IncidentKind, Injury, Patterns, SaidBySame
from app.casefile.patterns.plots.canvas import MARGIN, WIDTH, Canvas, cut
from app.casefile.patterns.words import counted, in_words, plain, somebody

MOST = 20
"""Rows."""
ROW = 34
LEFT, RIGHT = 225, 555
NOTES = RIGHT + 15
LATEST_SPACINGS = 3
TICKS = 5
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000)


@dataclass(frozen=True)
class Mark:
    """When, first and last possible day; `other`: of the other of two kinds."""

    first: date
    last: date
    other: bool = False


@dataclass(frozen=True)
class Row:
    """A label, marks, and up to two lines of note."""

    label: str
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]


def incidents(canvas: Canvas, found: Patterns) -> None:
    """A row for each kind."""
    _rows(canvas, [_kind(one) for one in found.incidents], found.on)


def _kind(one: IncidentKind) -> Row:
    undated = f", {len(one.not_dated)} not dated" if one.not_dated else ""
    times = counted(len(one.dated) + len(one.not_dated), "time", "times")
    return Row(
        plain(one.kind).capitalize(),
        tuple(_mark(dated.on) for dated in one.dated),
        (times + undated, _apart(one.days_between)),
    )


def _apart(spacings: tuple[int, ...]) -> str:
    if not spacings:
        return ""
    latest = ", ".join(str(days) for days in spacings[-LATEST_SPACINGS:])
    return f"{'… ' if len(spacings) > LATEST_SPACINGS else ''}{latest} days apart"


def allegations(canvas: Canvas, found: Patterns) -> None:
    """A row for each person."""
    _rows(canvas, [_person(one) for one in found.allegations], found.on)


def _person(one: SaidBySame) -> Row:
    undated = sum(said.on is None for said in one.said)
    return Row(
        somebody(one),
        tuple(_mark(said.on) for said in one.said if said.on is not None),
        (f"{len(one.said)} different things", f"{undated} without a date" if undated else ""),
    )


def injuries(canvas: Canvas, found: Patterns) -> None:
    """A row for each, the latest ones."""
    shown = found.injuries[-MOST:]
    _rows(canvas, [_injury(one) for one in shown], found.on)
    canvas.not_drawn(len(found.injuries) - len(shown), "earlier")
    if any(one.changed for one in shown):
        canvas.note("A hollow square: the explanations on record differ.")


def _injury(one: Injury) -> Row:
    number = len(one.tellings)
    said = counted(number, "explanation", "explanations") if number else "no explanation"
    how = ("which differ" if one.changed else "the same words") if number > 1 else ""
    marks = () if one.on is None else (_mark(one.on, other=one.changed),)
    return Row(in_words(one.on) if one.on else "No date", marks, (said, how))


def _mark(on: str, *, other: bool = False) -> Mark:
    return Mark(*days(on), other)


def _rows(canvas: Canvas, rows: list[Row], on: str) -> None:
    if not rows:
        return
    shown = rows[:MOST]
    axis = _Axis([mark for row in shown for mark in row.marks], date.fromisoformat(on))
    top = canvas.bottom + 10
    bottom = top + ROW * len(shown)
    for when, words in axis.ticks():
        canvas.line(axis.x(when), top, axis.x(when), bottom)
        canvas.write(axis.x(when), bottom + 16, words, anchor="middle")
    for place, row in enumerate(shown):
        _row(canvas, row, top + ROW * (place + 0.5), axis)
    canvas.bottom = bottom + 20
    canvas.not_drawn(len(rows) - len(shown), "more rows")


def _row(canvas: Canvas, row: Row, y: float, axis: "_Axis") -> None:
    canvas.write(MARGIN, y + 4, cut(row.label, LEFT - MARGIN - 10, 13), size=13)
    canvas.line(LEFT, y, RIGHT, y)
    drawn = set()
    for mark in row.marks:
        x, to = round(axis.x(mark.first)), round(axis.x(mark.last))
        if (x, to, mark.other) in drawn:  # many in one place look like one
            continue
        drawn.add((x, to, mark.other))
        if mark.first == mark.last:
            canvas.dot(x, y, hollow=mark.other)
        else:
            canvas.box(x, y - 4, max(2, to - x), 8, 1)
    notes = [note for note in row.notes if note]
    for number, note in enumerate(notes):
        height = y + 4 if len(notes) == 1 else y - 3 + 14 * number
        canvas.write(NOTES, height, cut(note, WIDTH - NOTES))


class _Axis:
    """Time, from the earliest mark to the latest, or today."""

    def __init__(self, marks: Iterable[Mark], on: date) -> None:
        known = list(marks)
        self._start = min((mark.first for mark in known), default=on)
        self._end = max(on, *(mark.last for mark in known)) if known else on

    def x(self, when: date) -> float:
        whole = (self._end - self._start).days
        part = (when - self._start).days / whole if whole else 0.5
        return LEFT + 10 + part * (RIGHT - LEFT - 20)

    def ticks(self) -> list[tuple[date, str]]:
        """The first of some months, at equal distances."""
        first = self._start.year * 12 + self._start.month - 1
        last = self._end.year * 12 + self._end.month - 1
        step = next(one for one in _STEPS if (last - first) / one <= TICKS)
        months = range(-(-first // step) * step, last + 1, step)
        found = [(date(month // 12, month % 12 + 1, 1), step) for month in months if month >= 12]
        return [
            (when, f"{when.year:04d}" if step >= 12 else f"{when:%b} {when.year:04d}")
            for when, step in found
            if when >= self._start
        ]
