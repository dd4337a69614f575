"""The ladder of waits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import retry

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LADDER = [0 * SECOND, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]


@pytest.mark.parametrize(("attempts", "expected"), list(enumerate(LADDER)))
def test_the_rungs(attempts: int, expected: timedelta) -> None:
    assert retry.wait(attempts, 0.5) == expected


@given(attempts=st.integers(0, 10**9), chance=st.floats(0, 1, exclude_max=True))
def test_the_spread_is_a_fifth_either_way(attempts: int, chance: float) -> None:
    rung = LADDER[min(attempts, 7)]
    assert rung * 0.8 <= retry.wait(attempts, chance) <= rung * 1.2


def test_the_spread_is_used_in_full() -> None:
    assert retry.wait(6, 0.0) == 8 * HOUR
    assert retry.wait(6, 0.999999) > 11.99 * HOUR


@pytest.mark.parametrize(
    ("attempts", "asked", "expected"),
    [
        (1, MINUTE, MINUTE),
        (2, MINUTE, 5 * MINUTE),
        (1, -HOUR, 5 * SECOND),
        (1, timedelta(days=3650), 10 * HOUR),
        (0, None, 0 * SECOND),
    ],
)
def test_what_the_peer_asks_for_is_honoured_within_reason(
    attempts: int, asked: timedelta | None, expected: timedelta
) -> None:
    assert retry.wait(attempts, 0.5, asked) == expected
