"""Work: when it is tried again, when it stops, and what it does not hold up."""

from datetime import timedelta

import pytest

from app.errors import Unavailable
from app.flows import draft, health, read, send, work
from app.flows.site import Site
from app.outside.peers import Answer, Refused
from app.store import jobs
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, THIRD, WORKER, Two, Wire

LEASE = timedelta(minutes=1)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, endpoint: str = "") -> list[str]:
    """Whoever is posted to at `endpoint` (everywhere, if empty) gives no answer but `error`."""
    post, posted = Wire.post_statement, []

    def fail(self: Wire, to: str, wire: bytes) -> Answer:
        posted.append(to)
        if endpoint in ("", to):
            raise error
        return post(self, to, wire)

    monkeypatch.setattr(Wire, "post_statement", fail)
    return posted


def begun(two: Two) -> str:
    """A notification that is ready to be delivered."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    return handover


def once(site: Site, chance: float = 0.5) -> list[str]:
    return [work.run(site, job, chance) for job in work.claim(site, LEASE, 10)]


def lane(site: Site, handover: str) -> list[jobs.Job]:
    with site.database.read() as uow:
        return jobs.in_lane(uow.connection, f"deliver:{handover}")


def test_what_can_pass_is_tried_again_by_the_ladder_and_for_ever(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = begun(two)
    posted = failing(monkeypatch, Unavailable("peer-unreachable", "Nobody answers."))
    waits = []
    for _ in range(10):
        assert once(two.sender) == ["peer-unreachable"]
        (job,) = lane(two.sender, handover)
        waits.append(job.due_at - two.clock.now)
        two.clock.now = job.due_at - timedelta(seconds=1)
        assert once(two.sender) == []
        two.clock.now = job.due_at
    second, minute, hour = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
    ladder = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, *[10 * hour] * 5]
    assert waits == ladder
    assert len(posted) == 10
    (shown,) = read.show(two.sender, WORKER, handover)["deliveries"]
    assert (shown["attempts"], shown["problem"], shown["stopped"]) == (
        10,
        "peer-unreachable",
        False,
    )
    assert read.show(two.sender, WORKER, handover)["state"] == "notified"
    monkeypatch.undo()
    assert two.run() == ["done"]
    assert read.show(two.sender, WORKER, handover)["deliveries"] == []
    assert read.show(two.receiver, WORKER, handover)["state"] == "notified"


def test_the_waits_are_spread_and_a_peers_wish_is_honoured(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = begun(two)
    error = Refused("http-503", "Later", retryable=True, retry_after=90)
    failing(monkeypatch, error)
    assert once(two.sender, 0.0) == ["http-503"]
    (job,) = lane(two.sender, handover)
    assert job.due_at - two.clock.now == timedelta(seconds=90)
    two.clock.now = job.due_at
    once(two.sender, 0.0)
    (job,) = lane(two.sender, handover)
    assert job.due_at - two.clock.now == timedelta(minutes=4)


def test_a_final_no_without_a_signature_stops_and_is_seen(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = begun(two)
    failing(monkeypatch, Refused("key-revoked", "No", retryable=False))
    assert once(two.sender) == ["key-revoked"]
    two.clock.forward(days=30)
    assert once(two.sender) == []
    (shown,) = read.show(two.sender, WORKER, handover)["deliveries"]
    assert (shown["stopped"], shown["problem"], shown["next_try"]) == (True, "key-revoked", None)
    monkeypatch.undo()
    (job,) = lane(two.sender, handover)
    with two.sender.database.write() as uow:
        jobs.resume(uow.connection, job.id, two.clock.now)
    assert two.run() == ["done"]


def test_a_handovers_statements_go_one_after_the_other(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = begun(two)
    send.dispatch(two.sender, WORKER, handover, [], None)
    posted = failing(monkeypatch, Unavailable("peer-unreachable", "Nobody answers."))
    for _ in range(3):
        assert once(two.sender) == ["peer-unreachable"]
        two.clock.forward(hours=1)
    assert len(posted) == 3
    assert [job.attempts for job in lane(two.sender, handover)] == [3, 0]
    monkeypatch.undo()
    two.clock.forward(hours=1)
    assert once(two.sender) == ["done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "notified"
    assert once(two.sender) == ["done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "dispatched"


def test_a_dead_authority_delays_no_other(
    two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = []
    for number in range(3):
        row = draft.create(
            two.sender,
            WORKER,
            recipient=THIRD,
            own_reference=f"FICTION/{number}",
            transfer="cp_permanent",
            team=None,
            case_file=samples.case(),
        )
        send.notify(two.sender, WORKER, row.id, acts.NOTIFICATION)
        dead.append(row.id)
    two.clock.forward(seconds=1)
    alive = begun(two)
    failing(monkeypatch, Unavailable("peer-unreachable", "Nobody answers."), "http://127.0.0.1:3")
    assert once(two.sender) == ["peer-unreachable"] * 3 + ["done"]
    assert read.show(two.receiver, WORKER, alive)["state"] == "notified"
    for handover in dead:
        assert read.show(two.sender, WORKER, handover)["unconfirmed"]


def test_a_worker_that_slept_leaves_the_work_to_who_has_it_now(two: Two) -> None:
    handover = begun(two)
    (slow,) = work.claim(two.sender, LEASE, 10)
    assert work.claim(two.sender, LEASE, 10) == [], "one lane, one worker"
    two.clock.forward(minutes=2)
    (quick,) = work.claim(two.sender, LEASE, 10)
    assert work.run(two.sender, slow, 0.5) == "job-taken-over"
    assert len(lane(two.sender, handover)) == 1
    assert work.run(two.sender, quick, 0.5) == "done"
    assert lane(two.sender, handover) == []
    entries = read.ledger(two.receiver, WORKER, handover)["entries"]
    assert len(entries) == 1
    assert read.ledger(two.sender, WORKER, handover)["entries"] == entries
    assert entries[0]["from"] != RECEIVER


def test_a_worker_that_fails_late_changes_nothing(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(two)
    (slow,) = work.claim(two.sender, LEASE, 10)
    two.clock.forward(minutes=2)
    (quick,) = work.claim(two.sender, LEASE, 10)
    with monkeypatch.context() as patched:
        failing(patched, Unavailable("peer-unreachable", "Nobody answers."))
        assert work.run(two.sender, slow, 0.5) == "job-taken-over"
    assert work.run(two.sender, quick, 0.5) == "done"


@pytest.mark.parametrize("back", [timedelta(minutes=2), timedelta(hours=3), timedelta(days=30)])
def test_a_clock_that_is_put_back_makes_nothing_wait_for_the_same_hours_twice(
    two: Two, monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    two.clock.forward(days=31)
    handover = begun(two)
    posted = failing(monkeypatch, Unavailable("peer-unreachable", "Nobody answers."))
    assert once(two.sender) == ["peer-unreachable"]
    (before,) = lane(two.sender, handover)
    two.clock.now -= back
    assert once(two.sender) == []
    (after,) = lane(two.sender, handover)
    assert after.due_at == before.due_at - back
    two.clock.now = after.due_at
    assert once(two.sender) == ["peer-unreachable"]
    assert len(posted) == 2


def test_a_lease_does_not_outlast_a_clock_that_is_put_back(two: Two) -> None:
    """Its worker has died: the job is taken over when the lease would have ended."""
    begun(two)
    (held,) = work.claim(two.sender, LEASE, 10)
    assert held.lease_until is not None
    two.clock.now -= timedelta(hours=1)
    assert work.claim(two.sender, LEASE, 10) == []
    two.clock.now += LEASE
    (again,) = work.claim(two.sender, LEASE, 10)
    assert (again.id, again.fence) == (held.id, held.fence + 1)


def test_a_clock_behind_what_was_recorded_is_no_clock_to_work_by(two: Two) -> None:
    two.clock.forward(days=1)
    begun(two)
    two.clock.now -= timedelta(minutes=4)
    assert health.reasons(two.sender) == []
    two.clock.now -= timedelta(minutes=2)
    assert [one["code"] for one in health.reasons(two.sender)] == ["clock-behind"]
