"""Sign-ins and refusals in the log: which code, at which endpoint, to whom by their opaque id; and
never what was asked for.

Strangers can be refused as often as they like, so not every time is a line: of each kind the first
in an hour is, the tenth, the hundredth and so on, with its number.
"""

import logging
from collections import Counter
from collections.abc import Callable
from threading import Lock
from time import monotonic

from fastapi import Request
from fastapi.routing import APIRoute

from app.access import Caller
from app.api.openapi import operation_id
from app.errors import CaseHandoverError, NotAllowed, NotFound, NotVerified

WINDOW = 3600.0
"""Seconds after which counting begins again."""
TOO_MANY = 429

log = logging.getLogger(__name__)


class Events:
    """What one process has seen in the hour. Of callers that are not known it keeps a number for
    each code, so that nobody can fill its memory either."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock`: seconds, of a clock that never goes back."""
        self._clock = clock
        self._since = clock()
        self._seen: Counter[tuple[str, str | None]] = Counter()
        self._guard = Lock()

    def signed_in(self, request: Request, caller: Caller) -> None:
        """Somebody has proved who they are; from now on the request is theirs."""
        request.state.who = caller.subject
        if times := self._telling("", caller.subject):
            log.info("signed in", extra={**_about(request), "times": times})

    def refused(self, request: Request, error: CaseHandoverError, status: int) -> None:
        """An error was answered. Told of it are only those that may be somebody's who should not
        be here: what proves nothing, what is not allowed, not there, or too often."""
        if not isinstance(error, NotAllowed | NotFound | NotVerified) and status != TOO_MANY:
            return
        about = _about(request)
        if times := self._telling(error.code, about.get("who")):
            extra = {**about, "code": error.code, "status": status, "times": times}
            log.warning("refused", extra=extra)

    def _telling(self, what: str, who: str | None) -> int:
        """How often it was, if that is worth a line; else 0. `what`: a code, or nothing for a
        sign-in."""
        with self._guard:
            now = self._clock()
            if now - self._since >= WINDOW:
                self._since = now
                self._seen.clear()
            self._seen[what, who] += 1
            times = self._seen[what, who]
        return times if str(times).strip("0") == "1" else 0


def events_of(request: Request) -> Events:
    """Those of the app that is asked."""
    events: Events = request.app.state.events
    return events


def _about(request: Request) -> dict[str, str]:
    """The endpoint by its name, and the caller where they are known."""
    route = request.scope.get("route")
    about = {
        "operation": operation_id(route) if isinstance(route, APIRoute) else None,
        "who": getattr(request.state, "who", None),
    }
    return {name: value for name, value in about.items() if value is not None}
