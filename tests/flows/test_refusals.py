"""What is refused, by its own name, and what both sides keep of it."""

from functools import partial
from pathlib import Path

import pytest

from app.errors import Conflict, Unavailable
from app.flows import ledgers, read, receive, respond, send, uploading
from app.flows.receive import FinalRefusal
from app.flows.respond import Said
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.handover.statement import reopen
from app.store import statements
from tests.flows import acts
from tests.flows.acts import hand_in, kept, sealed, wire
from tests.flows.conftest import HEAD, THIRD, WORKER, Two, make_site, pair
from tests.handover import make
from tests.trust.making import refused


def final(site: Site, said: bytes, expected: str) -> bytes:
    """A signed refusal of this code."""
    with pytest.raises(FinalRefusal) as caught:
        receive.statement(site, said)
    refusal = reopen(caught.value.wire)
    assert (refusal.kind, refusal.payload.body["code"]) == ("refusal", expected)
    assert refusal.payload.place is None
    assert refusal.payload.body["of"] == reopen(said).digest
    return refusal.wire


def length(site: Site, handover: str) -> int:
    with site.database.read() as uow:
        return len(ledgers.load(uow, site, handover).entries)


# Others


def test_a_statement_for_another_is_not_taken(two: Two, third: Site) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    before = acts.everything(third)
    refused(partial(receive.statement, third, said), "statement-for-other")
    assert acts.everything(third) == before


def test_a_bundle_sealed_again_for_a_third_authority_matches_nobodys_statement(
    two: Two, third: Site
) -> None:
    """The receiver opens what it was sent and seals the same words for somebody else."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    again = sealed(third, "notification", make.HANDOVER)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, again.file)
    refused(partial(receive.complete, two.receiver, wanted.upload, wanted.secret), "bundle-digest")
    # And in the third authority's own name it is a bundle of another statement.
    passed_on = wire(
        two.receiver, "notification", make.ident("passed on"), again, to=THIRD, place=None
    )
    receipt = hand_in(third, passed_on, again.file)
    assert receipt.payload.body["code"] == "bundle-of-another-statement"


def test_a_third_authority_cannot_use_a_handover_of_others(two: Two, third: Site) -> None:
    handover = acts.notified(two)
    before = [acts.everything(site) for site in (two.sender, two.receiver)]
    bundle = sealed(two.receiver, "supplement", handover, sender=THIRD)
    opener = sealed(two.receiver, "notification", handover, sender=THIRD)
    said = [
        wire(third, "supplement", handover, bundle),
        wire(third, "notification", handover, opener),
        *(wire(third, kind, handover) for kind in ("recall", "fact")),
    ]
    for one in said * 3:
        error = refused(partial(receive.statement, two.receiver, one), "not-a-party")
        assert (type(error), error.retryable) == (Conflict, False), (
            "final, and not worth a signature"
        )
    with two.sender.database.read() as uow:
        head = ledgers.load(uow, two.sender, handover).entries[-1].digest
    for place, prev in ((1, None), (2, head), (2, make.digest("another head")), (None, None)):
        one = wire(third, "fact", handover, to=make.SENDER, place=place, prev=prev)
        refused(partial(receive.statement, two.sender, one), "not-a-party")
    assert [acts.everything(site) for site in (two.sender, two.receiver)] == before


def test_who_is_not_in_the_directory_stores_nothing(two: Two, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    stranger = make_site(tmp_path / "c", THIRD, two.clock, two.wire, "http://127.0.0.1:3")
    before = acts.everything(two.receiver)
    bundle = sealed(two.receiver, "notification", make.HANDOVER, sender=THIRD)
    said = wire(stranger, "notification", make.HANDOVER, bundle)
    error = refused(partial(receive.statement, two.receiver, said), "key-unknown")
    assert error.retryable, "our directory may be the older one"
    assert acts.everything(two.receiver) == before
    pair(two.receiver, stranger)
    assert hand_in(two.receiver, said, bundle.file).payload.body["result"] == "stored"
    stranger.database.close()


def test_answers_are_not_statements(two: Two) -> None:
    """Neither a receipt nor a question about the ledger takes a place, and none is stored."""
    acts.opened_by_hand(two)
    before = acts.everything(two.receiver)
    for kind in ("receipt", "refusal", "sync"):
        said = wire(two.sender, kind, make.HANDOVER)
        refused(partial(receive.statement, two.receiver, said), "not-an-entry")
    nothing = wire(two.sender, "sync", None)
    refused(partial(receive.statement, two.receiver, nothing), "not-an-entry")
    assert acts.everything(two.receiver) == before


# Too early, too late


@pytest.mark.parametrize("kind", ["recall", "fact", "supplement", "unheard_of"])
def test_what_comes_before_the_first_statement_waits(two: Two, kind: str) -> None:
    bundle = sealed(two.receiver, kind, make.HANDOVER) if kind == "supplement" else None
    said = wire(two.sender, kind, make.HANDOVER, bundle)
    before = acts.everything(two.receiver)
    error = refused(partial(receive.statement, two.receiver, said), "unknown-handover")
    assert error.retryable
    assert acts.everything(two.receiver) == before
    acts.opened_by_hand(two)
    receive.statement(two.receiver, said)


def test_a_recall_after_the_acceptance_is_refused_and_both_keep_the_refusal(two: Two) -> None:
    """They cross: the acceptance has the earlier place."""
    handover = acts.dispatched(two)
    acts.accept(two, handover)
    recall = acts.say(two.sender, handover, "recall", {"code": "returned_home"})
    assert sorted(two.run()) == ["done", "done"]
    (mine,), (theirs,) = (kept(site, handover, "refusal") for site in (two.receiver, two.sender))
    assert mine.wire == theirs.wire
    assert reopen(mine.wire).payload.body == {"of": recall.statement, "code": "not-in-this-state"}
    with two.sender.database.read() as uow:
        row = statements.get(uow.connection, recall.statement)
    assert row is not None
    assert row.status == "cancelled"
    for _ in range(2):
        two.clock.forward(hours=1)
        assert final(two.receiver, row.wire, "not-in-this-state") == mine.wire
    assert len(kept(two.receiver, handover, "refusal")) == 1
    for site in (two.sender, two.receiver):
        shown = read.show(site, HEAD, handover)
        assert (shown["state"], shown["unconfirmed"]) == ("accepted", [])
        assert [child["plan_held_by"] for child in shown["children"]] == [make.RECEIVER]


def test_a_refused_statement_with_a_bundle_is_refused_again_at_once(two: Two) -> None:
    """Nobody uploads the papers of what was refused for good."""
    handover = acts.dispatched(two)
    bundle = sealed(two.receiver, "dispatch", handover)
    said = wire(two.sender, "dispatch", handover, bundle, children=[acts.CHILD])
    first = final(two.receiver, said, "not-in-this-state")
    two.clock.forward(hours=1)
    assert final(two.receiver, said, "not-in-this-state") == first
    assert acts.everything(two.receiver)["uploads"] == []


def test_a_recall_overtakes_papers_that_still_wait(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    sent = send.dispatch(two.sender, WORKER, handover, [], None)

    def broken(*_: object) -> bytes:
        raise Unavailable("peer-unreachable", "The line is too thin for papers.")

    with monkeypatch.context() as patched:
        patched.setattr(type(two.wire), "upload", broken)
        assert two.run() == ["peer-unreachable"]
        respond.say(two.sender, WORKER, handover, "recall", Said({"code": "returned_home"}))
        assert two.run() == ["done"]
    shown = read.show(two.sender, WORKER, handover)
    assert (shown["state"], shown["unconfirmed"]) == ("recalled", [sent.statement])
    two.clock.forward(minutes=2)
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        shown = read.show(site, WORKER, handover)
        assert (shown["state"], shown["unconfirmed"], shown["deliveries"]) == ("recalled", [], [])
        (no,) = kept(site, handover, "refusal")
        assert reopen(no.wire).payload.body == {"of": sent.statement, "code": "not-in-this-state"}
    assert len(two.receiver.blobs.ids()) == 1, "only the notification's"


def test_a_recall_that_comes_while_the_papers_are_read_comes_first(two: Two) -> None:
    """The ledger is asked again when the bundle is whole."""
    acts.opened_by_hand(two)
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER)
    said = wire(two.sender, "dispatch", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    assert hand_in(two.receiver, wire(two.sender, "recall", make.HANDOVER)).payload.place == 2
    with pytest.raises(FinalRefusal) as caught:
        receive.complete(two.receiver, wanted.upload, wanted.secret)
    assert final(two.receiver, said, "not-in-this-state") == caught.value.wire
    assert acts.everything(two.receiver)["uploads"] == []
    assert len(two.receiver.blobs.ids()) == 1


def test_papers_that_were_recalled_in_the_middle_are_waited_for_no_longer(two: Two) -> None:
    acts.opened_by_hand(two)
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER)
    said = wire(two.sender, "dispatch", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file[:1000])
    hand_in(two.receiver, wire(two.sender, "recall", make.HANDOVER))
    final(two.receiver, said, "not-in-this-state")
    assert acts.everything(two.receiver)["uploads"] == []
    assert len(two.receiver.blobs.ids()) == 1, "only the notification's"


# A keeper that contradicts itself


def test_two_entries_for_one_place_are_kept_as_evidence(two: Two) -> None:
    handover = acts.dispatched(two)
    acts.say(two.receiver, handover, "fact")
    assert two.run() == ["done"]
    with two.receiver.database.read() as uow:
        entries = ledgers.load(uow, two.receiver, handover).entries
    visited = {"code": "visited", "on": "2026-12-18"}
    other = wire(two.receiver, "fact", handover, body=visited, place=3, prev=entries[1].digest)
    before = acts.index(two.sender)
    no = final(two.sender, other, "ledger-fork")
    assert final(two.sender, other, "ledger-fork") == no
    (evidence,) = kept(two.sender, handover, "evidence")
    assert evidence.wire == other
    assert acts.index(two.sender) == before
    assert length(two.sender, handover) == 3


def test_the_keepers_statements_come_in_order_and_by_the_chain(two: Two) -> None:
    handover = acts.notified(two)
    with two.receiver.database.read() as uow:
        head = ledgers.load(uow, two.receiver, handover).entries[0].digest
    early = wire(two.receiver, "fact", handover, place=3, prev=make.digest("not yet here"))
    error = refused(partial(receive.statement, two.sender, early), "ledger-place")
    assert error.retryable
    torn = wire(two.receiver, "fact", handover, place=2, prev=make.digest("another"))
    final(two.sender, torn, "ledger-prev")
    placeless = wire(two.receiver, "fact", handover)
    final(two.sender, placeless, "ledger-keeper")
    usurped = wire(two.sender, "fact", handover, place=2, prev=head)
    final(two.receiver, usurped, "ledger-keeper")
    assert length(two.sender, handover) == length(two.receiver, handover) == 1
