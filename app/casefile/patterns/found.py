"""What the patterns give: counts and dates with the ids of the entries that they come from.

Never a verdict: what a pattern means is for the people who know the family. Lists are sorted by
date and are the same in whatever order the file has its entries. Dates are strings: as the record
has them, or whole days where a window or a quarter is meant.
"""

from app.casefile.model.base import Model

Ids = tuple[str, ...]
"""Ids of entries of the case file."""


class MissedQuarter(Model):
    """What was missed in one quarter of the calendar."""

    start: str
    """Its first day."""
    end: str
    """Its last day."""
    appointments: Ids
    """Appointments missed: events of the kind `missed_appointment`."""
    no_access: Ids
    """Visits without access: events of the kind `no_access`."""


class Missed(Model):
    """Missed appointments per quarter. A quarter that is not listed has none on record."""

    quarters: tuple[MissedQuarter, ...]
    """The oldest first."""
    not_dated: Ids
    """Missed too, and not dated to the quarter: a year alone, or an approximate date."""


class Dated(Model):
    """An entry with its date."""

    entry: str
    """Its id."""
    on: str
    """Its date, as the record has it."""


class IncidentKind(Model):
    """Incidents of one kind, and how far apart they were."""

    kind: str
    """The event's kind."""
    dated: tuple[Dated, ...]
    """Those dated to the day."""
    days_between: tuple[int, ...]
    """Days from each of these to the next."""
    not_dated: Ids
    """Of this kind too, and not dated to the day: they are in no spacing."""


class Said(Model):
    """One thing that somebody told of, by all entries of theirs that the file links."""

    on: str | None
    """The date of the earliest of them; null where none is dated."""
    entries: Ids
    """The entries that name this person as who told of it."""


class SaidBySame(Model):
    """Somebody who told of two or more things that the file does not link to each other."""

    person: str | None
    """Their id in the case file; null where they are named in words alone."""
    name: str | None
    """What they are called; null where that is withheld or not known."""
    said: tuple[Said, ...]
    """The oldest first."""


class Telling(Model):
    """One explanation of an injury."""

    entry: str
    """The entry that has it."""
    on: str | None
    """That entry's date."""
    words: str
    """The explanation; of a long one, its beginning."""
    superseded: bool
    """True for an earlier form of the entry, which the file keeps."""


class Injury(Model):
    """An injury or physical signs, with the explanations that the record has of it."""

    on: str | None
    """Its date."""
    entries: Ids
    """The event or concern, and what is linked to it alone."""
    tellings: tuple[Telling, ...]
    """Explanations, the oldest entry first."""
    changed: bool
    """True where two of them differ in more than capitals and white space."""


class Window(Model):
    """Some weeks, and what happened in them."""

    start: str
    """The first day."""
    end: str
    """The last day."""
    days: int
    """How many days that is. Compare counts of unequal windows with care."""
    negative: Ids
    """Events that the record calls negative for the child."""
    positive: Ids
    """Events that it calls positive."""
    mixed: Ids
    """Events that it calls mixed."""
    not_rated: Ids
    """Events of which it does not say what they meant for the child: none negative, and some of
    these, is no good sign."""


class Judged(Model):
    """An outcome as a review judged it."""

    outcome: str
    """Its id."""
    before: str | None
    """The progress code on record before; null for the first one."""
    code: str
    """The progress code of this review."""


class Around(Model):
    """The weeks before and after the reviews of one day."""

    on: str
    """The day."""
    reviews: Ids
    """The reviews held on it."""
    before: Window | None
    """Up to six weeks before, and not beyond the review before; null where that leaves no day."""
    after: Window | None
    """Up to six weeks after, and not beyond the next review or today."""
    outcomes: tuple[Judged, ...]
    """What the reviews found of each outcome."""


class Reviews(Model):
    """Improvement and relapse around each review."""

    around: tuple[Around, ...]
    """The oldest first."""
    not_dated: Ids
    """Reviews not dated to the day, or dated after today."""
    events_not_dated: Ids
    """Negative, positive and mixed events that are in no window because no day is known."""


class MovesInYear(Model):
    """Changes of one year."""

    year: int
    """The year."""
    moves: Ids
    """Moves of home, of the file's section on moves."""
    worker_changes: Ids
    """Changes of worker, of the file's section on them."""
    in_chronology: Ids
    """Events of the kinds `change_of_address` and `change_of_worker`. They may tell of the same
    changes, and are never added to these."""


class MovesOfChild(Model):
    """How many of them one child has lived through."""

    child: str
    """The child."""
    name: str | None
    """What the child is called."""
    moves: int
    """Moves that name this child, or no child and so every one."""
    worker_changes: int
    """Changes of worker, in the same way."""


class Moves(Model):
    """Moves and changes of worker over time."""

    years: tuple[MovesInYear, ...]
    """The oldest first; a year that is not listed has none on record."""
    to_come: Ids
    """Dated after today."""
    not_dated: Ids
    """Without a date."""
    children: tuple[MovesOfChild, ...]
    """The eldest first; what is to come is not counted."""


class Sight(Model):
    """The latest time that a child was seen."""

    entry: str
    """The entry that says so."""
    on: str
    """When, as the record has it."""
    at_least: int
    """Days since then, at least."""
    at_most: int
    """Days since then, at most; more than `at_least` where no one day is known."""


class SeenChild(Model):
    """When a child was last seen, and last seen or spoken to alone."""

    child: str
    """The child."""
    name: str | None
    """What the child is called."""
    seen: Sight | None
    """Null where the record has no time."""
    alone: Sight | None
    """Null where the record has no time."""


class Grade(Model):
    """One grade."""

    entry: str
    """The entry."""
    on: str
    """When it was graded."""
    grade: str
    """As the tool writes it."""


class Grades(Model):
    """Grades of one area of one child by one tool, over time. Only like is put beside like."""

    child: str
    """The child."""
    name: str | None
    """What the child is called."""
    tool: str
    """The tool."""
    tool_name: str | None
    """Its name and version, where given: another version is another series."""
    area: str
    """The area as the tool names it."""
    whole_numbers: bool
    """True where every grade is a whole number; of others, no scale is assumed."""
    grades: tuple[Grade, ...]
    """The oldest first."""


class Patterns(Model):
    """Patterns of a case as it stood on one day, each with the entries that it comes from."""

    on: str
    """The day up to which they are counted."""
    withheld: int
    """Entries that are withheld from this reader for their handling label, and not counted."""
    unread: int
    """Statements of the case that could not be read here, and are not counted."""
    missed: Missed
    """Missed appointments per quarter."""
    incidents: tuple[IncidentKind, ...]
    """Incidents by kind, and their spacing."""
    allegations: tuple[SaidBySame, ...]
    """Repeated allegations by the same person about different events."""
    injuries: tuple[Injury, ...]
    """Injuries, and whether their explanation changed."""
    reviews: Reviews
    """Improvement and relapse around each review."""
    moves: Moves
    """Moves and changes of worker."""
    seen: tuple[SeenChild, ...]
    """Days since each child was last seen, and seen alone."""
    grades: tuple[Grades, ...]
    """Neglect grades over time."""
