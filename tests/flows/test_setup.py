"""Keys are rotated while handovers go on: the old keys vouch for the new ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import NotVerified
from app.flows import read, send, setup
from app.flows.site import Site
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two


def rotated(site: Site) -> Site:
    """The service after `keys rotate` and a restart."""
    again = replace(site, keyring=site.keyring.rotate(site.clock()))
    setup.refresh(again)
    return again


def test_new_keys_are_taken_from_a_card_that_the_old_ones_signed(two: Two) -> None:
    sender = rotated(two.sender)
    two.wire.sites["http://127.0.0.1:1"] = sender
    new = setup.renew(two.receiver, SENDER)
    assert len(new.keysets) == 2
    two.clock.now += timedelta(days=15)
    assert sender.keyring.keyset(two.clock.now).id == new.keysets[1].id
    again = replace(two, sender=sender)
    handover = acts.begin(again)
    send.notify(sender, WORKER, handover, acts.NOTIFICATION)
    assert again.run() == ["done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "notified"


def test_who_did_not_renew_knows_only_the_old_keys(two: Two) -> None:
    """The test above would pass without `renew` if this did not fail."""
    sender = rotated(two.sender)
    two.clock.now += timedelta(days=15)
    again = replace(two, sender=sender)
    handover = acts.begin(again)
    send.notify(sender, WORKER, handover, acts.NOTIFICATION)
    assert again.run()[0] == "key-unknown"


def test_a_card_of_another_is_not_taken(two: Two) -> None:
    two.wire.sites["http://127.0.0.1:2"] = two.sender
    with pytest.raises(NotVerified, match="card-of-another"):
        setup.renew(two.sender, RECEIVER)


def test_a_card_that_unknown_keys_signed_is_not_taken(two: Two) -> None:
    stranger = replace(two.sender, keyring=type(two.sender.keyring).create(SENDER, two.clock.now))
    two.wire.sites["http://127.0.0.1:1"] = stranger
    with pytest.raises(NotVerified, match="key-unknown"):
        setup.renew(two.receiver, SENDER)
