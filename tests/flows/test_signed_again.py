"""A key is taken back while what it signed is on its way: nothing that was said is lost with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.flows import receive, send, setup, sync
from app.flows.receive import Answered
from app.flows.site import Site, directory_of
from app.store import statements
from app.trust.envelope import sign_again
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two

COMPROMISED = [False, True]


def new_keys(two: Two, site: Site, endpoint: str, *, compromised: bool) -> Site:
    """The authority after an emergency: new keys, the old ones taken back, and a restart."""
    two.clock.forward(minutes=1)
    now = two.clock.now
    old = site.keyring.signing[0].id
    keyring = site.keyring.rotate(now, timedelta(0))
    rotated = replace(site, keyring=keyring)
    setup.refresh(rotated)
    two.wire.sites[endpoint] = rotated
    for other, known in ((two.receiver, SENDER), (two.sender, RECEIVER)):
        if other is not site:
            setup.renew(other, known)
    revoked = keyring.revoke(old, now, since=now, compromised=compromised)
    restarted = replace(site, keyring=revoked)
    setup.refresh(restarted)
    two.wire.sites[endpoint] = restarted
    return restarted


def wire_of(site: Site, digest: str) -> bytes:
    with site.database.read() as uow:
        row = statements.get(uow.connection, digest)
    assert row is not None
    return row.wire


@pytest.mark.parametrize("compromised", COMPROMISED)
def test_what_was_not_delivered_is_signed_again(two: Two, compromised: bool) -> None:
    handover = acts.notified(two)
    issued = send.dispatch(two.sender, WORKER, handover, [], None)
    before = wire_of(two.sender, issued.statement)
    sender = new_keys(two, two.sender, "http://127.0.0.1:1", compromised=compromised)
    setup.renew(two.receiver, SENDER)
    two = replace(two, sender=sender)
    assert two.run() == ["done"]
    after = wire_of(two.receiver, issued.statement)
    assert after != before
    assert wire_of(sender, issued.statement) == after
    assert acts.ledger(two.receiver, handover) == acts.ledger(sender, handover)


def said_and_never_answered(two: Two, handover: str) -> bytes:
    """The receiver has taken a fact of the sender's; its receipt was lost on the way."""
    issued = acts.say(two.sender, handover, "fact")
    wire = wire_of(two.sender, issued.statement)
    receive.statement(two.receiver, wire)
    return wire


@pytest.mark.parametrize("compromised", COMPROMISED)
def test_a_receipt_that_was_lost_is_signed_again(two: Two, compromised: bool) -> None:
    handover = acts.notified(two)
    wire = said_and_never_answered(two, handover)
    receiver = new_keys(two, two.receiver, "http://127.0.0.1:2", compromised=compromised)
    setup.renew(two.sender, RECEIVER)
    two = replace(two, receiver=receiver)
    assert two.run() == ["done"]
    once, again = (receive.statement(receiver, wire) for _ in range(2))
    assert isinstance(once, Answered)
    assert once == again, "it is signed again once"
    assert len(acts.ledger(receiver, handover)) == 2
    assert acts.ledger(receiver, handover) == acts.ledger(two.sender, handover)


def test_who_synchronises_is_told_under_keys_that_count(two: Two) -> None:
    handover = acts.notified(two)
    said_and_never_answered(two, handover)
    receiver = new_keys(two, two.receiver, "http://127.0.0.1:2", compromised=True)
    setup.renew(two.sender, RECEIVER)
    assert sync.pull(two.sender, RECEIVER, handover) == 1
    assert len(acts.ledger(receiver, handover)) == 2
    assert acts.ledger(receiver, handover) == acts.ledger(two.sender, handover)


def test_nothing_is_signed_again_while_its_keys_count(two: Two) -> None:
    handover = acts.notified(two)
    wire = wire_of(two.sender, str(acts.ledger(two.sender, handover)[0]["digest"]))
    with two.sender.database.read() as uow:
        directory = directory_of(uow, two.sender)
    assert sign_again(wire, two.sender.keyring, directory, two.clock.now) == wire
