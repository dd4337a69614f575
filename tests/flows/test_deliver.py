"""Delivering: answers that do not answer, answers that are lost, and what is said twice."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from app.errors import CaseHandoverError, Unavailable
from app.flows import deliver, ledgers, project, read, respond, send
from app.flows.respond import Said
from app.flows.site import Site
from app.handover.statement import Statement, reopen
from app.outside.peers import Answer, Refused, Upload
from app.store import statements
from tests.flows import acts
from tests.flows.acts import kept, wire
from tests.flows.conftest import WORKER, Two, Wire
from tests.handover import make
from tests.trust.making import refused

Forge = Callable[[Two, Statement], bytes]


def answering(two: Two, statement: Statement, kind: str = "receipt", **changes: Any) -> bytes:
    """The receiver's answer, with changes."""
    outcome = {"result": "stored"} if kind == "receipt" else {"code": "not-in-this-state"}
    body = {"of": changes.pop("of", statement.digest), **outcome}
    claims = {"place": 1} if kind == "receipt" else {}
    handover = changes.pop("handover", statement.handover)
    by: Site = changes.pop("by", two.receiver)
    return wire(by, kind, handover, body=body, **{**claims, **changes})


FORGED: dict[str, Forge] = {
    "of another digest": partial(answering, of=make.digest("another statement")),
    "of another handover": partial(answering, handover=make.ident("another handover")),
    "a refusal of another": partial(answering, kind="refusal", of=make.digest("another")),
    "by ourselves": lambda two, said: answering(two, said, by=two.sender, to=two.sender.authority),
    "a statement": lambda two, said: wire(two.receiver, "fact", said.handover, place=1),
    "a page": lambda *_: b"<html>Please log in</html>",
    "nothing": lambda *_: b"",
    "flipped": lambda two, said: answering(two, said)[:-9] + b"AAAA" + answering(two, said)[-5:],
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_what_does_not_answer_is_tried_again_and_changes_nothing(two: Two, forge: Forge) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    (pending,) = kept(two.sender, handover, "pending")
    said = reopen(pending.wire)
    before = acts.everything(two.sender)
    with pytest.raises(CaseHandoverError) as caught:
        deliver.save_answer(two.sender, said, forge(two, said))
    assert caught.value.retryable
    assert acts.everything(two.sender) == before
    assert two.run() == ["done"]
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == []


def test_receipts_of_one_ledger_do_not_count_in_another(two: Two) -> None:
    one, other = acts.begin(two), acts.begin(two)
    for handover in (one, other):
        send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    assert two.run() == ["done", "done"]
    with two.sender.database.read() as uow:
        first, second = (ledgers.load(uow, two.sender, each).entries[0] for each in (one, other))
    assert first.receipt is not None
    assert second.receipt is not None
    before = acts.everything(two.sender)
    refused(
        partial(deliver.save_answer, two.sender, first.statement, second.receipt.wire),
        "answer-not-for-this",
    )
    assert acts.everything(two.sender) == before


@pytest.mark.parametrize("kind", ["receipt", "refusal"])
def test_a_second_other_answer_is_evidence(two: Two, kind: str) -> None:
    handover = acts.notified(two)
    with two.sender.database.read() as uow:
        entry = ledgers.load(uow, two.sender, handover).entries[0]
    two.clock.forward(seconds=1)
    other = answering(two, entry.statement, kind)
    before = acts.index(two.sender)
    code = "ledger-fork" if kind == "receipt" else "receipt-unknown"
    error = refused(partial(deliver.save_answer, two.sender, entry.statement, other), code)
    assert not error.retryable
    assert [row.wire for row in kept(two.sender, handover, "evidence")] == [other]
    assert acts.index(two.sender) == before
    deliver.save_answer(two.sender, entry.statement, other)  # known by now


def test_a_refusal_of_what_has_its_place_makes_somebody_look(two: Two) -> None:
    """The keeper's word stands; the other side's no to it is kept, and shown."""
    handover = acts.notified(two)
    said = acts.say(two.receiver, handover, "acknowledgement")
    with two.receiver.database.read() as uow:
        row = statements.get(uow.connection, said.statement)
    assert row is not None
    no = answering(two, reopen(row.wire), "refusal", by=two.sender)
    refused(partial(deliver.save_answer, two.receiver, reopen(row.wire), no), "peer-refused")
    assert [one.wire for one in kept(two.receiver, handover, "refusal")] == [no]
    assert read.show(two.receiver, WORKER, handover)["state"] == "acknowledged"


# Answers that are lost


def losing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The other side does what it is asked to, and its answer is lost on the way, once."""
    act = getattr(Wire, name)

    def lose(self: Wire, *arguments: Any) -> Answer | bytes:
        monkeypatch.setattr(Wire, name, act)
        with suppress(Refused):
            act(self, *arguments)
        raise Unavailable("peer-unreachable", "The connection was cut.")

    monkeypatch.setattr(Wire, name, lose)


def ledger(site: Site, handover: str) -> list[Any]:
    entries: list[Any] = read.ledger(site, WORKER, handover)["entries"]
    return entries


@pytest.mark.parametrize("lost", ["post_statement", "upload"])
def test_a_lost_answer_is_given_again_and_nothing_happens_twice(
    two: Two, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    handover = acts.notified(two)
    losing(monkeypatch, lost)
    sent = send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["peer-unreachable"]
    had = ledger(two.receiver, handover)
    assert len(had) == (2 if lost == "upload" else 1)
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == [sent.statement]
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]
    assert ledger(two.receiver, handover)[: len(had)] == had
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)
    assert len(two.receiver.blobs.ids()) == 2


def test_a_lost_refusal_is_given_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.dispatched(two)
    acts.accept(two, handover)
    acts.say(two.sender, handover, "recall")
    losing(monkeypatch, "post_statement")
    outcomes = two.run()
    two.clock.forward(minutes=1)
    assert sorted(outcomes + two.run()) == ["done", "done", "peer-unreachable"]
    (mine,), (theirs,) = (kept(site, handover, "refusal") for site in (two.sender, two.receiver))
    assert mine.wire == theirs.wire


def test_the_keepers_statement_is_receipted_once(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.notified(two)
    said = acts.say(two.receiver, handover, "acknowledgement")
    losing(monkeypatch, "upload")
    assert two.run() == ["peer-unreachable"]
    before = ledger(two.sender, handover)
    assert [one["kind"] for one in before] == ["notification", "acknowledgement"]
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]
    assert ledger(two.sender, handover) == before
    mine, theirs = (
        [row.wire for row in kept(site, handover, "receipt") if row.of == said.statement]
        for site in (two.sender, two.receiver)
    )
    assert mine == theirs
    assert len(mine) == 1


def test_the_receiver_may_speak_before_its_receipt_arrives(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its word has place 2, and the sender does not know of place 1 yet."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    losing(monkeypatch, "upload")
    assert two.run() == ["peer-unreachable"]
    acts.say(two.receiver, handover, "acknowledgement")
    assert two.run() == ["ledger-place"]
    two.clock.forward(minutes=1)
    assert sorted(two.run()) == ["done", "done"]
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)
    assert kept(two.receiver, handover, "refusal") == []


def test_statement_receipt_and_index_come_in_one_commit(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    send.dispatch(two.sender, WORKER, handover, [], None)
    before = acts.everything(two.receiver)

    def fails(*_: object) -> None:
        raise Unavailable("storage-full", "The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(project, "project", fails)
        assert two.run() == ["storage-full"]
    after = acts.everything(two.receiver)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"uploads", "blobs"}, "the upload waits, whole; nothing else has happened"
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)


def test_an_upload_that_was_cut_goes_on(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.notified(two)
    whole = Wire.upload
    offsets: list[int] = []

    def cut(self: Wire, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        def thin(offset: int, n: int) -> bytes:
            offsets.append(offset)
            if len(offsets) == 3:
                raise Unavailable("peer-unreachable", "The connection was cut.")
            return read_at(offset, min(n, 1000))

        return whole(self, upload, size, thin)

    monkeypatch.setattr(Wire, "upload", cut)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["peer-unreachable"]
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]
    assert offsets[:4] == [0, 1000, 2000, 2000]
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)


# What is issued while nobody answers


def test_what_waits_keeps_the_order_of_its_issue(two: Two) -> None:
    """All in one second, and with a clock that is put back."""
    handover = acts.notified(two)
    two.clock.forward(hours=1)
    said = []
    for number in range(12):
        body = {"query": make.ident(f"query {number}"), "about": "minutes"}
        said.append(acts.say(two.sender, handover, "query", body).statement)
        if number % 5 == 4:
            two.clock.forward(minutes=-1)
    with two.sender.database.read() as uow:
        replica = ledgers.load(uow, two.sender, handover)
    assert [one.digest for one in replica.pending] == said
    two.clock.forward(minutes=30)
    assert two.run() == ["done"] * 12
    for site in (two.sender, two.receiver):
        assert [one["digest"] for one in ledger(site, handover)][1:] == said


def test_papers_may_follow_the_notification_within_the_second(two: Two) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert read.show(two.sender, WORKER, handover)["state"] == "dispatched"
    respond.say(two.sender, WORKER, handover, "fact", Said({"code": "moved", "on": "2026-12-17"}))
    assert two.run() == ["done"] * 3
    for site in (two.sender, two.receiver):
        assert read.show(site, WORKER, handover)["state"] == "dispatched"


def test_what_was_cancelled_or_answered_is_not_sent_again(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    with two.sender.database.read() as uow:
        (row,) = statements.with_status(uow.connection, handover, "entry")

    def never(*_: object) -> Answer:
        raise AssertionError("posted")

    monkeypatch.setattr(Wire, "post_statement", never)
    deliver.deliver(two.sender, row.digest)
    deliver.deliver(two.sender, make.digest("unheard of"))


def test_who_has_no_endpoint_is_rung_up(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    (pending,) = kept(two.sender, handover, "pending")
    acts.assisted(two.sender, make.RECEIVER)
    error = refused(partial(deliver.deliver, two.sender, pending.digest), "no-endpoint")
    assert not error.retryable
