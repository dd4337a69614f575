"""How many requests each endpoint has answered, how, and how long it took; in memory.

By the endpoint's name, never by its path, which has ids in it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from threading import Lock
from time import monotonic

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.openapi import operation_id
from app.flows.metrics import Metric, Sample

BUCKETS = (0.01, 0.05, 0.25, 1.0, 5.0, 30.0)
"""Seconds."""
NONE = "none"
"""What no endpoint took: another path, or a request that is none."""


class Traffic:
    """Of one process."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._slots: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """A request has ended; `status` 0 where the caller has gone before an answer."""
        route = scope.get("route")
        name = operation_id(route) if isinstance(route, APIRoute) else NONE
        with self._guard:
            self._answers[name, f"{status // 100}xx" if status else NONE] += 1
            slots = self._slots.setdefault(name, [0] * (len(BUCKETS) + 1))
            slots[bisect_left(BUCKETS, seconds)] += 1
            self._seconds[name] = self._seconds.get(name, 0.0) + seconds

    def metrics(self) -> list[Metric]:
        """What was counted."""
        with self._guard:
            answers = dict(self._answers)
            slots = {name: list(one) for name, one in self._slots.items()}
            seconds = dict(self._seconds)
        return [
            Metric(
                "http_requests_total",
                "counter",
                "Requests that this process has answered, by endpoint and class of status.",
                tuple(Sample(n, {"operation": o, "status": s}) for (o, s), n in answers.items()),
            ),
            Metric(
                "http_request_seconds",
                "histogram",
                "How long they took, from the first byte of the request to the last of the answer.",
                tuple(
                    sample
                    for name, one in slots.items()
                    for sample in _histogram({"operation": name}, one, seconds[name])
                ),
            ),
        ]


class Counted:
    """ASGI middleware: around everything, so that what is refused early is counted too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            traffic: Traffic = scope["app"].state.traffic
            traffic.answered(scope, status, monotonic() - began)


def _histogram(labels: dict[str, str], slots: list[int], seconds: float) -> Iterator[Sample]:
    total = 0
    for bound, count in zip([*map(str, BUCKETS), "+Inf"], slots, strict=True):
        total += count
        yield Sample(total, {**labels, "le": bound}, "_bucket")
    yield Sample(seconds, labels, "_sum")
    yield Sample(total, labels, "_count")
