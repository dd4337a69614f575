"""Which entries of a case file count today: those that nobody has replaced or withdrawn."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from app.casefile.model import Part, Parts

P = TypeVar("P", bound=Part)


class Live:
    """Tells live entries from those that only stay readable."""

    def __init__(self, parts: Parts) -> None:
        self._replaced = {old for entry in parts.entries() for old in entry.supersedes}

    def __call__(self, entries: Iterable[P]) -> Iterator[P]:
        """Those of `entries` that are neither superseded nor withdrawn."""
        return (e for e in entries if e.withdrawn is None and e.id not in self._replaced)
