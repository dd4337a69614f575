"""The latest of dated things, for each child."""

from collections.abc import Iterable
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """The latest thing about each child; one about every child counts for each."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[date, T]] = {}
        self._every: tuple[date, T] | None = None

    def put(self, children: Iterable[str], day: date, thing: T) -> None:
        """`children`: whom it is about; none for every child. Of one day, the last put counts."""
        named = tuple(children)
        for child in named:
            if child not in self._of or self._of[child][0] <= day:
                self._of[child] = day, thing
        if not named and (self._every is None or self._every[0] <= day):
            self._every = day, thing

    def of(self, child: str) -> tuple[date, T] | None:
        """The day and the thing."""
        found = (one for one in (self._every, self._of.get(child)) if one is not None)
        return max(found, key=lambda one: one[0], default=None)
