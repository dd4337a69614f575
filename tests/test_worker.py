"""The worker: does what is due, side by side; ends by finishing; survives what goes wrong."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from app import worker
from app.errors import Unavailable
from app.flows import read, send, work
from app.flows.site import Site
from app.flows.work import Job
from app.store import jobs, tables
from app.store.unit_of_work import Database
from app.worker import LANES, Worker
from tests.flows import acts
from tests.flows.conftest import HEAD, ON_BOTH, WORKER, Two, Wire, new_database, two

__all__ = ["new_database", "two"]

LEASE = timedelta(minutes=1)
NOW = datetime(2031, 3, 3, tzinfo=UTC)
PATIENCE = 20.0
"""Seconds after which a test gives up waiting; none waits for time to pass."""


def job(number: int) -> Job:
    lane = f"lane-{number}"
    return Job(number, "deliver", lane, str(number), {}, NOW, None, 1, 1, None, False, False, None)


@dataclass
class Queue:
    """Stands where the database's queue is. `does`: what job number n does."""

    waiting: list[Job]
    does: dict[int, Callable[[], Any]] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    empty: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    most: int = 0
    now: int = 0

    def claim(self, site: Site, lease: timedelta, limit: int, *, ailing: bool) -> list[Job]:
        if ailing:
            return []
        if self.troubles:
            raise self.troubles.pop(0)
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        if not self.waiting:
            self.empty.set()
        return taken

    def run(self, site: Site, job: Job, chance: float) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            self.does.get(job.id, lambda: None)()
        finally:
            with self.lock:
                self.now -= 1
                self.done.append(job.id)
        return "done"


@contextmanager
def working(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(work, "begin", lambda site: None)
    monkeypatch.setattr(work, "claim", queue.claim)
    monkeypatch.setattr(work, "run", queue.run)
    monkeypatch.setattr(worker, "IDLE", 0.001)
    monkeypatch.setattr(worker, "TROUBLE", 0.001)
    running = Worker(cast(Site, None), lambda: 0.5)
    running.start()
    yield running
    running.stop()


def test_stopping_waits_for_what_is_being_done_and_takes_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        assert may_end.wait(PATIENCE)

    queue = Queue([job(1)], {1: slow})
    with working(queue, monkeypatch) as running:
        assert begun.wait(PATIENCE)
        stopping = threading.Thread(target=running.stop)
        stopping.start()
        while not running._stop.is_set():
            pass
        queue.waiting.append(job(2))
        assert stopping.is_alive()
        assert queue.done == []
        may_end.set()
        stopping.join(PATIENCE)
        assert not stopping.is_alive()
    assert queue.done == [1]
    assert [one.id for one in queue.waiting] == [2]


def test_a_bug_in_one_job_ends_neither_the_worker_nor_other_jobs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug() -> None:
        raise ZeroDivisionError("words of a case")

    all_done = threading.Event()
    queue = Queue([job(n) for n in (1, 2, 3, 4, 5)], {1: bug, 2: bug, 5: all_done.set})
    with caplog.at_level(logging.INFO, "app.worker"), working(queue, monkeypatch):
        assert all_done.wait(PATIENCE)
    assert sorted(queue.done) == [1, 2, 3, 4, 5]
    failed = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert [one.getMessage() for one in failed] == ["a job failed unexpectedly"] * 2


@pytest.mark.parametrize("trouble", [Unavailable("database-busy", "Later"), OSError(5, "I/O")])
def test_a_queue_that_cannot_be_read_is_read_again(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    queue = Queue([job(1)], {1: done.set}, [trouble, trouble])
    with working(queue, monkeypatch):
        assert done.wait(PATIENCE)


def test_a_slow_job_holds_its_own_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    others = threading.Event()
    held = {n: lambda: others.wait(PATIENCE) for n in range(1, LANES)}
    last = 3 * LANES
    queue = Queue([job(n) for n in range(1, last + 1)], {**held, last: others.set})
    with working(queue, monkeypatch):
        assert others.wait(PATIENCE), "nothing got past the slow ones"
    assert sorted(queue.done) == list(range(1, last + 1))


def test_no_more_is_claimed_than_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(LANES)
    meet: dict[int, Callable[[], Any]] = {
        n: lambda: together.wait(PATIENCE) for n in range(1, 2 * LANES + 1)
    }
    queue = Queue([job(n) for n in meet], meet)
    with working(queue, monkeypatch):
        assert queue.empty.wait(PATIENCE)
    assert queue.most == LANES
    assert len(queue.done) == 2 * LANES


def test_what_takes_longer_than_its_lease_stays_with_who_does_it(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is given back when the worker is stopped and does not wait for it."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(*_: Any) -> None:
        begun.set()
        assert may_end.wait(PATIENCE)

    monkeypatch.setattr(worker, "KEPT", 0.0)
    monkeypatch.setattr(worker, "IDLE", 0.001)
    monkeypatch.setattr(Wire, "post_statement", slow)
    send.notify(two.sender, WORKER, acts.begin(two), acts.NOTIFICATION)
    running = Worker(two.sender)
    running.start()
    assert begun.wait(PATIENCE)
    two.clock.now += worker.LEASE - timedelta(seconds=1)
    for _ in range(2):
        while _lease(two) != two.clock.now + worker.LEASE:
            pass
        assert work.claim(two.sender, LEASE, 10, {"deliver"}) == [], "nobody else begins it"
        two.clock.now += worker.LEASE - timedelta(seconds=1)
    running.stop(0.0)
    (given,) = work.claim(two.sender, LEASE, 10, {"deliver"})
    assert given.attempts == 1
    may_end.set()


def _lease(two: Two) -> datetime | None:
    with two.sender.database.read() as uow:
        return uow.connection.scalar(
            select(tables.jobs.c.lease_until).where(tables.jobs.c.kind == "deliver")
        )


@ON_BOTH
def test_many_who_do_not_answer_leave_lanes_to_others(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers as two processes have them; everything that ails is due, and before the rest."""
    may_end, done = threading.Event(), threading.Event()
    held: set[str] = set()
    lock = threading.Lock()

    def deliver(_: Site, job: Job) -> None:
        if job.share == "well":
            done.set()
            return
        with lock:
            held.add(job.key)
        assert may_end.wait(PATIENCE)

    monkeypatch.setattr(work, "KINDS", {**work.KINDS, "deliver": deliver})
    before = two.clock.now - timedelta(hours=1)
    with two.sender.database.write() as uow:
        for number in range(3 * LANES):
            key, share = f"ails-{number}", f"peer-{number // 3}"
            jobs.enqueue(uow.connection, "deliver", key, key, {}, before, share)
    for job in work.claim(two.sender, LEASE, 100, {"deliver"}):
        with two.sender.database.write() as uow:
            jobs.retry(uow.connection, job, before, "peer-unreachable")
    with two.sender.database.read() as uow:
        url = uow.connection.engine.url.render_as_string(hide_password=False)
    with Database(url) as other:
        workers = [Worker(two.sender), Worker(replace(two.sender, database=other))]
        for one in workers:
            one.start()
        while len(held) < 2 * worker.AILING:
            pass
        with two.sender.database.write() as uow:
            jobs.enqueue(uow.connection, "deliver", "w", "w", {}, two.clock.now, "well")
        assert done.wait(PATIENCE), "nothing got past those that do not answer"
        assert len(held) == 2 * worker.AILING
        may_end.set()
        for one in workers:
            one.stop()


def test_it_delivers(two: Two) -> None:
    """With real flows and databases: a notification arrives and is signed for."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    running = Worker(two.sender)
    running.start()
    delivered = threading.Event()

    def watch() -> None:
        while read.show(two.sender, HEAD, handover)["deliveries"]:
            pass
        delivered.set()

    threading.Thread(target=watch, daemon=True).start()
    assert delivered.wait(PATIENCE)
    running.stop()
    assert read.show(two.receiver, HEAD, handover)["state"] == "notified"


def test_a_worker_sees_to_the_first_tick(two: Two) -> None:
    running = Worker(two.sender)
    running.start()
    while not (ticks := _ticks(two)) or ticks == ["tick:2026-12-18T15"]:
        pass  # the first is waiting or being done; it leaves the next one behind
    running.stop()
    assert ticks in (["tick:2026-12-18T15", "tick:2026-12-18T16"], ["tick:2026-12-18T16"])


def _ticks(two: Two) -> list[str]:
    with two.sender.database.read() as uow:
        return [job.key for job in jobs.in_lane(uow.connection, "tick")]
