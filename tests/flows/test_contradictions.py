"""An authority that contradicts itself: both words are kept and seen, and nothing stands still."""

from functools import partial
from typing import Any

import pytest

from app.errors import Conflict
from app.flows import deliver, evidence, ledgers, read, receive, reindex, sync, verify
from app.flows.site import Site, directory_of
from app.handover.replica import Replica
from app.handover.statement import Statement, reopen
from app.handover.when import stamp
from tests.flows import acts
from tests.flows.acts import kept, wire
from tests.flows.conftest import HEAD, RECEIVER, WORKER, Two, Wire
from tests.handover import make
from tests.trust.making import refused


def replica(site: Site, handover: str) -> Replica:
    with site.database.read() as uow:
        return ledgers.load(uow, site, handover)


def placed(two: Two, handover: str, place: int, prev: str | None, **members: Any) -> bytes:
    """What the keeper says at a place."""
    body = members.pop("body", {"code": "visited", "on": "2026-12-18"})
    return wire(
        two.receiver, "fact", handover, body=body, place=place, prev=prev, seen=prev, **members
    )


def receipt(two: Two, of: Statement, place: int, prev: str | None) -> bytes:
    body = {"of": of.digest, "result": "stored"}
    return wire(two.receiver, "receipt", of.handover, body=body, place=place, prev=prev)


def alarms(two: Two, handover: str) -> list[tuple[str, str | None]]:
    shown = read.show(two.sender, WORKER, handover)
    (row,) = read.list_handovers(two.sender, HEAD).rows
    assert row["contradictions"] == shown["contradictions"] == len(shown["alarms"])
    assert {one["by"] for one in shown["alarms"]} <= {RECEIVER}
    return [(one["statement"], one["against"]) for one in shown["alarms"]]


def pending(two: Two, handover: str, kind: str = "fact") -> Statement:
    """A statement of the sender that nobody has answered."""
    said = acts.say(two.sender, handover, kind)
    (row,) = [row for row in kept(two.sender, handover, "pending") if row.digest == said.statement]
    acts.without_work(two.sender)
    return reopen(row.wire)


# Two words for one thing


def test_two_entries_for_one_place_are_an_alarm_and_a_pair_of_files(two: Two) -> None:
    handover = acts.notified(two)
    assert alarms(two, handover) == []
    acts.say(two.receiver, handover, "fact")
    assert two.run() == ["done"]
    first, second = replica(two.sender, handover).entries
    other = placed(two, handover, 2, first.digest)
    for _ in range(2):
        with pytest.raises(receive.FinalRefusal, match="ledger-fork"):
            receive.statement(two.sender, other)
    assert alarms(two, handover) == [(reopen(other).digest, second.digest)]
    files = {
        file.name: b"".join(file.pieces) for file in evidence.files(two.sender, WORKER, handover)
    }
    pair = [files["contradiction-01.jws"], files["contradiction-01-against.jws"]]
    assert pair == [other, second.statement.wire]
    with two.sender.database.read() as uow:
        directory = directory_of(uow, two.sender)
    told = [verify.verify_statement_alone(one, directory) for one in pair]
    assert [(said.payload.place, by) for said, by in told] == [(2, RECEIVER)] * 2
    assert told[0][0].digest != told[1][0].digest
    shown = read.show(two.sender, WORKER, handover)
    assert [one["state"] for one in shown["clocks"]], "the clocks run on"
    acts.say(two.receiver, handover, "acknowledgement")
    assert two.run() == ["done"]
    assert read.show(two.sender, WORKER, handover)["state"] == "acknowledged"


def test_two_receipts_for_one_statement_are_an_alarm(two: Two) -> None:
    handover = acts.notified(two)
    entry = replica(two.sender, handover).entries[0]
    two.clock.forward(seconds=1)
    other = receipt(two, entry.statement, 1, None)
    save = partial(deliver.save_answer, two.sender, entry.statement, other)
    refused(save, "ledger-fork")
    assert alarms(two, handover) == [(reopen(other).digest, entry.digest)]


def test_two_receipts_for_the_keepers_own_word_are_one_and_an_alarm(two: Two) -> None:
    handover = acts.notified(two)
    said = acts.say(two.receiver, handover, "fact")
    assert two.run() == ["done"]
    entry = replica(two.receiver, handover).entries[1]
    body = {"of": said.statement, "result": "unusable", "code": "bundle-open"}
    other = wire(two.sender, "receipt", handover, body=body)
    refused(partial(deliver.save_answer, two.receiver, entry.statement, other), "ledger-fork")
    (row,) = kept(two.receiver, handover, "evidence")
    assert row.wire == other
    assert read.show(two.receiver, WORKER, handover)["failed"] == []
    assert read.show(two.receiver, WORKER, handover)["contradictions"] == 1


def test_another_past_is_an_alarm(two: Two) -> None:
    handover = acts.notified(two)
    torn = placed(two, handover, 2, make.digest("another past"))
    with pytest.raises(receive.FinalRefusal, match="ledger-prev"):
        receive.statement(two.sender, torn)
    assert alarms(two, handover) == [(reopen(torn).digest, None)]


def test_an_answer_to_a_sync_that_tells_another_past_is_an_alarm(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    acts.say(two.receiver, handover, "fact")
    assert two.run() == ["done"]
    first, second = replica(two.sender, handover).entries
    other = placed(two, handover, 2, first.digest)
    monkeypatch.setattr(Wire, "sync", lambda *_: [other])
    for _ in range(2):
        refused(partial(sync.pull, two.sender, RECEIVER, handover), "ledger-fork")
    assert alarms(two, handover) == [(reopen(other).digest, second.digest)]
    assert replica(two.sender, handover).entries == (first, second)
    monkeypatch.setattr(Wire, "sync", lambda *_: [second.statement.wire])
    assert sync.pull(two.sender, RECEIVER, handover) == 0, "the same again is no contradiction"


def test_what_a_sync_brings_that_does_not_follow_is_an_alarm(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    (first,) = replica(two.sender, handover).entries
    body = {"bundles": [make.digest("a bundle")], "on": "2026-12-18"}
    wrong = wire(
        two.receiver, "destruction", handover, body=body, place=2, prev=first.digest,
        seen=first.digest,
    )  # fmt: skip
    monkeypatch.setattr(Wire, "sync", lambda *_: [wrong])
    refused(partial(sync.pull, two.sender, RECEIVER, handover), "not-in-this-state")
    assert alarms(two, handover) == [(reopen(wrong).digest, None)]


# Nothing is wedged


def refusal(two: Two, of: Statement) -> bytes:
    body = {"of": of.digest, "code": "not-in-this-state"}
    return wire(two.receiver, "refusal", of.handover, body=body)


@pytest.mark.parametrize("way", ["answer", "sync"])
def test_what_was_refused_and_is_placed_all_the_same_has_its_place(
    two: Two, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    handover = acts.notified(two)
    said = pending(two, handover)
    no = refusal(two, said)
    deliver.save_answer(two.sender, said, no)
    assert read.show(two.sender, WORKER, handover)["failed"]
    assert alarms(two, handover) == []
    acts.hand_in(two.receiver, said.wire)
    acts.say(two.receiver, handover, "acknowledgement")
    gave = replica(two.receiver, handover).entries[1].receipt
    assert gave is not None
    if way == "answer":
        deliver.save_answer(two.sender, said, gave.wire)
    else:
        assert sync.pull(two.sender, RECEIVER, handover) == 2
    two.clock.forward(hours=1)
    assert two.run() == ["done"]
    assert acts.ledger(two.sender, handover) == acts.ledger(two.receiver, handover)
    assert alarms(two, handover) == [(reopen(no).digest, gave.digest)]
    assert [row.wire for row in kept(two.sender, handover, "evidence")] == [no]
    assert read.show(two.sender, WORKER, handover)["failed"] == []
    rebuilt(two.sender)


def rebuilt(site: Site) -> None:
    """The index follows from what is stored."""
    before = acts.index(site)
    reindex.reindex(site, lambda *_: None)
    assert acts.index(site) == before


def test_a_receipt_that_does_not_fit_blames_no_good_entry(two: Two) -> None:
    handover = acts.notified(two)
    said = pending(two, handover)
    wrong = receipt(two, said, 3, make.digest("another past"))
    deliver.save_answer(two.sender, said, wrong)
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == [said.digest]
    acts.say(two.receiver, handover, "acknowledgement")
    assert two.run() == ["done"]
    assert alarms(two, handover) == [(reopen(wrong).digest, None)]
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == [said.digest]
    assert replica(two.sender, handover).receipts == {}
    good = acts.hand_in(two.receiver, said.wire)
    deliver.save_answer(two.sender, said, good.wire)
    acts.say(two.receiver, handover, "fact")
    assert two.run() == ["done"]
    assert acts.ledger(two.sender, handover) == acts.ledger(two.receiver, handover)
    assert len(acts.ledger(two.sender, handover)) == 4
    rebuilt(two.sender)


def test_of_two_receipts_for_one_place_the_first_stands_and_people_are_told(two: Two) -> None:
    """Nobody can say which is the keeper's ledger: only ringing them helps."""
    handover = acts.notified(two)
    one, other = pending(two, handover), pending(two, handover, "chase")
    gave = acts.hand_in(two.receiver, one.wire)
    acts.hand_in(two.receiver, other.wire)
    false = receipt(two, other, 2, replica(two.sender, handover).entries[0].digest)
    deliver.save_answer(two.sender, other, false)
    refused(partial(deliver.save_answer, two.sender, one, gave.wire), "ledger-fork")
    assert replica(two.sender, handover).entries[1].statement == other, "the first word stands"
    assert [row.wire for row in kept(two.sender, handover, "evidence")] == [gave.wire]
    assert alarms(two, handover) == [(gave.digest, reopen(false).digest)]


def test_an_entry_that_was_refused_as_a_fork_is_taken_when_its_place_is_free(two: Two) -> None:
    """A receipt claims place 3 and does not fit; what the keeper says there is then taken."""
    handover = acts.notified(two)
    said = pending(two, handover)
    (first,) = replica(two.sender, handover).entries
    deliver.save_answer(two.sender, said, receipt(two, said, 3, make.digest("another past")))
    for _ in range(2):
        acts.say(two.receiver, handover, "fact")
    second, third = replica(two.receiver, handover).entries[1:]
    assert refused(partial(receive.statement, two.sender, third.statement.wire), "ledger-place")
    assert two.run() == ["done", "done"]
    assert replica(two.sender, handover).entries == (first, second, third)
    assert len(alarms(two, handover)) == 1


def test_evidence_of_a_hostile_keeper_comes_to_an_end(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.flows.answers.MOST_KEPT", 6)
    handover = acts.notified(two)
    for number in range(6):
        code = {"code": "visited", "on": f"2026-12-{number + 10}"}
        with pytest.raises(Conflict, match="ledger-fork"):
            receive.statement(two.sender, placed(two, handover, 1, None, body=code))
    stored = [len(kept(two.sender, handover, status)) for status in ("evidence", "refusal")]
    assert stored == [3, 3]
    acts.say(two.receiver, handover, "acknowledgement")
    assert two.run() == ["done"], "what is good is taken all the same"


def test_an_alarm_says_since_when(two: Two) -> None:
    handover = acts.notified(two)
    torn = placed(two, handover, 2, make.digest("another past"))
    with pytest.raises(receive.FinalRefusal):
        receive.statement(two.sender, torn)
    (alarm,) = read.show(two.sender, WORKER, handover)["alarms"]
    assert (alarm["kind"], alarm["since"]) == ("fact", stamp(two.clock.now))
