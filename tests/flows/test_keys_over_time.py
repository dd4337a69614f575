"""Keys and directories change while handovers go on, by themselves or in an emergency."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.crypto.strictjson import canonical
from app.errors import CaseHandoverError, NotVerified, Unavailable
from app.flows import cards, health, read, receive, send, setup, tick
from app.flows.site import Site, directory_of
from app.store import jobs
from app.trust.directory import Standing
from app.trust.keyring import Keyring
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two, Wire

AT_ONCE = timedelta(0)


def with_keys(two: Two, keyring: Keyring) -> Two:
    """The sender after a change of its keyring and a restart."""
    sender = replace(two.sender, keyring=keyring)
    setup.refresh(sender)
    two.wire.sites["http://127.0.0.1:1"] = sender
    return replace(two, sender=sender)


def version(site: Site) -> int:
    with site.database.read() as uow:
        return directory_of(uow, site).version


def code(call: Callable[[], object]) -> str:
    with pytest.raises(CaseHandoverError) as caught:
        call()
    return caught.value.code


# A key is taken back


def revoked(two: Two, *, compromised: bool) -> Two:
    """The sender has new keys that the receiver knows, and has taken the old ones back."""
    two.clock.forward(minutes=1)
    two = with_keys(two, two.sender.keyring.rotate(two.clock.now, AT_ONCE))
    setup.renew(two.receiver, SENDER)
    old = two.sender.keyring.signing[0].id
    now = two.clock.now
    return with_keys(two, two.sender.keyring.revoke(old, now, since=now, compromised=compromised))


@pytest.mark.parametrize(
    ("compromised", "expected"), [(False, "key-revoked"), (True, "key-compromised")]
)
def test_from_rotation_to_revocation_in_the_middle_of_a_ledger(
    two: Two, compromised: bool, expected: str
) -> None:
    handover = acts.notified(two)
    thief = two.sender
    two = revoked(two, compromised=compromised)
    setup.renew(two.receiver, SENDER)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    stolen = acts.wire(thief, "fact", handover)
    assert code(lambda: receive.statement(two.receiver, stolen)) == expected
    held = acts.ledger(two.receiver, handover)
    assert [one["kind"] for one in held] == ["notification", "dispatch"]
    assert held == acts.ledger(two.sender, handover)
    assert read.show(two.receiver, WORKER, handover)["state"] == "dispatched"


@pytest.mark.parametrize("compromised", [False, True])
def test_keys_that_were_taken_back_vouch_for_no_card(two: Two, compromised: bool) -> None:
    thief = two.sender
    two = revoked(two, compromised=compromised)
    setup.renew(two.receiver, SENDER)
    before = version(two.receiver)
    two.wire.sites["http://127.0.0.1:1"] = replace(
        thief, keyring=thief.keyring.rotate(two.clock.now)
    )
    expected = "key-compromised" if compromised else "key-revoked"
    assert code(lambda: setup.renew(two.receiver, SENDER)) == expected
    assert version(two.receiver) == before


def test_who_missed_the_new_keys_pairs_again(two: Two) -> None:
    """The compromised keys can't say that they are; nobody else is known. A telephone call can."""
    two.clock.forward(minutes=1)
    two = with_keys(two, two.sender.keyring.rotate(two.clock.now, AT_ONCE))
    old, now = two.sender.keyring.signing[0].id, two.clock.now
    two = with_keys(two, two.sender.keyring.revoke(old, now, since=now, compromised=True))
    assert code(lambda: setup.renew(two.receiver, SENDER)) == "key-unknown"
    setup.pair(two.receiver, *setup.card(two.sender))
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    assert two.run() == ["done"]


def test_new_keys_in_use_at_once_are_taken_while_old_ones_vouch(two: Two) -> None:
    two.clock.forward(minutes=1)
    two = with_keys(two, two.sender.keyring.rotate(two.clock.now, AT_ONCE))
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    assert two.run() == ["key-unknown"]
    setup.renew(two.receiver, SENDER)
    two.clock.forward(hours=1)
    assert two.run() == ["done"]


# Cards, day by day


def test_an_older_card_changes_nothing(two: Two) -> None:
    older = two.sender
    rotated = with_keys(two, two.sender.keyring.rotate(two.clock.now))
    setup.renew(two.receiver, SENDER)
    before = version(two.receiver)
    two.wire.sites["http://127.0.0.1:1"] = older
    with older.database.write() as uow:  # as it would show the card that it showed before
        uow.connection.exec_driver_sql("DELETE FROM directories WHERE version > 1")
    assert code(lambda: setup.renew(two.receiver, SENDER)) == "card-rollback"
    assert version(two.receiver) == before
    assert len(rotated.sender.keyring.signing) == 2


def test_a_card_is_looked_for_once_a_day_and_new_keys_are_taken(two: Two) -> None:
    two = with_keys(two, two.sender.keyring.rotate(two.clock.now))
    before = version(two.receiver)
    tick.begin(two.receiver)
    assert two.run() == ["done"]
    for _ in range(30):
        two.clock.forward(hours=1)
        two.run()
    assert version(two.receiver) == before + 1
    with two.receiver.database.read() as uow:
        assert len(directory_of(uow, two.receiver).authority(SENDER).keysets) == 2
    look = cards.last_look(two.receiver, SENDER)
    assert look is not None
    assert look[1] == "ok"
    assert cards.last_look(two.receiver, RECEIVER) is None, "our own is not looked for"


def test_what_a_peer_shows_wrongly_is_a_code_and_no_more(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version(two.receiver)
    looked = []

    def dead(self: Wire, endpoint: str) -> bytes:
        looked.append(endpoint)
        raise Unavailable("peer-unreachable", "Nobody answers.")

    monkeypatch.setattr(Wire, "card", dead)
    tick.begin(two.receiver)
    for _ in range(3 * 24):
        assert set(two.run()) <= {"done"}
        two.clock.forward(hours=1)
    assert 2 <= len(looked) <= 3
    look = cards.last_look(two.receiver, SENDER)
    assert look is not None
    assert look[1] == "peer-unreachable"
    assert version(two.receiver) == before
    assert health.reasons(two.receiver) == []


# Our own directory


def test_our_own_directory_never_expires_while_time_goes_by(two: Two) -> None:
    before = version(two.sender)
    two.clock.forward(days=305)
    tick.tick(two.sender)
    assert version(two.sender) == before
    two.clock.forward(days=2)
    tick.tick(two.sender)
    tick.tick(two.sender)
    assert version(two.sender) == before + 1
    two.clock.forward(days=300)
    with two.sender.database.read() as uow:
        assert directory_of(uow, two.sender).standing(two.clock.now) == "fresh"


def test_our_own_entry_is_as_our_keyring_says(two: Two) -> None:
    again = replace(two.sender, keyring=two.sender.keyring.rotate(two.clock.now))
    tick.tick(again)
    with again.database.read() as uow:
        assert len(directory_of(uow, again).authority(SENDER).keysets) == 2


def test_a_process_that_did_not_see_new_keys_says_so_and_undoes_nothing(two: Two) -> None:
    stale = two.sender
    new = with_keys(two, two.sender.keyring.rotate(two.clock.now)).sender
    before = version(new)
    tick.tick(stale)
    assert version(new) == before
    assert [one["code"] for one in health.reasons(stale)] == ["keyring-outdated"]
    assert health.reasons(new) == []


# A regional root


def following(site: Site, region: Site) -> Site:
    """`site` follows the directory that the region's root signs."""
    return replace(site, roots=region.roots)


def import_from(site: Site, region: Site) -> None:
    setup.import_directory(site, setup.current_directory(region)[1])


@pytest.fixture
def regional(two: Two) -> Two:
    """The receiver follows the sender's directory, as it would a region's."""
    with two.receiver.database.write() as uow:
        uow.connection.exec_driver_sql("DELETE FROM directories")
    follower = following(two.receiver, two.sender)
    import_from(follower, two.sender)
    two.wire.sites["http://127.0.0.1:2"] = follower
    return replace(two, receiver=follower)


def test_who_follows_a_region_signs_and_renews_nothing(regional: Two) -> None:
    before = version(regional.receiver)
    regional.clock.forward(days=320)
    tick.tick(regional.receiver)
    assert version(regional.receiver) == before
    with regional.receiver.database.read() as uow:
        assert jobs.in_lane(uow.connection, f"renew:{SENDER}") == []
    assert code(lambda: setup.renew(regional.receiver, SENDER)) == "not-our-directory"


def test_an_older_or_a_second_directory_of_a_region_is_refused(regional: Two) -> None:
    region, follower = regional.sender, regional.receiver
    older = setup.current_directory(region)[1]
    setup.refresh(region)
    import_from(follower, region)
    assert code(lambda: setup.import_directory(follower, older)) == "directory-rollback"
    value, _ = setup.current_directory(region)
    value["authorities"][0]["name"] = "Another"
    second = setup.sign(region, canonical(value))
    assert code(lambda: setup.import_directory(follower, second)) == "directory-equivocation"
    assert version(follower) == version(region)


@pytest.mark.parametrize(
    ("days", "standing", "old_keys", "new_keys"),
    [
        (365, "fresh", "ok", "ok"),
        (367, "grace", "ok", "directory-expired"),
        (395, "grace", "ok", "directory-expired"),
        (397, "expired", "directory-expired", "directory-expired"),
    ],
)
def test_expired_known_keys_go_on_for_thirty_days_and_new_ones_do_not(
    regional: Two, days: int, standing: Standing, old_keys: str, new_keys: str
) -> None:
    start = regional.clock.now
    keyring = regional.sender.keyring.rotate(start, timedelta(days=366, hours=1))
    newer = replace(regional.sender, keyring=keyring)
    setup.refresh(newer)
    import_from(regional.receiver, newer)
    regional.clock.now = start + timedelta(days=days)
    with regional.receiver.database.read() as uow:
        assert directory_of(uow, regional.receiver).standing(regional.clock.now) == standing
    assert arrived(regional, regional.sender) == old_keys
    if new_keys == "directory-expired":
        assert arrived(regional, newer) == new_keys
    reasons = [one["code"] for one in health.reasons(regional.receiver)]
    assert ("directory-expired" in reasons) is (standing == "expired")


def arrived(two: Two, by: Site) -> str:
    """What becomes of a statement of `by`: `ok` where its keys count."""
    try:
        receive.statement(two.receiver, acts.wire(by, "fact", "a" * 25 + "a"))
    except NotVerified as error:
        return error.code
    except CaseHandoverError:
        return "ok"
    return "ok"
