"""Patterns of a case: counts and dates with the entries they come from, never a verdict."""

from datetime import date

from app.casefile.model import Parts
from app.casefile.patterns.allegations import allegations
from app.casefile.patterns.found import Patterns
from app.casefile.patterns.grades import grades
from app.casefile.patterns.incidents import incidents
from app.casefile.patterns.injuries import injuries
from app.casefile.patterns.missed import missed
from app.casefile.patterns.moves import moves
from app.casefile.patterns.reviews import reviews
from app.casefile.patterns.seen import seen
from app.casefile.shown import Shown

__all__ = ["Patterns", "patterns"]


def patterns(
    case: Parts,
    on: date,
    hidden: frozenset[str] = frozenset(),
    *,
    withheld: int = 0,
    unread: int = 0,
) -> Patterns:
    """All patterns of a case up to the day `on`.

    `hidden`: ids of entries that the reader may not see, as `handling.withheld_ids` gives them;
    nothing is counted of them. `withheld`, `unread`: what is to be said beside the figures.
    """
    shown = Shown(case, hidden)
    return Patterns(
        on=on.isoformat(),
        withheld=withheld,
        unread=unread,
        missed=missed(shown),
        incidents=incidents(shown),
        allegations=allegations(shown),
        injuries=injuries(shown),
        reviews=reviews(shown, on),
        moves=moves(shown, on),
        seen=seen(shown, on),
        grades=grades(shown),
    )
