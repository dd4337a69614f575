"""Synchronising takes nothing but what was asked for, and what proves itself."""

from functools import partial
from typing import Any

import pytest

from app.flows import ledgers, sync
from app.flows.site import Site
from tests.flows import acts
from tests.flows.acts import ledger, wire, without_work
from tests.flows.conftest import RECEIVER, THIRD, Two, Wire
from tests.trust.making import refused


def answering(monkeypatch: pytest.MonkeyPatch, *wires: bytes) -> None:
    monkeypatch.setattr(Wire, "sync", lambda *_: list(wires))


def test_only_what_was_asked_for_and_proves_itself_is_taken(
    two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = acts.notified(two), acts.notified(two)
    entry = ledger(two.receiver, other)[0]
    said, gave = entry["statement"].encode(), entry["receipt"].encode()
    before = acts.everything(two.sender)
    flipped = said[:-9] + (b"AAAA" if said[-9:-5] != b"AAAA" else b"BBBB") + said[-5:]
    foreign = acts.sealed(third, "notification", one, recipient=None)
    theirs = wire(two.receiver, "notification", one, foreign, to=THIRD)
    cases = {
        "sync-other-handover": (said, gave),
        "jws-not-canonical": (b"<html>",),
        "jws-signature-mldsa65": (flipped,),
        "sync-other-parties": (theirs,),
    }
    for code, wires in cases.items():
        answering(monkeypatch, *wires)
        refused(partial(sync.pull, two.sender, RECEIVER, one), code)
        if code != "sync-other-handover":
            refused(partial(sync.handovers_with, two.sender, RECEIVER), code)
    assert acts.everything(two.sender) == before


def test_a_handover_of_others_is_not_adopted(
    two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with good signatures, and from a site that may tell us of its own."""
    handover = acts.notified(two)
    entry = ledger(two.receiver, handover)[0]
    answering(monkeypatch, entry["statement"].encode(), entry["receipt"].encode())
    refused(partial(sync.pull, third, RECEIVER, handover), "sync-other-parties")
    with third.database.read() as uow:
        assert ledgers.load(uow, third, handover).entries == ()


def test_what_comes_without_its_place_is_left_alone(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    entry = ledger(two.receiver, handover)[0]
    later = [one["statement"].encode() for one in _later(two, handover)]
    answering(monkeypatch, entry["receipt"].encode(), *later[1:])
    assert sync.pull(two.sender, RECEIVER, handover) == 0
    answering(monkeypatch, *later)
    assert sync.pull(two.sender, RECEIVER, handover) == 2


def _later(two: Two, handover: str) -> list[dict[str, Any]]:
    for _ in range(2):
        acts.say(two.receiver, handover, "fact")
        two.clock.forward(seconds=1)
    without_work(two.receiver)
    return ledger(two.receiver, handover)[1:]
