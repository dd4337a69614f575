"""How many signed requests each authority may make: a token bucket for each, in memory.

It is charged once both signatures hold, so that nobody spends another's rate by forging; a forged
request costs a fraction of a millisecond, stores nothing, and few are checked side by side. Each
process counts for itself. What concerns a long ledger costs more: all of it is read for that, while
nobody else can write.
"""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock

from app.errors import Unavailable

LONG = 100
"""Entries of a ledger, reading which costs as much as one request."""


@dataclass
class _Bucket:
    tokens: float
    at: datetime


@dataclass
class Rates:
    """One bucket for each authority of the directory that has asked anything: never more."""

    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock, compare=False)

    def charge(self, authority: str, per_minute: int, now: datetime, cost: int = 1) -> None:
        """What costs as much as so many requests. At first a whole minute's may come at once.

        Raises Unavailable (`rate-limited`) with the seconds until there is room again.
        """
        with self._guard:
            bucket = self._buckets.setdefault(authority, _Bucket(per_minute, now))
            passed = max((now - bucket.at).total_seconds(), 0.0)  # a clock may be put back
            bucket.tokens = min(bucket.tokens + passed * per_minute / 60, per_minute)
            bucket.at = now
            if bucket.tokens < cost:
                raise Unavailable(
                    "rate-limited",
                    "This authority asks more often than it may: wait, then go on",
                    retry_after=ceil((cost - bucket.tokens) * 60 / per_minute),
                )
            bucket.tokens -= cost
