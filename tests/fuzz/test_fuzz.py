"""Every target for a little while in each test run, and for long: `pytest -m soak tests/fuzz`."""

import platform
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import CaseHandoverError
from tests.fuzz.__main__ import MEGABYTES, TARGETS, fuzz

LITTLE, LONG = 2_000, 300_000
SLOW = {"directory": 200, "casefile": 500, "ledger": 500}
"""Fewer inputs of those that take a millisecond and more each."""
needs_atheris = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the fuzzer is for Linux on x86-64",
)


def load(target: str) -> ModuleType:
    return import_module(f"tests.fuzz.targets.{target}")


def accepted(target: ModuleType, seeds: Iterator[bytes]) -> int:
    """How many seeds are taken; the others are refused with an error of ours."""
    taken = 0
    for seed in seeds:
        try:
            target.one(seed)
        except CaseHandoverError:
            continue
        taken += 1
    return taken


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reaches_what_stands_behind_the_checks(name: str) -> None:
    target = load(name)
    assert accepted(target, target.seeds()) >= 2


@needs_atheris
@pytest.mark.parametrize("name", TARGETS)
def test_a_little_fuzzing_finds_nothing(name: str, tmp_path: Path) -> None:
    runs = SLOW.get(name, LITTLE)
    counts, printed = fuzz(name, runs, 7, tmp_path)
    assert counts, printed[-6000:]
    assert counts["number_of_executed_units"] >= runs
    assert counts["peak_rss_mb"] < MEGABYTES


@needs_atheris
@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", TARGETS)
def test_long_fuzzing_finds_nothing(name: str, tmp_path: Path) -> None:
    counts, printed = fuzz(name, LONG, 1, tmp_path)
    assert counts, printed[-6000:]


@needs_atheris
def test_a_crash_is_told_and_kept(tmp_path: Path) -> None:
    """A target whose property is broken, so that we know that we would hear of it."""
    counts, printed = fuzz("_broken", 2_000, 7, tmp_path)
    assert not counts
    assert "AssertionError" in printed
    assert [path.name[:6] for path in tmp_path.iterdir()] == ["crash-"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bytes_made_of_seeds_are_answered(data: st.DataObject) -> None:
    """Without the fuzzer, anywhere: cuts, splices and bytes changed."""
    target = load(data.draw(st.sampled_from(TARGETS)))
    seeds = [seed for seed in target.seeds() if len(seed) < 8_192]
    one, other = data.draw(st.sampled_from(seeds)), data.draw(st.sampled_from(seeds))
    at, there = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(other)))
    accepted(target, iter([one[:at] + data.draw(st.binary(max_size=4)) + other[there:]]))
