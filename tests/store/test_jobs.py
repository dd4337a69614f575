"""Jobs: lanes keep their order, leases run out, and a fence that moved on stops the late."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from app.errors import Conflict, TooLarge
from app.store import jobs, sqlite, tables
from app.store.jobs import Job
from app.store.unit_of_work import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)
KINDS = ["deliver", "mail"]


def seconds(n: int) -> datetime:
    """Noon and `n` seconds."""
    return NOON + timedelta(seconds=n)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as uow:
        yield uow.connection


def add(connection: Connection, key: str, lane: str = "a", due: int = 0) -> None:
    jobs.enqueue(connection, "deliver", lane, key, {"statement": key}, seconds(due))


def take(connection: Connection, now: int = 0, limit: int = 10) -> list[Job]:
    return jobs.claim(connection, KINDS, seconds(now), LEASE, limit)


def keys(found: list[Job]) -> list[str]:
    return [job.key for job in found]


def test_a_job_comes_out_as_it_went_in(connection: Connection) -> None:
    jobs.enqueue(connection, "mail", "a", "k", {"handover": "01H", "try": 2}, seconds(-5))
    (job,) = take(connection)
    assert job == Job(
        id=job.id,
        kind="mail",
        lane="a",
        key="k",
        payload={"handover": "01H", "try": 2},
        due_at=seconds(-5),
        lease_until=NOON + LEASE,
        fence=1,
        attempts=1,
        last_code=None,
        stopped=False,
        again=False,
    )
    assert jobs.get(connection, job.id) == job
    jobs.complete(connection, job)
    assert jobs.get(connection, job.id) is None


def test_one_job_a_lane_in_order_of_id(connection: Connection) -> None:
    for key, lane in [("1", "a"), ("2", "b"), ("3", "a"), ("4", "c")]:
        add(connection, key, lane)
    first = take(connection, limit=2)
    assert keys(first) == ["1", "2"]
    assert keys(take(connection)) == ["4"]
    jobs.complete(connection, first[0])
    assert keys(take(connection)) == ["3"]
    assert keys(jobs.in_lane(connection, "b")) == ["2"]


def test_a_job_of_another_kind_holds_its_lane_too(connection: Connection) -> None:
    add(connection, "1")
    jobs.enqueue(connection, "mail", "a", "2", {}, NOON)
    assert jobs.claim(connection, ["mail"], NOON, LEASE, 10) == []


def test_a_lane_waits_for_its_first_job_and_delays_no_other(connection: Connection) -> None:
    add(connection, "1", due=30)
    add(connection, "2", due=0)
    add(connection, "3", "b", due=10)
    (third,) = take(connection, now=10)
    assert third.key == "3"
    jobs.complete(connection, third)
    (first,) = take(connection, now=30)
    jobs.retry(connection, first, seconds(90), "peer_unreachable")
    assert take(connection, now=60) == []
    (again,) = take(connection, now=90)
    assert (again.key, again.attempts, again.last_code) == ("1", 2, "peer_unreachable")


def test_a_stopped_job_lets_its_lane_go_on_until_it_is_resumed(connection: Connection) -> None:
    for key in "123":
        add(connection, key)
    (first,) = take(connection)
    jobs.stop(connection, first, "peer_refuses")
    (second,) = take(connection)
    assert second.key == "2"
    jobs.resume(connection, first.id, seconds(5))
    assert take(connection, now=5) == []  # one at a time, also when an earlier one comes back
    jobs.complete(connection, second)
    (resumed,) = take(connection, now=5)
    assert (resumed.key, resumed.attempts, resumed.stopped) == ("1", 1, False)


def test_a_stopped_job_is_not_started_by_being_asked_for(connection: Connection) -> None:
    add(connection, "1")
    jobs.stop(connection, take(connection)[0], "peer_refuses")
    add(connection, "1")
    assert take(connection, now=500) == []


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_fenced_off(
    connection: Connection,
) -> None:
    add(connection, "1")
    (late,) = take(connection)
    assert take(connection, now=59) == []
    (now,) = take(connection, now=60)
    assert (now.id, now.fence) == (late.id, 2)
    acts: list[Callable[[], None]] = [
        lambda: jobs.complete(connection, late),
        lambda: jobs.retry(connection, late, NOON, "x"),
        lambda: jobs.stop(connection, late, "x"),
        lambda: jobs.renew(connection, late, seconds(500)),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="job_taken_over"):
            act()
    jobs.complete(connection, now)


def test_a_renewed_lease_is_kept(connection: Connection) -> None:
    add(connection, "1")
    (job,) = take(connection)
    jobs.renew(connection, job, seconds(300))
    assert take(connection, now=299) == []
    assert len(take(connection, now=300)) == 1


def test_an_id_is_never_used_twice_so_that_a_sleeper_completes_nothing_new(
    connection: Connection,
) -> None:
    add(connection, "old")
    (old,) = take(connection)
    jobs.complete(connection, old)
    add(connection, "new")
    (new,) = take(connection)
    assert new.fence == old.fence
    with pytest.raises(Conflict, match="job_taken_over"):
        jobs.complete(connection, old)
    assert keys(jobs.in_lane(connection, "a")) == ["new"]


def test_the_same_key_waits_once_at_the_earlier_time(connection: Connection) -> None:
    for due in (30, 10, 20):
        add(connection, "1", due=due)
    (job,) = jobs.in_lane(connection, "a")
    assert job.due_at == seconds(10)


def test_work_asked_for_while_it_is_done_is_done_once_more(connection: Connection) -> None:
    add(connection, "1")
    (first,) = take(connection)
    add(connection, "1", due=900)
    jobs.complete(connection, first)
    (second,) = take(connection)
    assert (second.id, second.attempts) == (first.id, 1)
    jobs.complete(connection, second)
    assert jobs.in_lane(connection, "a") == []


def test_a_job_that_is_gone_or_being_done_cannot_be_resumed(connection: Connection) -> None:
    add(connection, "1")
    (job,) = take(connection)
    for job_id in (job.id, 99):
        with pytest.raises(Conflict, match="job_not_waiting"):
            jobs.resume(connection, job_id, NOON)


def test_a_payload_has_room_for_ids_only(connection: Connection) -> None:
    with pytest.raises(TooLarge, match="job_payload"):
        jobs.enqueue(connection, "mail", "a", "k", {"text": "x" * 2048}, NOON)


def test_work_queued_in_a_transaction_that_fails_is_not_queued(database: Database) -> None:
    def fail() -> None:
        with database.write() as uow:
            add(uow.connection, "1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with database.read() as reading:
        assert jobs.in_lane(reading.connection, "a") == []


def test_racing_workers_never_have_one_job_or_one_lane_twice(database: Database) -> None:
    lanes, each = 5, 8
    with database.write() as uow:
        for number in range(lanes * each):
            add(uow.connection, str(number), f"lane {number % lanes}")
    done: list[int] = []
    working: set[str] = set()

    def work() -> None:
        while len(done) < lanes * each:
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

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        module, _ = sqlite.choose_module()
        self.engine = create_engine("sqlite://", module=module, poolclass=StaticPool)
        tables.jobs.create(self.engine)
        self.connection = self.engine.connect()
        self.model: dict[int, Job] = {}
        self.last_id = 0
        self.now = 0

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()

    @rule(lane=st.sampled_from("ab"), n=st.integers(1, 4), delay=st.integers(-30, 90))
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
            new.id, "deliver", lane, key, {"statement": key}, due, None, 0, 0, None, False, False
        )

    @rule(by=st.integers(1, 120))
    def time_passes(self, by: int) -> None:
        self.now += by

    def _next_of(self, lane: str) -> Job | None:
        """The job of a lane that may be claimed now, by the rules in words."""
        rest = [job for job in self.model.values() if job.lane == lane]
        leased = [job for job in rest if job.lease_until and job.lease_until > seconds(self.now)]
        waiting = sorted((job for job in rest if not job.stopped), key=lambda job: job.id)
        if leased or not waiting or waiting[0].due_at > seconds(self.now):
            return None
        return waiting[0]

    @rule(target=held, limit=st.integers(1, 3))
    def claim(self, limit: int) -> list[Job]:
        ready = [job for lane in "ab" if (job := self._next_of(lane))]
        ready.sort(key=lambda job: (job.due_at, job.id))
        expected = [
            replace(
                job,
                lease_until=seconds(self.now) + LEASE,
                fence=job.fence + 1,
                attempts=job.attempts + 1,
                again=False,
            )
            for job in ready[:limit]
        ]
        claimed = take(self.connection, self.now, limit)
        assert claimed == expected
        self.model |= {job.id: job for job in claimed}
        return claimed

    def _fenced(self, job: Job) -> bool:
        known = self.model.get(job.id)
        return known is None or known.fence != job.fence

    @rule(jobs_held=consumes(held), delay=st.integers(0, 90), how=st.sampled_from("crsn"))
    def finish(self, jobs_held: list[Job], delay: int, how: str) -> None:
        for job in jobs_held:
            if self._fenced(job):
                with pytest.raises(Conflict, match="job_taken_over"):
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

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        stopped = [job for job in self.model.values() if job.stopped]
        if stopped:
            job = data.draw(st.sampled_from(stopped))
            jobs.resume(self.connection, job.id, seconds(self.now))
            self.model[job.id] = replace(job, due_at=seconds(self.now), attempts=0, stopped=False)

    @invariant()
    def the_table_is_as_the_model(self) -> None:
        stored = [job for lane in "ab" for job in jobs.in_lane(self.connection, lane)]
        assert {job.id: job for job in stored} == self.model


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
