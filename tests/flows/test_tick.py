"""Time goes by: what expires, what stays, and that each tick is done once, whatever happens."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.flows import draft, expire, read, receive, respond, send, tick, uploading, work
from app.flows.attaching import AttachmentSink
from app.flows.respond import Said
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.store import drafts, idempotency, jobs, nonces, uploads
from app.store.idempotency import IdempotencyRow
from app.store.nonces import NonceRow
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import WORKER, Two
from tests.handover import make


def ticks(site: Site) -> list[str]:
    with site.database.read() as uow:
        return [job.key for job in jobs.in_lane(uow.connection, tick.LANE)]


def has_draft(site: Site, id_: str) -> bool:
    with site.database.read() as uow:
        return drafts.get(uow.connection, id_) is not None


def attach(two: Two, draft_id: str, number: int = 1) -> None:
    sink = AttachmentSink(two.sender, WORKER, draft_id, number, "a.txt", "text/plain")
    sink.feed(b"fictional")
    sink.finish()


# The chain


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticks with nothing to do."""
    monkeypatch.setattr(tick, "WORKS", ())


@pytest.mark.usefixtures("idle")
def test_workers_together_make_one_tick_a_period(two: Two) -> None:
    for _ in range(3):
        work.begin(two.sender)
    assert ticks(two.sender) == ["tick:2026-12-18T15"]
    assert two.run() == ["done"]
    assert ticks(two.sender) == ["tick:2026-12-18T16"]
    work.begin(two.sender)
    assert ticks(two.sender) == ["tick:2026-12-18T16"]
    assert two.run() == []
    two.clock.forward(minutes=59)
    assert two.run() == []
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]
    two.clock.forward(days=9)
    assert two.run() == ["done"], "what was missed is not done many times"
    assert ticks(two.sender) == ["tick:2026-12-27T17"]


@pytest.mark.usefixtures("idle")
def test_a_crash_in_the_middle_of_a_tick_loses_nothing(two: Two) -> None:
    work.begin(two.sender)
    (job,) = work.claim(two.sender, timedelta(minutes=1), 10)
    tick.tick(two.sender)  # and here the machine goes down: nobody completes the job
    assert ticks(two.sender) == [job.key, "tick:2026-12-18T16"]
    two.clock.forward(hours=3)
    assert two.run() == ["done", "done"]
    assert ticks(two.sender) == ["tick:2026-12-18T19"]


@pytest.mark.usefixtures("idle")
def test_a_clock_put_back_and_set_right_again_makes_no_tick_follow_itself(two: Two) -> None:
    tick.begin(two.sender)
    assert two.run() == ["done"]
    two.clock.now -= timedelta(hours=2)
    assert two.run() == []
    two.clock.now += timedelta(hours=2)
    assert two.run() == ["done"]
    two.clock.forward(minutes=59)
    assert two.run() == []
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]


@pytest.mark.parametrize("error", [Unavailable("database-busy", "Later"), ZeroDivisionError()])
def test_what_fails_stops_nothing_else(
    two: Two, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    done = []

    def fails(site: Site, now: datetime) -> None:
        raise error

    def works(site: Site, now: datetime) -> None:
        done.append(now)

    monkeypatch.setattr(tick, "WORKS", (("one", fails), ("two", works)))
    work.begin(two.sender)
    assert two.run() == ["done"]
    assert done == [two.clock.now]
    assert ticks(two.sender) == ["tick:2026-12-18T16"]


# Drafts


def test_a_draft_that_was_not_sent_goes_with_all_that_was_sealed_for_it(two: Two) -> None:
    before = two.sender.blobs.ids()
    handover = acts.begin(two)
    attach(two, handover)
    two.clock.forward(days=29, hours=23)
    tick.tick(two.sender)
    assert has_draft(two.sender, handover)
    two.clock.forward(hours=1)
    tick.tick(two.sender)
    assert not has_draft(two.sender, handover)
    assert two.sender.blobs.ids() == before
    assert acts.everything(two.sender)["draft_attachments"] == []


def test_work_on_a_draft_keeps_it(two: Two) -> None:
    for change in ("case file", "document"):
        handover = acts.begin(two)
        two.clock.forward(days=20)
        if change == "document":
            attach(two, handover)
        else:
            draft.replace_case_file(two.sender, WORKER, handover, samples.case())
        two.clock.forward(days=29)
        tick.tick(two.sender)
        assert has_draft(two.sender, handover), change
        two.clock.forward(days=1)
        tick.tick(two.sender)
        assert not has_draft(two.sender, handover), change


def test_papers_that_are_owed_stay_until_they_are_sent(two: Two) -> None:
    handover = acts.notified(two)
    two.clock.forward(days=200)
    tick.tick(two.sender)
    assert has_draft(two.sender, handover)
    send.dispatch(two.sender, WORKER, handover, [], None)
    two.clock.forward(days=29)
    tick.tick(two.sender)
    assert has_draft(two.sender, handover)
    two.clock.forward(days=1)
    tick.tick(two.sender)
    assert not has_draft(two.sender, handover)
    assert set(two.run()) == {"done"}, "the sealed bundle is there and is delivered"
    assert read.show(two.receiver, WORKER, handover)["state"] == "dispatched"


def test_a_handover_that_was_withdrawn_owes_no_papers(two: Two) -> None:
    handover = acts.notified(two)
    respond.say(two.sender, WORKER, handover, "recall", Said({"code": "returned_home"}))
    two.clock.forward(days=31)
    tick.tick(two.sender)
    assert not has_draft(two.sender, handover)


def test_a_draft_that_is_changed_at_the_last_moment_stays(two: Two) -> None:
    handover = acts.begin(two)
    two.clock.forward(days=30)
    with two.sender.database.read() as uow:
        (row,) = drafts.expired(uow.connection, two.clock.now, 10)
    draft.replace_case_file(two.sender, WORKER, handover, samples.case())
    expire._throw_away(two.sender, row, two.clock.now)
    assert draft.case_file(two.sender, draft.find(two.sender, WORKER, handover))


# Uploads, requests, blobs


def test_an_upload_that_nobody_goes_on_with_frees_its_place(two: Two) -> None:
    words = acts.sealed(two.receiver, "notification", make.HANDOVER)
    said = acts.wire(two.sender, "notification", make.HANDOVER, words)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, words.file[:100])
    two.clock.forward(hours=71)
    tick.tick(two.receiver)
    assert uploading.reached(two.receiver, wanted.upload, wanted.secret) == 100
    two.clock.forward(hours=1)
    tick.tick(two.receiver)
    with two.receiver.database.read() as uow:
        assert uploads.get(uow.connection, wanted.upload) is None
    assert wanted.upload not in two.receiver.blobs.ids()
    assert acts.hand_in(two.receiver, said, words.file).kind == "receipt"


def test_old_requests_are_forgotten_and_new_ones_are_not(two: Two) -> None:
    with two.sender.database.write() as uow:
        for days in (31, 29):
            key = idempotency.digest(str(days))
            at = two.clock.now - timedelta(days=days)
            idempotency.insert(uow.connection, IdempotencyRow("u", key, key, key, at))
        for minutes in (11, 9):
            at = two.clock.now - timedelta(minutes=minutes)
            nonces.use(uow.connection, NonceRow("p", str(minutes), at))
    tick.tick(two.sender)
    left = acts.everything(two.sender)
    assert len(left["idempotency"]) == 1
    assert idempotency.digest("29") in left["idempotency"][0]
    assert len(left["nonces"]) == 1
    assert "'9'" in left["nonces"][0]


def test_lost_blobs_go_and_those_that_a_row_names_stay(two: Two, tmp_path: Path) -> None:
    handover = acts.dispatched(two)
    attach(two, acts.begin(two))
    named = two.sender.blobs.ids()
    for name in ("lost", "late"):
        two.sender.blobs.append(name, 0, b"sealed")
    for folder in (tmp_path / "a" / "blobs" / "uploads").iterdir():
        age = 29 if folder.name == "late" else 31
        at = time.time() - timedelta(days=age).total_seconds()
        os.utime(folder, (at, at))
    for _ in range(2):
        assert "lost" in two.sender.blobs.ids(), "whoever has not looked for long looks again"
        tick.tick(two.sender)
    assert sorted(two.sender.blobs.ids()) == sorted([*named, "late"])
    assert read.show(two.sender, WORKER, handover)["state"] == "dispatched"
