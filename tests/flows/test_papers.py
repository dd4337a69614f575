"""Sealed papers that were lost come back from the other side, sealed; to its parties only."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from app.crypto.ids import digest, new_id
from app.errors import Unavailable
from app.flows import disclose, health, papers, read, reindex, sync
from app.flows.site import Site
from app.handover.statement import reopen
from app.store import held, jobs, statements
from tests.flows import acts
from tests.flows.conftest import HEAD, RECEIVER, WORKER, Two
from tests.flows.drill import Drill, drill, into, nobody
from tests.trust.making import refused

__all__ = ["drill", "into"]


def sites(two: Two, side: str) -> tuple[Site, Site]:
    """Who is lucky, and who loses everything."""
    return (two.receiver, two.sender) if side == "sender" else (two.sender, two.receiver)


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_papers_of_either_side_come_back_sealed(drill: Drill, side: str) -> None:
    """Those that came, and our own, which our archive's key opens."""
    two = drill.two
    lucky, unlucky = sites(two, side)
    taken = drill.back_up(unlucky)
    handover = acts.dispatched(two)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    words = disclose.words(lucky, WORKER, handover, "dispatch", "To compare")
    new = drill.restore(unlucky, taken)
    assert set(drill.run(new)) == {"done"}
    with new.database.read() as uow:
        assert len(held.everything_named(uow.connection)) == 3
        assert jobs.of_kind(uow.connection, papers.KIND) == []
    found = disclose.words(new, WORKER, handover, "dispatch", "To plan")
    assert found == words
    index = acts.index(new)
    reindex.reindex(new, nobody)
    assert acts.index(new) == index
    (row,) = read.list_handovers(new, HEAD).rows
    assert row["label"] == read.show(lucky, HEAD, handover)["label"]


def test_papers_that_are_lost_at_both_sides_are_asked_for_on(drill: Drill) -> None:
    two = drill.two
    taken = drill.back_up(two.receiver)
    handover = acts.notified(two)
    for blob in two.sender.blobs.ids():
        two.sender.blobs.delete(blob)
    new = drill.restore(two.receiver, taken)
    assert set(drill.run(new)) == {"done", "no-such-bundle"}
    assert read.show(new, WORKER, handover)["state"] == "notified"
    acts.say(new, handover, "fact")
    found = [one.code for check, _ in health.CHECKS for one in health.done(check, new)]
    assert "papers-lacking" in found
    assert "restoring" not in found


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (lambda piece: piece[:-1] + bytes([piece[-1] ^ 1]), "bundle-digest"),
        (lambda _: b"", "peer-protocol"),
        (lambda piece: piece + b"x", "peer-protocol"),
    ],
    ids=["changed", "none", "more"],
)
def test_other_bytes_than_were_announced_are_not_kept(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, lie: Callable[[bytes], bytes], code: str
) -> None:
    two = drill.two
    taken = drill.back_up(two.receiver)
    acts.notified(two)
    new = drill.restore(two.receiver, taken)
    answer = papers.answer
    with monkeypatch.context() as patched:
        patched.setattr(papers, "answer", lambda *told: lie(answer(*told)))
        assert set(drill.run(new)) == {"done", code}
    assert new.blobs.ids() == []
    two.clock.forward(minutes=1)
    assert set(drill.run(new)) == {"done"}
    assert len(new.blobs.ids()) == 1


def test_large_papers_come_in_pieces_and_go_on_after_a_cut(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = drill.two
    monkeypatch.setattr(papers, "PIECE", 1000)
    taken = drill.back_up(two.receiver)
    acts.notified(two)
    new = drill.restore(two.receiver, taken)
    answer, asked = papers.answer, []

    def cut(site: Site, wire: bytes) -> bytes:
        asked.append(reopen(wire).body.offset)  # type: ignore[union-attr] # that kind alone
        if len(asked) == 2:
            raise Unavailable("cut", "Cut")
        return answer(site, wire)

    monkeypatch.setattr(papers, "answer", cut)
    assert set(drill.run(new)) == {"done", "cut"}
    two.clock.forward(minutes=1)
    assert set(drill.run(new)) == {"done"}
    assert asked[:3] == [0, 1000, 1000]
    assert asked == sorted(asked)


def test_papers_are_given_to_their_parties_only(two: Two, third: Site) -> None:
    handover, other = acts.notified(two), acts.notified(two)
    with two.receiver.database.read() as uow:
        bundle = statements.with_status(uow.connection, handover, "entry")[0].bundle

    def ask(by: Site, of: str | None, wanted: str | None, **more: Any) -> bytes:
        body: dict[str, Any] = {"nonce": new_id(), **more}
        if wanted:
            body |= {"bundle": wanted, "offset": 0}
        return acts.wire(by, "sync", of, body=body, to=RECEIVER)

    answer = partial(papers.answer, two.receiver)
    assert len(answer(ask(two.sender, handover, bundle))) > 2000
    question = ask(two.sender, handover, bundle)
    answer(question)
    refused(partial(answer, question), "nonce-used")
    refused(partial(answer, ask(third, handover, bundle)), "no-such-handover")
    refused(partial(answer, ask(two.sender, other, bundle)), "no-such-bundle")
    refused(partial(answer, ask(two.sender, handover, digest(b"x"))), "no-such-bundle")
    refused(partial(answer, ask(two.sender, None, bundle)), "sync-form")
    refused(partial(answer, ask(two.sender, handover, None, have=0)), "sync-form")
    refused(partial(sync.answer, two.receiver, ask(two.sender, handover, bundle)), "sync-form")
