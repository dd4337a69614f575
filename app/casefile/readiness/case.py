"""A case file as the rules look at it on one day: what is live, whom it is about, and where it
stands. What more than one rule needs is worked out once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar, get_args

from app.casefile.ages import turns
from app.casefile.live import Live
from app.casefile.model import (
    Action,
    CaseFile,
    Child,
    Concern,
    Event,
    Outcome,
    Part,
    Person,
    Plan,
    Professional,
    Relationship,
    Who,
    days,
)
from app.casefile.model.codes import Agency, SectionName
from app.casefile.readiness.in_documents import left_to_documents

P = TypeVar("P", bound=Part)
Steps = tuple[str | int, ...]
SPEAKS_FROM = 3
"""Years of age from which a child is spoken to alone; a younger one must be seen all the same."""


@dataclass(frozen=True)
class Place:
    """Where something is missing."""

    where: Steps
    section: SectionName
    entry: str | None = None
    field: str | None = None
    child: str | None = None
    because: Steps | None = None


class Case:
    """The case file on one day."""

    def __init__(self, file: CaseFile, on: date) -> None:
        self.file = file
        self.on = on
        self.live = Live(file)

    # --- entries ------------------------------------------------------------------------------
    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The children who are handed over, not only named for information, and have not died."""
        return tuple(
            child
            for child in self.live(self.file.children)
            if child.scope == "handed_over" and child.transfer_type != "information_only"
            if child.status != "died" and child.died_on is None
        )

    @cached_property
    def to_be_spoken_to(self) -> tuple[Child, ...]:
        """The children who can be asked: here, and old enough. One of unknown age can."""
        here = (child for child in self.children if child.status == "living")
        return tuple(child for child in here if turns(child, SPEAKS_FROM) <= self.on)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plans that run."""
        return tuple(self.ours(plan for plan in self.file.plans if plan.end is None))

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The open outcomes."""
        return tuple(self.ours(o for o in self.file.outcomes if o.status == "open"))

    @cached_property
    def concerns(self) -> tuple[Concern, ...]:
        """The open concerns."""
        return tuple(self.ours(c for c in self.file.concerns if c.status == "open"))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The chronology, by the first day that each event can have begun on."""
        return tuple(sorted(self.ours(self.file.chronology), key=lambda e: days(e.when.start)))

    @cached_property
    def professionals(self) -> tuple[Professional, ...]:
        """The professionals of today."""
        current = (one for one in self.file.professionals if one.involvement == "current")
        return tuple(self.ours(current))

    @cached_property
    def relations(self) -> dict[str, list[tuple[Person, Relationship]]]:
        """What people are to each child who is handed over."""
        found: dict[str, list[tuple[Person, Relationship]]] = {c.id: [] for c in self.children}
        for person in self.live(self.file.people):
            for relationship in person.relationships:
                if relationship.child in found:
                    found[relationship.child].append((person, relationship))
        return found

    @cached_property
    def actions_on(self) -> dict[str, list[Action]]:
        """The open actions that answer each concern."""
        found: dict[str, list[Action]] = {}
        for action in self.live(a for a in self.file.actions if a.status == "open"):
            if action.concern is not None:
                found.setdefault(action.concern, []).append(action)
        return found

    def ours(self, entries: Iterable[P]) -> Iterator[P]:
        """Those of `entries` that are live and about a child who is handed over."""
        for entry in self.live(entries):
            named: tuple[str, ...] = getattr(entry, "children", ())
            if not named or any(child in self._handed_over for child in named):
                yield entry

    def covered(self, entries: Iterable[Part]) -> frozenset[str]:
        """The children handed over whom any of `entries` is about."""
        found: set[str] = set()
        for entry in entries:
            named: tuple[str, ...] = getattr(entry, "children", ())
            if not named:
                return self._handed_over
            found.update(named)
        return self._handed_over & found

    def agency(self, who: Who | None) -> Agency | None:
        """The agency that someone acts for, where the case file says it."""
        if who is None:
            return None
        return who.agency or self._agencies.get(who.person or "")

    def left_to_documents(self, section: SectionName) -> bool:
        """Whether a section is not typed in, and a document may hold it."""
        return section in self._left

    # --- days ---------------------------------------------------------------------------------
    def days_since(self, moment: str) -> int:
        """How many days ago something was at the least; negative for what may still come."""
        return (self.on - days(moment)[1]).days

    def is_past(self, moment: str | None) -> bool:
        """Whether a date has certainly gone by. The day itself has not."""
        return moment is not None and self.days_since(moment) > 0

    def is_to_come(self, moment: str) -> bool:
        """Whether a date certainly lies after today: a plan, or a slip of the pen."""
        return days(moment)[0] > self.on

    def is_recent(self, moment: str | None, within: int) -> bool:
        """Whether a date may lie within so many days before today; an unknown one may."""
        return moment is None or self.days_since(moment) <= within

    # --- places -------------------------------------------------------------------------------
    def at(
        self,
        entry: Part,
        field: str | None = None,
        *below: str | int,
        child: str | None = None,
        because: Part | None = None,
    ) -> Place:
        """A place in an entry; `below` are the steps inside the field."""
        section, number = self._stands[entry.id]
        steps = (section, number, *((field,) if field else ()), *below)
        about = child or self._only_child(entry)
        return Place(steps, section, entry.id, field, about, self._because(because))

    def nowhere(
        self,
        section: SectionName,
        field: str | None = None,
        *,
        child: str | None = None,
        because: Part | None = None,
    ) -> Place:
        """A place for what a section has no entry of."""
        return Place((section,), section, None, field, child, self._because(because))

    def _because(self, entry: Part | None) -> Steps | None:
        return None if entry is None else self._stands[entry.id]

    def _only_child(self, entry: Part) -> str | None:
        if isinstance(entry, Child):
            return entry.id
        named: tuple[str, ...] = getattr(entry, "children", ())
        return named[0] if len(named) == 1 else getattr(entry, "child", None)

    @cached_property
    def _stands(self) -> dict[str, tuple[SectionName, int]]:
        return {
            entry.id: (section, number)
            for section in get_args(SectionName)
            for number, entry in enumerate(getattr(self.file, section))
            if isinstance(entry, Part)
        }

    @cached_property
    def _handed_over(self) -> frozenset[str]:
        return frozenset(child.id for child in self.children)

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        return {one.id: one.agency for one in self.file.professionals}

    @cached_property
    def _left(self) -> frozenset[SectionName]:
        return left_to_documents(self.file, self.live)


def is_named(who: Who | None) -> bool:
    """Whether someone can be found by what is said of them."""
    return who is not None and any((who.person, who.name, who.role, who.agency, who.agency_name))
