"""The time: that of the database, so that all processes which share one agree on it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.errors import Unavailable

FRESH = 30.0
"""Seconds for which it is trusted that this machine's clock goes as fast as the database's."""
STEP = 1.0
"""Seconds by which this machine's clock may run from its monotonic one before it was set."""


class Timekeeper(Protocol):
    """A database, as far as a clock needs it."""

    def now(self) -> datetime:
        """What time it is there; aware. Raises Unavailable."""


class Clock:
    """Call it for the time: aware, UTC, to the second.

    It is asked for seldom and counted on by this machine's clock meanwhile; when that one is set,
    the database is asked at once. While it can't be asked, what is known goes on.
    """

    def __init__(self, database: Timekeeper) -> None:
        self._database = database
        self._ahead = timedelta(0)
        self._looked: tuple[float, float] | None = None

    def __call__(self) -> datetime:
        if self._is_stale():
            self._look()
        return (datetime.now(UTC) + self._ahead).replace(microsecond=0)

    def _is_stale(self) -> bool:
        if self._looked is None:
            return True
        wall, counted = self._looked
        passed = time.monotonic() - counted
        return passed > FRESH or abs(time.time() - wall - passed) > STEP

    def _look(self) -> None:
        self._looked = time.time(), time.monotonic()
        try:
            self._ahead = self._database.now() - datetime.now(UTC)
        except Unavailable:
            return  # whoever needs the database now will say so
