"""The entries that stand, among those that a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from app.casefile.live import Live
from app.casefile.model import Child, Name, Part, Parts

P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Shown:
    """A case, and the ids of what is hidden from its reader."""

    case: Parts
    hidden: frozenset[str] = frozenset()

    def of(self, entries: Iterable[P]) -> list[P]:
        """Those neither superseded nor withdrawn nor hidden, in the order of the file."""
        return [one for one in self._live(entries) if one.id not in self.hidden]

    @cached_property
    def _live(self) -> Live:
        return Live(self.case)

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The children, eldest first."""
        return tuple(
            sorted(self.of(self.case.children), key=lambda one: (one.born_on or "9999", one.id))
        )

    def shows(self, child: str) -> bool:
        """Whether this is a child whom the reader may see."""
        return child in self._child_ids

    @cached_property
    def _child_ids(self) -> frozenset[str]:
        return frozenset(child.id for child in self.children)

    @cached_property
    def called(self) -> dict[str, str]:
        """What everybody is called who is not hidden, by id: children by their given name."""
        found = {one.id: one.name for one in self.of(self.case.professionals) if one.name}
        for person in self.of(self.case.people):
            if person.names:
                found[person.id] = _now(person.names).full
        for child in self.children:
            if child.names:
                name = _now(child.names)
                found[child.id] = name.given or name.full
        return found


def _now(names: tuple[Name, ...]) -> Name:
    """The name by which somebody is known now, else the first that has not ended."""
    current = [one for one in names if one.end is None] or list(names)
    return next((one for one in current if one.kind == "known_as"), current[0])
