"""What this process has counted since it began, in memory: jobs by kind and outcome."""

import re
from collections import Counter
from functools import cache
from threading import Lock

from app.resources import folder

DONE = "done"
FAILED = "failed"
"""A bug: no code says what went wrong."""
OTHER = "other"
_LISTED = re.compile(r"^\| `([a-z0-9-]+)`", re.MULTILINE)
_STATUS = re.compile(r"http-([1-5])[0-9]{2}")


class Measures:
    """Counters; none is ever reset."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._jobs: Counter[tuple[str, str]] = Counter()

    def job(self, kind: str, outcome: str) -> None:
        """A job was tried."""
        with self._guard:
            self._jobs[kind, bounded(outcome)] += 1

    def jobs(self) -> dict[tuple[str, str], int]:
        """How many were tried, by kind and outcome."""
        with self._guard:
            return dict(self._jobs)


def bounded(code: str) -> str:
    """A code as a label: one of openapi/problems.md, or what it is like. Another authority's server
    may answer with any code, and so with words, or with a new one each time."""
    if code in (DONE, FAILED) or code in _codes():
        return code
    status = _STATUS.fullmatch(code)
    return f"http-{status[1]}xx" if status else OTHER


@cache
def _codes() -> frozenset[str]:
    text = (folder("openapi") / "problems.md").read_text(encoding="utf-8")
    return frozenset(_LISTED.findall(text))
