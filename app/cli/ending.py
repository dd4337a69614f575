"""How a running service ends: asked to, in order and within a time; asked again, at once.

What is under way has `drain_seconds` to finish. What has not finished by then is safe: other
services try again what was not answered, and a job goes back into the queue. So when the time is
over nothing is waited for any more, not for a database that hangs and not for another authority.
"""

import logging
import os
import select
import signal
import threading
from collections.abc import Callable
from time import monotonic

SIGNALS = (signal.SIGTERM, signal.SIGINT)
LAST = 2.0
"""Seconds after the drain for giving jobs back and for closing."""
_PARENT = 0
"""No signal has this number."""

log = logging.getLogger(__name__)


def handled(*_: object) -> None:
    """A signal's handler in Python: it runs in the main thread, whenever that can; so all is done
    by who reads the byte that was written when the signal came (`set_wakeup_fd`)."""


class Ending:
    """Watches for the end, in a thread of its own."""

    def __init__(self, drain: float, *asked: Callable[[], None]) -> None:
        """`asked`: called once, from that thread, when the end is asked for."""
        self._drain = drain
        self._asked = asked
        self._end: float | None = None
        self._read, self._write = os.pipe()
        threading.Thread(target=self._watch, name="ending", daemon=True).start()

    def on_signals(self) -> None:
        """End when the process is told to."""
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for one in SIGNALS:
            signal.signal(one, handled)

    def on_end_of_input(self) -> None:
        """End when standard input does: the parent has gone."""
        threading.Thread(target=self._listen, name="input", daemon=True).start()

    def left(self) -> float:
        """Seconds of the drain that are left."""
        return self._drain if self._end is None else max(0.0, self._end - monotonic())

    def _listen(self) -> None:
        while os.read(0, 1024):
            pass
        os.write(self._write, bytes([_PARENT]))

    def _watch(self) -> None:
        while self._heard() not in (*SIGNALS, _PARENT):
            pass
        self._end = monotonic() + self._drain
        log.info("ending")
        for asked in self._asked:
            asked()
        while (wait := self._end + LAST - monotonic()) > 0:
            if select.select([self._read], [], [], wait)[0] and self._heard() in SIGNALS:
                os._exit(128 + signal.SIGTERM)
        log.warning("ended before all was finished")
        os._exit(0)

    def _heard(self) -> int:
        return os.read(self._read, 1)[0]
