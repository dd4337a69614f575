"""The plot of grades: a table of dates, because grades are words and have no scale of ours."""

from itertools import chain

from app.casefile.patterns.dated import order
from app.casefile.patterns.found import Grades, Patterns
from app.casefile.patterns.plots.canvas import MARGIN, WIDTH, Canvas, cut, short, width
from app.casefile.patterns.words import plain

ROWS = 24
DATES = 4
ROW = 34
LEFT = 330
CELL = (WIDTH - MARGIN - LEFT) / DATES
BOLD = 1.15
"""How much wider bold is."""


def grades(canvas: Canvas, found: Patterns) -> None:
    """A row for each child, tool and area; a column for each date, the latest ones."""
    if not found.grades:
        return
    every = {grade.on for one in found.grades for grade in one.grades}
    dates = sorted(every, key=lambda on: order(on, on))[-DATES:]
    rows = found.grades[:ROWS]
    top = canvas.bottom + 30
    for place, on in enumerate(dates):
        canvas.write(LEFT + CELL * (place + 0.5), top - 8, short(on), anchor="middle")
    for number, one in enumerate(rows):
        _row(canvas, one, top + ROW * number, dates)
    canvas.bottom = top + ROW * len(rows)
    drawn = chain.from_iterable(one.grades for one in rows)
    earlier = sum(grade.on not in dates for grade in drawn)
    canvas.not_drawn(earlier, "earlier grades")
    canvas.not_drawn(len(found.grades) - len(rows), "more rows")


def _row(canvas: Canvas, one: Grades, y: float, dates: list[str]) -> None:
    room = LEFT - MARGIN - 10
    whose = f"{one.name or 'A child'}, {one.tool_name or plain(one.tool)}"
    canvas.write(MARGIN, y + 14, cut(one.area, room, 13), size=13)
    canvas.write(MARGIN, y + 28, cut(whose, room), quiet=True)
    canvas.line(MARGIN, y + ROW, WIDTH - MARGIN, y + ROW)
    for place, on in enumerate(dates):
        found = " / ".join(grade.grade for grade in one.grades if grade.on == on)
        if found:
            canvas.box(LEFT + CELL * place + 4, y + 4, CELL - 8, ROW - 8, 2)
            _grade(canvas, found, LEFT + CELL * (place + 0.5), y + 22)


def _grade(canvas: Canvas, words: str, x: float, y: float) -> None:
    """Large where it is short, as numbers are."""
    room = (CELL - 14) / BOLD
    size = 14 if width(words, 14) <= room else 12
    canvas.write(x, y, cut(words, room, size), size=size, anchor="middle", bold=True)
