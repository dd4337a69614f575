"""A receiver that refuses for good what begins a handover does not make it disappear."""

import pytest

from app.errors import Conflict
from app.flows import deliver, read, reindex, send, sync
from app.handover.statement import reopen
from tests.flows import acts
from tests.flows.acts import kept, wire
from tests.flows.conftest import HEAD, SENDER, WORKER, Two
from tests.handover import make


@pytest.fixture
def refused(two: Two) -> str:
    """A handover whose notification the other side refused."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    (said,) = kept(two.sender, handover, "pending")
    body = {"of": said.digest, "code": "not-in-this-state"}
    deliver.save_answer(
        two.sender, reopen(said.wire), wire(two.receiver, "refusal", handover, body=body)
    )
    return handover


def test_it_is_shown_with_what_was_refused(two: Two, refused: str) -> None:
    shown = read.show(two.sender, WORKER, refused)
    assert [one["code"] for one in shown["failed"]] == ["not-in-this-state"]
    assert [one["state"] for one in shown["children"]] == ["notified"]


def test_its_clocks_run_on(two: Two, refused: str) -> None:
    two.clock.forward(days=60)
    late = read.overdue(two.sender, HEAD).rows
    assert {one["handover"] for one in late} == {refused}
    assert read.show(two.sender, WORKER, refused)["overdue"] == len(late)


def test_reindexing_keeps_it(two: Two, refused: str) -> None:
    before = acts.index(two.sender)
    assert before["handovers"]
    reindex.reindex(two.sender, lambda *_: None)
    assert acts.index(two.sender) == before


def test_others_handovers_are_still_told_to_who_asks(two: Two, refused: str) -> None:
    question = wire(two.receiver, "sync", None, to=SENDER, body={"nonce": make.ident("nonce")})
    assert [reopen(one).handover for one in sync.answer(two.sender, question)] == [refused]


def test_they_are_notified_again_and_the_papers_follow(two: Two, refused: str) -> None:
    two.clock.forward(hours=1)
    send.notify(two.sender, WORKER, refused, acts.NOTIFICATION)
    assert set(two.run()) == {"done"}
    with pytest.raises(Conflict, match="already-notified"):
        send.notify(two.sender, WORKER, refused, acts.NOTIFICATION)
    send.dispatch(two.sender, WORKER, refused, [], None)
    assert set(two.run()) == {"done"}
    for site in (two.sender, two.receiver):
        shown = read.show(site, WORKER, refused)
        assert [one["state"] for one in shown["children"]] == ["dispatched"]
        before = acts.index(site)
        reindex.reindex(site, lambda *_: None)
        assert acts.index(site) == before
