"""An authority's work passes to a new identifier: the same service goes on in its old ledgers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import pytest

from app.errors import NotVerified
from app.flows import (
    disclose,
    draft,
    evidence,
    keys,
    read,
    receive,
    reindex,
    respond,
    send,
    setup,
    succession,
    sync,
    verify,
)
from app.flows.respond import Said
from app.flows.site import Site, directory_of
from app.outside.peers import Refused
from app.settings import Settings
from app.store.unit_of_work import Database
from app.trust.card import next_version
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, THIRD, WORKER, Two, empty_database
from tests.handover import make

NEW = "gss:E06000099"
Side = Literal["sender", "receiver"]
ENDPOINT = {"sender": "http://127.0.0.1:1", "receiver": "http://127.0.0.1:2"}
OLD = {"sender": SENDER, "receiver": RECEIVER}
PERSON = {"person": acts.PERSON}


def prepared(two: Two, side: Side, on: date) -> Site:
    """The successor's service, as it will be from that day; the other side knows of it."""
    two.clock.forward(minutes=1)
    old: Site = getattr(two, side)
    other = two.receiver if side == "sender" else two.sender
    made = succession.prepare(old, NEW, "Fictional new council", on)
    setup.renew(other, OLD[side])
    setup.pair(other, made.card, made.fingerprint)
    assert old.keyring.root is not None
    return replace(
        old, settings=Settings(authority=NEW, formerly=(OLD[side],)), keyring=made.keyring
    )


def succeeded(two: Two, side: Side) -> Two:
    """Both authorities once the day has come."""
    on = two.clock.now.date() + timedelta(days=1)
    new = prepared(two, side, on)
    two.clock.now = datetime.combine(on, time(), UTC)
    two.wire.sites[ENDPOINT[side]] = new
    return with_(two, side, new)


def with_(two: Two, side: Side, new: Site) -> Two:
    return replace(two, sender=new) if side == "sender" else replace(two, receiver=new)


def spoken_by(site: Site, handover: str) -> list[tuple[str, str]]:
    return [(one["from"], one["kind"]) for one in acts.ledger(site, handover)]


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_a_handover_goes_on_in_both_directions(two: Two, side: Side) -> None:
    handover = acts.notified(two)
    two = succeeded(two, side)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    respond.say(two.receiver, WORKER, handover, "acknowledgement", Said({}, PERSON))
    assert two.run() == ["done"]
    acts.accept(two, handover)
    assert two.run() == ["done"]
    assert spoken_by(two.sender, handover) == spoken_by(two.receiver, handover)
    assert spoken_by(two.sender, handover) == [
        (SENDER, "notification"),
        (SENDER, "dispatch"),
        (RECEIVER, "acknowledgement"),
        (RECEIVER, "acceptance"),
    ]
    for site in (two.sender, two.receiver):
        assert read.show(site, WORKER, handover)["state"] == "accepted"
    words = disclose.words(two.receiver, WORKER, handover, "dispatch", "To plan a visit").value
    assert isinstance(words, dict)
    before = acts.index(two.receiver), acts.index(two.sender)
    for site in (two.receiver, two.sender):
        reindex.reindex(site, lambda done, of: None)
    assert (acts.index(two.receiver), acts.index(two.sender)) == before


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_what_is_on_its_way_when_the_day_comes_arrives(two: Two, side: Side) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    two = succeeded(two, side)
    assert two.run() == ["done"]
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == []
    assert read.show(two.receiver, WORKER, handover)["side"] == "receiver"


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_new_handovers_are_opened_under_the_new_name(two: Two, side: Side) -> None:
    two = succeeded(two, side)
    handover = acts.notified(two)
    (first,) = acts.ledger(two.receiver, handover)
    assert first["from"] == (NEW if side == "sender" else SENDER)
    assert read.show(two.sender, WORKER, handover)["peer"] == (
        RECEIVER if side == "sender" else NEW
    )


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_before_that_day_nobody_speaks_for_another(two: Two, side: Side) -> None:
    handover = acts.notified(two)
    new = prepared(two, side, two.clock.now.date() + timedelta(days=2))
    two.wire.sites[ENDPOINT[side]] = new
    early = with_(two, side, new)
    if side == "sender":
        send.dispatch(early.sender, WORKER, handover, [], None)
        assert early.run() == ["statement-from-other"]
    else:
        respond.say(early.receiver, WORKER, handover, "acknowledgement", Said({}, PERSON))
        assert early.run() == ["statement-from-other"]


def test_a_third_authority_that_claims_to_be_the_successor_is_refused(
    two: Two, third: Site
) -> None:
    handover = acts.notified(two)
    two = succeeded(two, "sender")
    imposter = replace(third, settings=Settings(authority=THIRD, formerly=(SENDER,)))
    said = acts.wire(imposter, "fact", handover, None, **{"from": SENDER})
    with pytest.raises(NotVerified, match="statement-from-other"):
        receive.statement(two.receiver, said)
    with pytest.raises(Refused, match="no-such-handover"):
        sync.pull(imposter, RECEIVER, handover)


def test_a_successor_takes_what_is_addressed_to_its_former_name(two: Two) -> None:
    """By one who does not know of the succession yet."""
    old = two.receiver
    two = succeeded(two, "receiver")
    words = acts.sealed(old, "notification", make.HANDOVER)
    receipt = acts.hand_in(
        two.receiver, acts.wire(two.sender, "notification", make.HANDOVER, words), words.file
    )
    assert (receipt.kind, receipt.payload.sender) == ("receipt", RECEIVER)
    request = acts.sealed(old, "records_request", "b" + make.HANDOVER[1:])
    asked = acts.wire(two.sender, "records_request", "b" + make.HANDOVER[1:], request, place=1)
    answer = acts.hand_in(two.receiver, asked, request.file)
    assert answer.kind == "receipt"
    assert read.show(two.receiver, WORKER, "b" + make.HANDOVER[1:])["side"] == "sender"


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_synchronising_brings_old_ledgers_back(two: Two, side: Side, tmp_path: Path) -> None:

    handover = acts.dispatched(two)
    two = succeeded(two, side)
    held = acts.ledger(two.sender, handover)
    (tmp_path / "lost.db").write_bytes(empty_database())
    whole: Site = getattr(two, side)
    with Database(f"sqlite:///{tmp_path / 'lost.db'}") as database:
        lost = replace(whole, database=database)
        setup.import_directory(lost, setup.current_directory(whole)[1])
        peer = RECEIVER if side == "sender" else SENDER
        assert sync.handovers_with(lost, peer) == [handover]
        assert sync.pull(lost, peer, handover) == len(held)
        assert acts.ledger(lost, handover) == held
        assert read.show(lost, WORKER, handover)["side"] == side


def test_the_other_side_may_have_lost_all(two: Two, tmp_path: Path) -> None:

    handover = acts.dispatched(two)
    two = succeeded(two, "receiver")
    (tmp_path / "lost.db").write_bytes(empty_database())
    with Database(f"sqlite:///{tmp_path / 'lost.db'}") as database:
        lost = replace(two.sender, database=database)
        setup.import_directory(lost, setup.current_directory(two.sender)[1])
        assert sync.handovers_with(lost, NEW) == [handover]
        assert sync.pull(lost, NEW, handover) == 2
        assert read.show(lost, WORKER, handover)["side"] == "sender"


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_its_evidence_is_verified_offline(two: Two, side: Side) -> None:
    handover = acts.notified(two)
    two = succeeded(two, side)
    two.clock.forward(minutes=1)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        files = {one.name: b"".join(one.pieces) for one in evidence.files(site, WORKER, handover)}
        directory = keys.open_directory(files["directory.jws"], files["roots.json"])
        report = verify.verify_ledger(read.ledger(site, WORKER, handover), directory)
        signers = [one.signed_by for one in report.entries]
        assert signers == [SENDER, NEW if side == "sender" else SENDER]


def test_a_circle_of_successors_ends(two: Two) -> None:
    handover = acts.notified(two)
    new = prepared(two, "receiver", two.clock.now.date() + timedelta(days=1))
    two.clock.forward(days=2)
    with two.sender.database.write() as uow:
        document = directory_of(uow, two.sender).document
        changed = tuple(
            one.model_copy(update={"valid_to": two.clock.now, "successor": RECEIVER})
            if one.identifier == NEW
            else one
            for one in document.authorities
        )
        setup.publish(
            uow.connection, two.sender, next_version(document, changed, two.clock.now),
            two.clock.now,
        )  # fmt: skip
    two.wire.sites[ENDPOINT["receiver"]] = new
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run()[0] in ("done", "statement-from-other"), "and nobody hangs"


def test_nobody_hands_over_to_a_former_name_of_its_own(two: Two) -> None:
    two = succeeded(two, "sender")
    for name in (NEW, SENDER):
        with pytest.raises(Exception, match="recipient-is-us"):
            draft.create(
                two.sender, WORKER, recipient=name, own_reference="F/1", transfer="cp_permanent",
                team=None, case_file=samples.case(),
            )  # fmt: skip
