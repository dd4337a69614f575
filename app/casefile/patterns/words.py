"""The patterns in words: a title for each, and a sentence for each line of it.

Plots carry them for whoever can't see a picture, and the terminal shows them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from app.casefile.patterns.found import (
    Around,
    Grades,
    IncidentKind,
    Injury,
    MovesInYear,
    MovesOfChild,
    Patterns,
    SaidBySame,
    SeenChild,
    Sight,
    Window,
)

Name = Literal[
    "missed", "incidents", "allegations", "injuries", "reviews", "moves", "seen", "grades"
]
NAMES: tuple[Name, ...] = get_args(Name)
"""The patterns by name, in the order in which they are shown."""


@dataclass(frozen=True)
class Told:
    """One pattern in words."""

    name: Name
    title: str
    lines: tuple[str, ...]


def told(found: Patterns) -> tuple[Told, ...]:
    """Every pattern in words."""
    return tuple(told_of(found, name) for name in NAMES)


def told_of(found: Patterns, name: Name) -> Told:
    """The pattern `name`, one of `NAMES`, in words."""
    title, say = _SAID[name]
    return Told(name, title, tuple(say(found)))


def not_counted(found: Patterns) -> list[str]:
    """What every figure lacks, to be said beside each."""
    said = []
    if found.withheld:
        entries = "entry is" if found.withheld == 1 else "entries are"
        said.append(
            f"{found.withheld} {entries} withheld from you for the handling label, and not counted."
        )
    if found.unread:
        statements = "statement" if found.unread == 1 else "statements"
        said.append(f"{found.unread} {statements} of the case can't be read here: not counted.")
    return said


def in_words(text: str) -> str:
    """A date as the record has it: `4 March 2024`, `March 2024` or `2024`."""
    if len(text) == len("2024"):
        return text
    if len(text) == len("2024-03"):
        return f"{date.fromisoformat(text + '-01'):%B} {text[:4]}"
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%B} {text[:4]}"


def counted(number: int, one: str, many: str) -> str:
    """`1 day`, `3 days`."""
    return f"{number} {one if number == 1 else many}"


def plain(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ")


def quarter(start: str) -> str:
    """`Jan to Mar 2024`, for the first day of a quarter."""
    names = ("Jan to Mar", "Apr to Jun", "Jul to Sep", "Oct to Dec")
    return f"{names[int(start[5:7]) // 3]} {start[:4]}"


def _missed(found: Patterns) -> list[str]:
    said = [
        f"{quarter(one.start)}: {counted(len(one.appointments), 'appointment', 'appointments')} "
        f"missed, {counted(len(one.no_access), 'visit', 'visits')} without access."
        for one in found.missed.quarters
    ]
    return [*said, *_and_undated(found.missed.not_dated, "not dated to the quarter")]


def _incidents(found: Patterns) -> list[str]:
    return [_kind(one) for one in found.incidents]


def _kind(one: IncidentKind) -> str:
    times = counted(len(one.dated) + len(one.not_dated), "time", "times")
    said = [f"{plain(one.kind).capitalize()}: {times}"]
    if one.dated:
        said.append(" (" + ", ".join(in_words(dated.on) for dated in one.dated) + ")")
    if one.days_between:
        apart = ", ".join(str(number) for number in one.days_between)
        said.append(f", {apart} {'day' if apart == '1' else 'days'} apart")
    if one.not_dated:
        said.append(f"; {len(one.not_dated)} not dated to the day")
    return "".join(said) + "."


def _allegations(found: Patterns) -> list[str]:
    return [_said_by(one) for one in found.allegations]


def _said_by(one: SaidBySame) -> str:
    when = ", ".join(in_words(said.on) if said.on else "no date" for said in one.said)
    return f"{somebody(one)} told of {len(one.said)} different things: {when}."


def somebody(one: SaidBySame) -> str:
    """What somebody is called who told of things."""
    return one.name or "Somebody whose name is not here"


def _injuries(found: Patterns) -> list[str]:
    return [_injury(one) for one in found.injuries]


def _injury(one: Injury) -> str:
    when = in_words(one.on) if one.on else "No date"
    return f"{when}: {explanations(one)}."


def explanations(one: Injury) -> str:
    """How many explanations an injury has on record, and whether they differ."""
    if not one.tellings:
        return "no explanation on record"
    said = counted(len(one.tellings), "explanation", "explanations")
    if len(one.tellings) == 1:
        return f"{said} on record"
    return f"{said} on record, {'which differ' if one.changed else 'the same words'}"


def _reviews(found: Patterns) -> list[str]:
    said = [_around(one) for one in found.reviews.around]
    said += _and_undated(found.reviews.not_dated, "reviews not dated to a day up to today")
    return said + _and_undated(found.reviews.events_not_dated, "events not dated to the day")


def _around(one: Around) -> str:
    judged = "; ".join(outcomes(one))
    return (
        f"Review of {in_words(one.on)}. Before: {_window(one.before)}. After: "
        f"{_window(one.after)}. Outcomes: {judged or 'none judged'}."
    )


def _window(one: Window | None) -> str:
    if one is None:
        return "no day to count"
    counts = [
        f"{len(ids)} {impact}"
        for impact, ids in (
            ("negative", one.negative), ("positive", one.positive), ("mixed", one.mixed),
        )
    ]  # fmt: skip
    if one.not_rated:
        counts.append(f"{len(one.not_rated)} of which nobody says what they meant for the child")
    return f"{', '.join(counts)} in {counted(one.days, 'day', 'days')}"


def outcomes(one: Around) -> list[str]:
    """How many outcomes had each progress code: `2 unchanged`."""
    codes = Counter(judged.code for judged in one.outcomes)
    order = ("achieved", "improved", "unchanged", "worse", "not_reviewed")
    return [f"{codes[code]} {plain(code)}" for code in order if codes[code]]


def _moves(found: Patterns) -> list[str]:
    said = [_year(one) for one in found.moves.years]
    said += _and_undated(found.moves.to_come, "to come")
    said += _and_undated(found.moves.not_dated, "without a date")
    return said + [lived_through(one, one.name) for one in found.moves.children]


def lived_through(one: MovesOfChild, name: str | None) -> str:
    """How many moves and changes of worker one child has had."""
    return (
        f"{name or 'A child'} has lived through {counted(one.moves, 'move', 'moves')} and "
        f"{counted(one.worker_changes, 'change', 'changes')} of worker."
    )


def _year(one: MovesInYear) -> str:
    return (
        f"{one.year}: {counted(len(one.moves), 'move', 'moves')}, "
        f"{counted(len(one.worker_changes), 'change', 'changes')} of worker "
        f"({len(one.in_chronology)} in the chronology)."
    )


def _seen(found: Patterns) -> list[str]:
    return [_child(one) for one in found.seen]


def _child(one: SeenChild) -> str:
    return f"{one.name or 'A child'}: last seen {ago(one.seen)}; last seen alone {ago(one.alone)}."


def ago(one: Sight | None) -> str:
    """`3 days ago (4 March 2024)`."""
    if one is None:
        return "at no time on record"
    return f"{days_since(one)} ago ({in_words(one.on)})"


def days_since(one: Sight) -> str:
    """`3 days`, or `3 to 30 days`."""
    if one.at_least == one.at_most:
        return counted(one.at_most, "day", "days")
    return f"{one.at_least} to {one.at_most} days"


def _grades(found: Patterns) -> list[str]:
    return [
        f"{area(one)}: "
        + ", ".join(f"{grade.grade} on {in_words(grade.on)}" for grade in one.grades)
        + "."
        for one in found.grades
    ]


def area(one: Grades) -> str:
    """Whose grades of what."""
    return f"{one.name or 'A child'}, {one.tool_name or plain(one.tool)}, {one.area}"


def _and_undated(ids: tuple[str, ...], why: str) -> list[str]:
    return [f"And {len(ids)} {why}."] if ids else []


_SAID: dict[Name, tuple[str, Callable[[Patterns], list[str]]]] = {
    "missed": ("Appointments missed, and visits without access", _missed),
    "incidents": ("Incidents by kind", _incidents),
    "allegations": ("Told of different things by the same person", _allegations),
    "injuries": ("Injuries and their explanations", _injuries),
    "reviews": ("Before and after each review", _reviews),
    "moves": ("Moves and changes of worker", _moves),
    "seen": ("Days since each child was seen", _seen),
    "grades": ("Neglect grades over time", _grades),
}

assert tuple(_SAID) == NAMES
