"""What a readiness rule is, and what it finds.

A rule is one function from the case to the places where something is missing; everything that a
person reads about it stands in its decorator. How serious it is means:

- `high`: a child may come to harm because the next worker does not know this on the first day;
- `medium`: the next worker has to find it out anew, and may judge wrongly meanwhile;
- `low`: the record is not whole; nobody is likely to be hurt by it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from app.casefile.model.codes import SectionName
from app.casefile.model.reading import to_pointer
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.findings import Finding

Seriousness = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Missing:
    """One thing that the case file lacks. Nothing in it is a word of the case."""

    code: str
    """The rule's stable slug."""
    what: str
    """What is missing."""
    where: str
    """An RFC 6901 pointer into the case file: to where it would stand."""
    section: SectionName
    """The section that a gap or a document reference about it names."""
    entry: str | None
    """The entry's id; None for the section as a whole."""
    field: str | None
    """The field of that section's entries."""
    question: str
    """What a reviewer would ask."""
    finding: Finding
    """What the review found or asks for."""
    seriousness: Seriousness
    """See the module."""
    child: str | None
    """The child, where it is about one."""
    because: str | None = None
    """A pointer to the entry that makes it matter, where that is another one."""


@dataclass(frozen=True)
class Rule:
    """One check. `looks_in` is the section whose emptiness leaves it to the documents."""

    code: str
    what: str
    question: str
    finding: Finding
    source: str
    seriousness: Seriousness
    looks_in: SectionName
    function: Callable[[Case], Iterable[Place]]

    def missing(self, place: Place) -> Missing:
        """What is missing at a place."""
        return Missing(
            code=self.code,
            what=self.what,
            where=to_pointer(place.where),
            section=place.section,
            entry=place.entry,
            field=place.field,
            question=self.question,
            finding=self.finding,
            seriousness=self.seriousness,
            child=place.child,
            because=None if place.because is None else to_pointer(place.because),
        )


def rule(
    code: str,
    seriousness: Seriousness,
    finding: Finding,
    looks_in: SectionName,
    *,
    what: str,
    question: str,
    source: str,
) -> Callable[[Callable[[Case], Iterable[Place]]], Rule]:
    """Make a rule of a function."""

    def made(function: Callable[[Case], Iterable[Place]]) -> Rule:
        return Rule(code, what, question, finding, source, seriousness, looks_in, function)

    return made


def in_order(found: Iterable[Missing]) -> list[Missing]:
    """The most serious first; within one seriousness the order they came in."""
    rank = get_args(Seriousness).index
    return sorted(found, key=lambda one: rank(one.seriousness))
