"""How old a child can be, and what a child of that age has."""

from datetime import date

from app.casefile.model import Child, days

_SCHOOL_FROM, _SCHOOL_UNTIL = 5, 16
"""Years of age: a health visitor before, a school from then on."""


def turns(child: Child, years: int) -> date:
    """The first day on which a child may be so old; long ago for one of unknown age, and never for
    one who is not born."""
    if child.status == "unborn":
        return date.max
    if child.born_on is None:
        return date.min
    born = days(child.born_on)[0]
    year = min(born.year + years, date.max.year)
    # A child born on 29 February turns older on 1 March.
    return born.replace(year=year) if (born.month, born.day) != (2, 29) else date(year, 3, 1)


def has_health_visitor(child: Child, on: date) -> bool:
    """Whether a child is born, and known to be too young for school."""
    return child.status != "unborn" and turns(child, _SCHOOL_FROM) > on


def is_of_school_age(child: Child, on: date) -> bool:
    """Whether a child is known to be of an age for school."""
    known = child.born_on is not None
    return known and turns(child, _SCHOOL_FROM) <= on < turns(child, _SCHOOL_UNTIL)
