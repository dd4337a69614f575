"""Neglect grades over time."""

import re

from app.casefile.model import NeglectGrade
from app.casefile.patterns.dated import order
from app.casefile.patterns.found import Grade, Grades
from app.casefile.shown import Shown

_WHOLE = re.compile(r"[0-9]{1,3}")
_Like = tuple[str, str, str, str]


def grades(shown: Shown) -> tuple[Grades, ...]:
    """Each area's grades in order, one series for each child, tool, its version, and area.

    Grades are texts, as the tool writes them, and none is turned into a number. Areas are the same
    where they differ in capitals and white space alone. Dates may be of less precision: they are
    put in order by the first day that they can mean, and stay as they are written.
    """
    series: dict[_Like, list[NeglectGrade]] = {}
    found = [one for one in shown.of(shown.case.neglect_grades) if shown.shows(one.child)]
    for one in sorted(found, key=lambda grade: order(grade.assessed_on, grade.id)):
        like = one.child, one.tool, _spelt(one.tool_name or ""), _spelt(one.area)
        series.setdefault(like, []).append(one)
    eldest = {child.id: place for place, child in enumerate(shown.children)}
    ordered = sorted(series, key=lambda like: (eldest[like[0]], *like[1:]))
    return tuple(_series(shown, series[like]) for like in ordered)


def _spelt(words: str) -> str:
    return " ".join(words.split()).casefold()


def _series(shown: Shown, entries: list[NeglectGrade]) -> Grades:
    first = entries[0]
    return Grades(
        child=first.child,
        name=shown.called.get(first.child),
        tool=first.tool,
        tool_name=first.tool_name,
        area=first.area,
        whole_numbers=all(_WHOLE.fullmatch(one.grade) for one in entries),
        grades=tuple(Grade(entry=one.id, on=one.assessed_on, grade=one.grade) for one in entries),
    )
