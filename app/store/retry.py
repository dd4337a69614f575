"""When to try again."""

from datetime import timedelta

_LADDER = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
LONGEST_WAIT = _LADDER[-1]


def wait(attempts: int, chance: float, retry_after: timedelta | None = None) -> timedelta:
    """How long to wait after `attempts` attempts have failed: the usual ladder of webhook senders.

    `chance` in [0, 1) spreads the waits by 20 % either way, so that a peer that comes back is not
    met by everybody at once. `retry_after`, what the peer asked for, is honoured up to ten hours:
    a mistaken or hostile one must not silence a handover.
    """
    rung = _LADDER[min(max(attempts, 0), len(_LADDER) - 1)] * (0.8 + 0.4 * chance)
    return max(rung, min(retry_after or timedelta(0), LONGEST_WAIT))
