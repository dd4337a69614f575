"""A case file as the rules look at it on one day: what is live, whom it is about, and where it
stands. Everything that more than one rule needs is worked out once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from app.casefile.live import Live
from app.casefile.model import CaseFile, Child, Concern, Outcome, Part, Who, days
from app.casefile.model.codes import Agency, SectionName

T = TypeVar("T")
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


class Latest(Generic[T]):
    """The latest of some dated things, for each child; one about every child counts for each."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[date, T]] = {}
        self._every: tuple[date, T] | None = None

    def put(self, children: Iterable[str], day: date, thing: T) -> None:
        """`children`: whom it is about; none for every child."""
        named = tuple(children)
        for child in named:
            if child not in self._of or self._of[child][0] <= day:
                self._of[child] = day, thing
        if not named and (self._every is None or self._every[0] <= day):
            self._every = day, thing

    def of(self, child: str) -> tuple[date, T] | None:
        """The latest about this child, with its day."""
        own = self._of.get(child)
        both = [one for one in (own, self._every) if one is not None]
        return max(both, key=lambda one: one[0], default=None)


class Case:
    """The case file on one day."""

    def __init__(self, file: CaseFile, on: date) -> None:
        self.file = file
        self.on = on
        self.live = Live(file)

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The children who are handed over and have not died."""
        return tuple(
            child
            for child in self.live(self.file.children)
            if child.scope == "handed_over" and child.status != "died" and child.died_on is None
        )

    @cached_property
    def to_be_spoken_to(self) -> tuple[Child, ...]:
        """The children who can be asked: born, and old enough. One of unknown age can."""
        return tuple(
            child
            for child in self.children
            if child.status != "unborn" and not self._is_younger(child, SPEAKS_FROM)
        )

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The open outcomes of children who are handed over."""
        return tuple(self.ours(o for o in self.file.outcomes if o.status == "open"))

    @cached_property
    def concerns(self) -> tuple[Concern, ...]:
        """The open concerns about children who are handed over."""
        return tuple(self.ours(c for c in self.file.concerns if c.status == "open"))

    def ours(self, entries: Iterable[P]) -> Iterator[P]:
        """Those of `entries` that are live and about a child who is handed over."""
        for entry in self.live(entries):
            named: tuple[str, ...] = getattr(entry, "children", ())
            if not named or any(child in self._handed_over for child in named):
                yield entry

    def about(self, entry: Part, children: Iterable[Child]) -> Iterator[Child]:
        """Those of `children` whom an entry is about."""
        named = frozenset(getattr(entry, "children", ()))
        return (child for child in children if not named or child.id in named)

    def agency(self, who: Who) -> Agency | None:
        """The agency that someone acts for, where the case file says it."""
        return who.agency or self._agencies.get(who.person or "")

    def left_to_documents(self, section: SectionName) -> bool:
        """Whether nothing is typed into a section and there are documents that may hold it."""
        return bool(self.file.attachments) and not any(self.live(getattr(self.file, section)))

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
        sections = {name: getattr(self.file, name) for name in type(self.file).model_fields}
        return {
            entry.id: (name, number)  # type: ignore[misc]
            for name, entries in sections.items()
            if isinstance(entries, tuple)
            for number, entry in enumerate(entries)
            if isinstance(entry, Part)
        }

    @cached_property
    def _handed_over(self) -> frozenset[str]:
        return frozenset(child.id for child in self.children)

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        return {one.id: one.agency for one in self.file.professionals}

    def _is_younger(self, child: Child, years: int) -> bool:
        if child.born_on is None:
            return False
        born = days(child.born_on)[1]
        return (self.on.year - born.year, self.on.month, self.on.day) < (
            years,
            born.month,
            born.day,
        )


def is_named(who: Who | None) -> bool:
    """Whether someone can be found by what is said of them."""
    return who is not None and any((who.person, who.name, who.role, who.agency, who.agency_name))
