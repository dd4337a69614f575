"""Jobs: lanes keep their order, leases run out, and a fence that moved on stops the late."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from app.errors import Conflict, TooLarge
from app.store import jobs
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
    jobs.enqueue(connection, "mail", "a", "k", {"handover": "01H", "try": 2}, seconds(-5), "a peer")
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
        share="a peer",
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


def shared(connection: Connection, key: str, share: str, due: int = 0) -> None:
    """A job in a lane of its own."""
    jobs.enqueue(connection, "deliver", key, key, {}, seconds(due), share)


def test_jobs_of_one_share_take_turns_and_delay_no_other(connection: Connection) -> None:
    for number in range(2 * jobs.SHARE):
        shared(connection, f"p{number}", "p")
    shared(connection, "q", "q", due=1)
    add(connection, "1", "a", due=1)
    add(connection, "2", "b", due=1)
    taken = take(connection, now=1, limit=jobs.SHARE + 2)
    assert keys(taken) == ["p0", "p1", "p2", "q", "1"]
    assert keys(take(connection, now=1)) == ["2"]
    jobs.complete(connection, taken[0])
    jobs.retry(connection, taken[1], seconds(500), "peer-unreachable")
    assert keys(take(connection, now=1)) == ["p3", "p4"]
    assert take(connection, now=1) == []


def test_a_turn_ends_with_its_lease(connection: Connection) -> None:
    for number in range(2 * jobs.SHARE):
        shared(connection, f"p{number}", "p")
    assert len(take(connection)) == jobs.SHARE
    assert take(connection, now=59) == []
    assert keys(take(connection, now=60)) == ["p0", "p1", "p2"]


def test_what_ails_is_told_from_the_rest_by_its_share(connection: Connection) -> None:
    for key in ("x1", "x2", "y1"):
        jobs.enqueue(connection, "deliver", key, key, {}, NOON, key[0])
    jobs.enqueue(connection, "deliver", "none", "none", {}, NOON)
    assert keys(claimed(connection, ailing=True)) == []
    (tried,) = take(connection, limit=1)
    jobs.retry(connection, tried, seconds(100), "peer-unreachable")
    assert keys(claimed(connection, ailing=False)) == ["y1", "none"]
    assert keys(claimed(connection, ailing=True)) == ["x2"], "though nobody has tried this one"
    (again,) = [one for one in claimed(connection, now=100, ailing=True) if one.id == tried.id]
    jobs.stop(connection, again, "peer-refused")
    jobs.enqueue(connection, "deliver", "x4", "x4", {}, seconds(100), "x")
    assert "x4" in keys(claimed(connection, now=100, ailing=False)), "a person has to look at that"


def claimed(connection: Connection, now: int = 0, *, ailing: bool) -> list[Job]:
    return jobs.claim(connection, KINDS, seconds(now), LEASE, 10, ailing)


def test_what_its_lane_holds_back_takes_no_turn(connection: Connection) -> None:
    for number in range(2 * jobs.SHARE):
        jobs.enqueue(connection, "deliver", "one lane", f"{number}", {}, NOON, "p")
    shared(connection, "other", "p", due=1)
    assert keys(take(connection, now=1)) == ["0", "other"]


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


def test_a_worker_whose_job_was_stopped_cannot_complete_it(connection: Connection) -> None:
    add(connection, "1")
    (at_work,) = take(connection)
    (seen,) = jobs.in_lane(connection, "a")
    jobs.stop(connection, seen, "given_up")
    with pytest.raises(Conflict, match="job-taken-over"):
        jobs.complete(connection, at_work)
    assert [job.stopped for job in jobs.in_lane(connection, "a")] == [True]


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
        lambda: jobs.give_back(connection, late),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="job-taken-over"):
            act()
    jobs.complete(connection, now)


def test_a_renewed_lease_is_kept(connection: Connection) -> None:
    add(connection, "1")
    (job,) = take(connection)
    jobs.renew(connection, job, seconds(300))
    assert take(connection, now=299) == []
    assert len(take(connection, now=300)) == 1


def test_what_is_given_back_is_taken_at_once_and_was_no_attempt(connection: Connection) -> None:
    add(connection, "1")
    (given,) = take(connection)
    jobs.give_back(connection, given)
    (taken,) = take(connection)
    assert (taken.attempts, taken.last_code, taken.due_at) == (1, None, given.due_at)
    with pytest.raises(Conflict, match="job-taken-over"):
        jobs.complete(connection, given)
    jobs.complete(connection, taken)


def test_an_id_is_never_used_twice_so_that_a_sleeper_completes_nothing_new(
    connection: Connection,
) -> None:
    add(connection, "old")
    (old,) = take(connection)
    jobs.complete(connection, old)
    add(connection, "new")
    (new,) = take(connection)
    assert new.fence == old.fence
    with pytest.raises(Conflict, match="job-taken-over"):
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
        with pytest.raises(Conflict, match="job-not-waiting"):
            jobs.resume(connection, job_id, NOON)


def test_a_payload_has_room_for_ids_only(connection: Connection) -> None:
    with pytest.raises(TooLarge, match="job-payload"):
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
