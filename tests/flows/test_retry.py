"""Sending again by one action: what was stopped, and what waits long."""

from datetime import timedelta

import pytest

from app.access import Caller
from app.errors import Conflict, NotAllowed, NotFound, Unavailable
from app.flows import read, retry, send, work
from app.outside.peers import Refused
from tests.flows.conftest import WORKER, Two
from tests.flows.test_work import begun, failing, lane, once


def told(two: Two, handover: str) -> str:
    statement: str = lane(two.sender, handover)[0].payload["statement"]  # type: ignore[assignment]
    return statement


def test_a_stopped_delivery_is_sent_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = begun(two)
    with monkeypatch.context() as patched:
        failing(patched, Refused("key-revoked", "No", retryable=False))
        assert once(two.sender) == ["key-revoked"]
    assert once(two.sender) == []
    retry.retry(two.sender, WORKER, handover, told(two, handover))
    assert two.run() == ["done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "notified"


def test_what_waits_before_it_in_its_lane_goes_first(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = begun(two)
    papers = send.dispatch(two.sender, WORKER, handover, [], None)
    with monkeypatch.context() as patched:
        failing(patched, Unavailable("peer-unreachable", "Nobody answers."))
        for _ in range(4):
            assert once(two.sender) == ["peer-unreachable"]
            two.clock.forward(hours=1)
        once(two.sender)
    assert once(two.sender) == []
    retry.retry(two.sender, WORKER, handover, papers.statement)
    assert [job.attempts for job in lane(two.sender, handover)] == [0, 0]
    assert two.run() == ["done", "done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "dispatched"


def test_all_of_a_handover(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = begun(two)
    send.dispatch(two.sender, WORKER, handover, [], None)
    with monkeypatch.context() as patched:
        failing(patched, Refused("key-revoked", "No", retryable=False))
        assert once(two.sender) + once(two.sender) == ["key-revoked", "key-revoked"]
    assert retry.retry_all(two.sender, WORKER, handover) == 2
    assert two.run() == ["done", "done"]
    assert retry.retry_all(two.sender, WORKER, handover) == 0


def test_a_statement_of_another_handover_is_not_found(two: Two) -> None:
    one, other = begun(two), begun(two)
    with pytest.raises(NotFound, match="no-such-delivery"):
        retry.retry(two.sender, WORKER, one, told(two, other))
    assert two.run() == ["done", "done"]
    with pytest.raises(NotFound, match="no-such-delivery"):
        retry.retry(two.sender, WORKER, one, "0" * 64)


def test_what_is_being_done_is_left_to_who_does_it(two: Two) -> None:
    handover = begun(two)
    assert work.claim(two.sender, timedelta(minutes=1), 10)
    with pytest.raises(Conflict, match="job-not-waiting"):
        retry.retry(two.sender, WORKER, handover, told(two, handover))
    assert retry.retry_all(two.sender, WORKER, handover) == 0


def test_only_who_may_speak_for_our_side(two: Two) -> None:
    handover = begun(two)
    reader = Caller("user-9", frozenset({"cp_chair"}), frozenset({"front-door"}))
    stranger = Caller("user-8", frozenset({"practitioner"}), frozenset({"elsewhere"}))
    for who, error in ((reader, NotAllowed), (stranger, NotFound)):
        with pytest.raises(error):
            retry.retry(two.sender, who, handover, told(two, handover))
        with pytest.raises(error):
            retry.retry_all(two.sender, who, handover)
