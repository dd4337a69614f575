"""Jobs under racing workers and under any order of calls."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection

from app.errors import Conflict
from app.store import jobs
from app.store.jobs import Job
from app.store.unit_of_work import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)


def seconds(n: int) -> datetime:
    """Noon and `n` seconds."""
    return NOON + timedelta(seconds=n)


LANES = {"a": "p", "b": "p", "c": "p", "d": "p", "e": "q", "f": None}
"""Lanes with their shares: that of four lanes has turns for three."""


def add(connection: Connection, key: str, lane: str, due: int = 0) -> None:
    share = LANES.get(lane)
    jobs.enqueue(connection, "deliver", lane, key, {"statement": key}, seconds(due), share)


def take(connection: Connection, now: int = 0, limit: int = 10) -> list[Job]:
    return jobs.claim(connection, ["deliver"], seconds(now), LEASE, limit)


def test_racing_workers_never_have_one_job_or_one_lane_twice(database: Database) -> None:
    lanes, each = 5, 8
    with database.write() as uow:
        for number in range(lanes * each):
            add(uow.connection, str(number), f"lane {number % lanes}")
    done: list[int] = []
    working: set[str] = set()
    failed = Event()

    def work() -> None:
        try:
            while len(done) < lanes * each and not failed.is_set():
                one_turn()
        except BaseException:
            failed.set()
            raise

    def one_turn() -> None:
        with database.write() as uow:
            claimed = take(uow.connection, limit=2)
            for job in claimed:
                assert job.lane not in working
                working.add(job.lane)
        for job in claimed:
            with database.write() as uow:
                jobs.complete(uow.connection, job)
                working.remove(job.lane)
                done.append(int(job.key))

    with ThreadPoolExecutor(4) as pool:
        for worker in [pool.submit(work) for _ in range(4)]:
            worker.result()
    assert sorted(done) == list(range(lanes * each))
    for lane in range(lanes):
        assert [n for n in done if n % lanes == lane] == list(range(lane, lanes * each, lanes))


class Queue(RuleBasedStateMachine):
    """The table against a list in memory, under any order of calls and any passing of time."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.unit = database.write()
        self.connection = self.unit.__enter__().connection
        self.model: dict[int, Job] = {}
        self.held: list[Job] = []
        self.last_id = 0
        self.now = 0

    def teardown(self) -> None:
        undone = KeyboardInterrupt()  # nothing is kept for the next
        self.unit.__exit__(type(undone), undone, None)

    @rule(lane=st.sampled_from([*LANES]), n=st.integers(1, 3), delay=st.integers(-30, 90))
    def ask(self, lane: str, n: int, delay: int) -> None:
        key, due = f"{lane}{n}", seconds(self.now + delay)
        add(self.connection, key, lane, self.now + delay)
        for job in self.model.values():
            if job.key == key:
                again = job.lease_until is not None
                self.model[job.id] = replace(job, due_at=min(due, job.due_at), again=again)
                return
        # SQLite spends an id on a refused insert or not, as it likes: only the order counts.
        (new,) = [j for j in jobs.in_lane(self.connection, lane) if j.key == key]
        assert new.id > self.last_id
        self.last_id = new.id
        self.model[new.id] = Job(
            id=new.id,
            kind="deliver",
            lane=lane,
            key=key,
            payload={"statement": key},
            due_at=due,
            lease_until=None,
            fence=0,
            attempts=0,
            last_code=None,
            stopped=False,
            again=False,
            share=LANES[lane],
        )

    @rule(by=st.integers(1, 120))
    def time_passes(self, by: int) -> None:
        self.now += by

    def _next_of(self, lane: str) -> Job | None:
        """The job of a lane that may be claimed now, by the rules in words."""
        rest = [job for job in self.model.values() if job.lane == lane]
        leased = [job for job in rest if self._is_leased(job)]
        waiting = sorted((job for job in rest if not job.stopped), key=lambda job: job.id)
        if leased or not waiting or waiting[0].due_at > seconds(self.now):
            return None
        return waiting[0]

    def _is_leased(self, job: Job) -> bool:
        return job.lease_until is not None and job.lease_until > seconds(self.now)

    def _in_turn(self) -> list[Job]:
        """What may be claimed now, without what must wait for the others of its share."""
        ready = [job for lane in LANES if (job := self._next_of(lane))]
        turns = Counter(job.share for job in self.model.values() if self._is_leased(job))
        found = []
        for job in sorted(ready, key=lambda job: (job.due_at, job.id)):
            turns[job.share] += 1
            if job.share is None or turns[job.share] <= jobs.SHARE:
                found.append(job)
        return found

    @rule(limit=st.integers(1, 6))
    def claim(self, limit: int) -> None:
        expected = [
            replace(
                job,
                lease_until=seconds(self.now) + LEASE,
                fence=job.fence + 1,
                attempts=job.attempts + 1,
                again=False,
            )
            for job in self._in_turn()[:limit]
        ]
        claimed = take(self.connection, self.now, limit)
        assert claimed == expected
        self.model |= {job.id: job for job in claimed}
        self.held += claimed

    def _fenced(self, job: Job) -> bool:
        known = self.model.get(job.id)
        return known is None or known.fence != job.fence

    @precondition(lambda self: self.held)
    @rule(pick=st.integers(0, 9), delay=st.integers(0, 90), how=st.sampled_from("crsn"))
    def finish(self, pick: int, delay: int, how: str) -> None:
        job = self.held.pop(pick % len(self.held))
        if self._fenced(job):
            with pytest.raises(Conflict, match="job-taken-over"):
                self._finish(job, delay, how)
        else:
            self._finish(job, delay, how)
            self._expect(self.model[job.id], delay, how)

    def _finish(self, job: Job, delay: int, how: str) -> None:
        until = seconds(self.now + delay)
        if how == "c":
            jobs.complete(self.connection, job)
        elif how == "r":
            jobs.retry(self.connection, job, until, "failed")
        elif how == "s":
            jobs.stop(self.connection, job, "given_up")
        else:
            jobs.renew(self.connection, job, until)

    def _expect(self, job: Job, delay: int, how: str) -> None:
        until = seconds(self.now + delay)
        free = replace(job, lease_until=None, again=False)
        if how == "c" and not job.again:
            del self.model[job.id]
        elif how == "c":
            self.model[job.id] = replace(free, attempts=0, last_code=None)
        elif how == "r":
            self.model[job.id] = replace(free, due_at=until, last_code="failed")
        elif how == "s":
            self.model[job.id] = replace(
                free, fence=job.fence + 1, last_code="given_up", stopped=True
            )
        else:
            self.model[job.id] = replace(job, lease_until=until)

    @precondition(lambda self: self._stopped())
    @rule(pick=st.integers(0, 9))
    def resume(self, pick: int) -> None:
        stopped = self._stopped()
        job = stopped[pick % len(stopped)]
        jobs.resume(self.connection, job.id, seconds(self.now))
        self.model[job.id] = replace(job, due_at=seconds(self.now), attempts=0, stopped=False)

    def _stopped(self) -> list[Job]:
        return [job for job in self.model.values() if job.stopped]

    @invariant()
    def the_table_is_as_the_model(self) -> None:
        stored = [job for lane in LANES for job in jobs.in_lane(self.connection, lane)]
        assert {job.id: job for job in stored} == self.model


def test_the_queue_does_what_the_model_does_whatever_the_order(database: Database) -> None:
    class Stored(Queue):
        def __init__(self) -> None:
            super().__init__(database)

    run_state_machine_as_test(Stored, settings=settings(max_examples=25, stateful_step_count=40))
