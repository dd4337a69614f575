"""The time is the database's, and steps of this machine's clock change nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Unavailable
from app.store import clock as of_store
from app.store.clock import Clock
from app.store.unit_of_work import Database

SECOND = timedelta(seconds=1)


class Machine:
    """A machine whose clock can be set; `really` is what time it is where the database runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.really, self.wrong_by, self.counted = datetime(2026, 3, 2, 12, tzinfo=UTC), 0.0, 0.0
        self.asked = 0
        monkeypatch.setattr(of_store, "time", self)
        monkeypatch.setattr(of_store, "datetime", self)

    def passes(self, seconds: float) -> None:
        self.really += timedelta(seconds=seconds)
        self.counted += seconds

    def monotonic(self) -> float:
        return self.counted

    def time(self) -> float:
        return self.now(UTC).timestamp()

    def now(self, _: object = None) -> datetime:
        return self.really + timedelta(seconds=self.wrong_by)


class Asked:
    """The database of that machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def now(self) -> datetime:
        self._machine.asked += 1
        return self._machine.really


def test_the_machines_clock_may_be_wrong_and_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch)
    clock = Clock(Asked(machine))
    for wrong_by in (0, 7200, -86_400, -86_401.5, 0):
        machine.wrong_by = wrong_by
        for _ in range(3):
            assert clock() == machine.really
            machine.passes(5)
    assert machine.asked == 5, "once for each time that it was set"


def test_it_is_asked_again_only_when_the_machine_may_have_drifted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(monkeypatch)
    clock = Clock(Asked(machine))
    for _ in range(12):
        clock()
        machine.passes(10)
    assert machine.asked == 3


def test_a_database_that_cannot_be_asked_stops_no_clock() -> None:
    class Gone:
        def now(self) -> datetime:
            raise Unavailable("database-unreachable", "It is gone")

    before = datetime.now(UTC)
    clock = Clock(Gone())
    assert before - SECOND <= clock() <= datetime.now(UTC)


def test_the_time_is_that_of_the_database(database: Database) -> None:
    clock = Clock(database)
    assert clock().tzinfo is UTC
    before = database.now()
    with database.write():  # also within a unit of work
        assert before - SECOND <= clock() <= database.now() + SECOND
