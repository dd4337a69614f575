"""What was said with keys that are gone comes back all the same; what was stolen does not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.flows import catchup, restored, send, setup, sync
from app.flows.judging import judged
from app.flows.site import Site
from app.handover.statement import reopen
from tests.flows import acts
from tests.flows.acts import ledger
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two, Wire, pair
from tests.flows.drill import ENDPOINTS, Drill, drill, into
from tests.trust.making import refused

__all__ = ["drill", "into"]


def new_keys(two: Two, site: Site, *, compromised: bool | None) -> Site:
    """The site with new keys that the other one knows; the old ones revoked, unless None."""
    two.clock.forward(minutes=1)
    now = two.clock.now
    keyring = site.keyring.rotate(now, timedelta(0))
    if compromised is not None:
        old = keyring.signing[0].id
        vouching = replace(site, keyring=keyring)
        setup.refresh(vouching)
        two.wire.sites[ENDPOINTS[site.authority]] = vouching
        setup.renew(two.receiver if site is two.sender else two.sender, site.authority)
        keyring = keyring.revoke(old, now, since=now, compromised=compromised)
    newer = replace(site, keyring=keyring)
    setup.refresh(newer)
    two.wire.sites[ENDPOINTS[site.authority]] = newer
    setup.renew(two.receiver if site is two.sender else two.sender, site.authority)
    return newer


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_what_we_said_before_a_key_was_revoked_comes_back(drill: Drill, side: str) -> None:
    two = drill.two
    unlucky, lucky = (two.sender, two.receiver) if side == "sender" else (two.receiver, two.sender)
    taken = drill.back_up(unlucky)
    handover = acts.dispatched(two)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    newer = new_keys(two, unlucky, compromised=False)
    new = drill.restore(newer, taken)
    two.clock.forward(minutes=1)
    assert set(drill.run(new)) == {"done"}
    assert digests(new, handover) == digests(lucky, handover)
    assert len(digests(new, handover)) == 3


def digests(site: Site, handover: str) -> list[str]:
    return [one["digest"] for one in ledger(site, handover)]


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_a_ledger_comes_back_years_later(drill: Drill, side: str) -> None:
    """From an old backup, whose directory and keys have all run out: the two pair again."""
    two = drill.two
    unlucky, lucky = (two.sender, two.receiver) if side == "sender" else (two.receiver, two.sender)
    taken = drill.back_up(unlucky)
    handover = acts.dispatched(two)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    newer: dict[str, Site] = {SENDER: two.sender, RECEIVER: two.receiver}
    for _ in range(3):
        two.clock.forward(days=390)
        for authority in newer:
            setup.keep_up(newer[authority], two.clock.now)
            turned = replace(two, sender=newer[SENDER], receiver=newer[RECEIVER])
            newer[authority] = new_keys(turned, newer[authority], compromised=None)
    lucky = newer[lucky.authority]
    new = drill.restore(newer[unlucky.authority], taken)
    both = replace(two, sender=new, receiver=lucky)
    if side == "receiver":
        both = replace(two, sender=lucky, receiver=new)
    catchup.look_for(new, two.clock.now)
    assert "key-unknown" in both.run(), "nobody there has heard of anybody's keys"
    pair(new, lucky)
    assert set(both.run()) == {"done"}
    assert digests(new, handover) == digests(lucky, handover)
    assert len(digests(new, handover)) == 3


def test_what_a_stolen_key_may_have_said_is_for_a_person(drill: Drill) -> None:
    two = drill.two
    handover = acts.notified(two)
    taken = drill.back_up(two.sender)
    acts.say(two.sender, handover, "fact")
    two.run()
    new = drill.restore(new_keys(two, two.sender, compromised=True), taken)
    assert sorted(drill.run(new)) == ["done", "key-compromised"]
    assert len(digests(new, handover)) == 1
    refused(partial(acts.say, new, handover, "fact"), "restoring")
    with new.database.read() as uow:
        (waits,) = restored.held(uow, new, two.clock.now)
    assert (waits.handovers, waits.problem) == ((handover,), "key-compromised")
    elsewhere = acts.begin(replace(two, sender=new))
    assert send.notify(new, WORKER, elsewhere, acts.NOTIFICATION)


def test_a_peer_signs_its_own_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes it as it was, whatever date it has."""
    handover = acts.notified(two)
    acts.say(two.receiver, handover, "fact")
    acts.without_work(two.receiver)
    wire = ledger(two.receiver, handover)[1]["statement"].encode()
    new_keys(two, two.receiver, compromised=False)
    with monkeypatch.context() as patched:
        patched.setattr(Wire, "sync", lambda *_: [wire])
        refused(partial(sync.pull, two.sender, RECEIVER, handover), "key-revoked")
    assert sync.pull(two.sender, RECEIVER, handover) == 1


def test_our_keys_are_judged_by_when_the_other_side_received_it(two: Two) -> None:
    handover = acts.notified(two)
    said = acts.wire(two.sender, "fact", handover)
    body = {"of": reopen(said).digest, "result": "stored"}
    in_time = acts.wire(two.receiver, "receipt", handover, body=body, place=1)
    newer = new_keys(two, two.sender, compromised=False)
    two.clock.forward(minutes=1)
    too_late = acts.wire(two.receiver, "receipt", handover, body=body, place=1)
    with newer.database.read() as uow:
        assert len(judged(uow, newer, RECEIVER, [said, in_time])) == 2
        refused(partial(judged, uow, newer, RECEIVER, [said, too_late]), "key-revoked")
