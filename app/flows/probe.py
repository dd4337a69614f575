"""Asking whether all is well without ever waiting for long: a database or a disk may take a
question and never answer.

One round of checks runs at a time, in a thread of its own, and whoever asks meanwhile gets the same
answer. A round that hangs is not begun again before it ends, so nobody piles up threads by asking.
"""

from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic

from app.flows import health
from app.flows.health import Finding
from app.flows.site import Site

PATIENCE = 3.0
"""Seconds that a round may take: monitors give up after five or ten."""


@dataclass
class _Round:
    begun: float
    found: list[Finding] = field(default_factory=list)
    hangs: Finding | None = None
    """What it means if it goes no further."""
    ended: Event = field(default_factory=Event)


class Probe:
    """The checks of one process."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._guard = Lock()
        self._round: _Round | None = None

    def look(self, site: Site) -> list[Finding]:
        """What is not well, each once; none if all is."""
        asked = self._current(site)
        if not asked.ended.wait(max(0.0, asked.begun + self._patience - monotonic())):
            hangs = asked.hangs
            return _once([*asked.found, *([hangs] if hangs else [])])
        return _once(asked.found)

    def _current(self, site: Site) -> _Round:
        with self._guard:
            if self._round is None or self._round.ended.is_set():
                self._round = _Round(monotonic())
                Thread(target=_run, args=(site, self._round), name="probe", daemon=True).start()
            return self._round


def _run(site: Site, current: _Round) -> None:
    try:
        for check, hangs in health.CHECKS:
            current.hangs = hangs
            current.found += health.done(check, site)
    finally:
        current.ended.set()


def _once(found: list[Finding]) -> list[Finding]:
    return list({one.code: one for one in found}.values())
