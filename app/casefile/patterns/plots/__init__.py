"""Small plots of the patterns, as SVG.

Each is one picture with its figures in words (`title`, `desc`) for whoever can't see it, tells its
series apart by texture as well as by shade, runs nothing and refers to nothing outside itself.
However large the case, a plot stays small: what is not drawn is said, and is in the data.
"""

from collections.abc import Callable

from app.casefile.patterns.found import Patterns
from app.casefile.patterns.plots import counts, times
from app.casefile.patterns.plots.canvas import Canvas
from app.casefile.patterns.plots.table import grades
from app.casefile.patterns.words import NAMES, Name, not_counted, told_of

_DRAWN: dict[Name, Callable[[Canvas, Patterns], None]] = {
    "missed": counts.missed,
    "incidents": times.incidents,
    "allegations": times.allegations,
    "injuries": times.injuries,
    "reviews": counts.reviews,
    "moves": counts.moves,
    "seen": counts.seen,
    "grades": grades,
}
assert tuple(_DRAWN) == NAMES


def plot(found: Patterns, name: Name) -> bytes:
    """The plot of the pattern `name`, one of `NAMES`: an SVG document in UTF-8."""
    told = told_of(found, name)
    canvas = Canvas(told, found.on)
    _DRAWN[name](canvas, found)
    if not told.lines:
        canvas.empty()
    for words in not_counted(found):
        canvas.note(words)
    return canvas.document()
