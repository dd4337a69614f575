"""How the work for an input grows with it: counted in lines, calls and bytes, never in time."""

import sys
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from app.errors import CaseHandoverError

APP = str(Path(__file__).parents[1] / "app")
COUNTED = (APP, "/rfc8785/", "/json/")
"""Where lines and calls count: how often a server's loop turns is chance."""
Call = Callable[[], object]


class Counter:
    """While it is entered: the lines that are run, and the calls that are made, by our own code in
    this thread and in new ones. What a function in C does inside is not seen, only its memory."""

    def __init__(self) -> None:
        self.count = 0
        self._counted: dict[CodeType, bool] = {}

    def __enter__(self) -> "Counter":
        self._before = sys.gettrace(), sys.getprofile()
        threading.settrace(self._trace)
        threading.setprofile(self._profile)
        sys.settrace(self._trace)
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before[0])
        sys.setprofile(self._before[1])
        threading.settrace(self._before[0])
        threading.setprofile(self._before[1])

    def _ours(self, frame: FrameType) -> bool:
        code = frame.f_code
        if code not in self._counted:
            self._counted[code] = any(place in code.co_filename for place in COUNTED)
        return self._counted[code]

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:
        if not self._ours(frame):
            return None
        self.count += 1
        return self._trace

    def _profile(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "c_call" and self._ours(frame):
            self.count += 1


def work(call: Call) -> int:
    """What `call` does until it returns or refuses."""
    with Counter() as counter, suppress(CaseHandoverError):
        call()
    return counter.count


def memory(call: Call) -> int:
    """The most bytes that Python holds at once for `call`."""
    tracemalloc.start()
    try:
        with suppress(CaseHandoverError):
            call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def check(make: Callable[[int], Call], size: int, spare: int = 100, room: int = 64 * 1024) -> None:
    """Twice the input is at most about twice the work and the memory: from two to four times the
    size, at most 2.5 times as much is added as from once to twice. (In a square, four times.)"""
    for measure, small in ((work, spare), (memory, room)):
        measure(make(size))  # what is made once and kept is made now
        one, two, four = (measure(make(times * size)) for times in (1, 2, 4))
        assert four - two <= 2.5 * max(two - one, 0) + small, (measure.__name__, one, two, four)
