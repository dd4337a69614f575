"""`handover keys`."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli import keys
from app.flows.site import utc_now
from tests.cli import homes
from tests.cli.conftest import send
from tests.cli.homes import ENDPOINTS, SENDER, Home, Two

NEW = "gss:E06000099"


def test_show_gives_the_public_side_only(home: Home) -> None:
    shown = home.value("keys", "show")
    assert shown.keys() == {"authority", "fingerprint", "keysets"}
    assert [one.keys() for one in shown["keysets"]] == [{"id", "state", "sign_from", "sign_until"}]
    said = home.ok("keys", "show")
    assert said.startswith(f"{SENDER}\nFingerprint: {shown['fingerprint']}\n")
    assert shown["keysets"][0]["id"] in said


def test_the_fingerprint_is_that_of_the_card(home: Home) -> None:
    assert homes.card(home)[1] == home.value("keys", "show")["fingerprint"]


def test_rotate_makes_keys_beside_the_old_ones(home: Home) -> None:
    before = home.value("keys", "show")
    home.ok("keys", "rotate")
    after = home.value("keys", "show")
    assert after["keysets"][:1] == before["keysets"]
    assert len(after["keysets"]) == 2
    assert after["keysets"][1]["sign_from"] > before["keysets"][0]["sign_from"]
    assert after["fingerprint"] != before["fingerprint"]
    (own,) = home.value("directory", "show")["authorities"]
    assert [one["id"] for one in own["keysets"]] == [one["id"] for one in after["keysets"]]
    assert stat.S_IMODE((home.path / "keyring.age").stat().st_mode) == 0o600
    assert "keyring.age.new" not in home.files()


def test_what_a_crash_left_of_a_rotation_is_in_nobody_s_way(home: Home) -> None:
    (home.path / "keyring.age.new").write_bytes(b"half a keyr")
    home.ok("keys", "rotate")
    assert len(home.value("keys", "show")["keysets"]) == 2


def test_an_old_card_and_old_trust_go_on_after_a_rotation(two: Two) -> None:
    old, fingerprint = homes.card(two.sender)
    two.sender.ok("keys", "rotate")
    two.receiver.ok("directory", "pair", old, "--fingerprint", fingerprint)
    assert "signed for it" in send(two)


def test_succeed_prepares_a_service_that_goes_on_under_another_name(two: Two) -> None:
    """The steps of the README, as an operator takes them."""
    handover_sent = send(two)
    assert "signed for it" in handover_sent
    ring, card = two.sender.path.parent / "new.age", two.sender.path.parent / "new.jws"
    said = two.sender.ok(
        "keys", "succeed", NEW, "--name", "Fictional North", "--on", "2030-04-01",
        "--keyring", ring, "--card", card,
    )  # fmt: skip
    fingerprint = said.partition("Fingerprint: ")[2].partition("\n")[0]
    two.receiver.ok("directory", "renew", SENDER)
    two.receiver.ok("directory", "pair", card, "--fingerprint", fingerprint)
    lines = [line for line in said.splitlines() if line.partition(" = ")[1]]
    path = two.sender.path / "handover.toml"
    kept = [line for line in path.read_text().splitlines() if not line.startswith("authority")]
    path.write_text("\n".join([*lines, *kept]) + "\n")
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert two.sender.value("keys", "show")["authority"] == NEW
    (row,) = two.sender.value("list")
    assert row["side"] == "sender"
    assert two.sender.value("show", row["handover"])["children"][0]["plan_held_by"] == SENDER


@pytest.fixture
def an_hour_later(home: Home, paired_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that follows happens after the homes were made, not in the same second."""
    homes.later(monkeypatch, hours=1)
    now = utc_now() + timedelta(hours=1)
    monkeypatch.setattr(keys, "utc_now", lambda: now)


def restarted(two: Two) -> None:
    """The sender's service sees its new keyring."""
    two.sender.wire.sites[ENDPOINTS[SENDER]].database.close()
    two.sender.wire.sites[ENDPOINTS[SENDER]] = two.sender.open_site(two.sender.path, None)


@pytest.mark.usefixtures("an_hour_later")
def test_a_keyset_is_taken_back_once_there_is_another(two: Two) -> None:
    (first,) = [one["id"] for one in two.sender.value("keys", "show")["keysets"]]
    before = two.sender.files()
    two.sender.refused("keys", "revoke", first, code="keyring-no-keyset", exits=4)
    two.sender.refused("keys", "revoke", "a" * 26, code="keyring-no-such-keyset", exits=4)
    assert two.sender.files()["keyring.age"] == before["keyring.age"]
    assert "count at once" in two.sender.ok("keys", "rotate", "--now")
    restarted(two)
    two.receiver.ok("directory", "renew", SENDER)
    two.sender.ok("keys", "revoke", first, "--compromised")
    restarted(two)
    states = [one["state"] for one in two.sender.value("keys", "show")["keysets"]]
    assert states == ["compromised", "in_use"]
    assert "(compromised)" in two.sender.ok("keys", "show")
    two.receiver.ok("directory", "renew", SENDER)
    (known,) = [
        one
        for one in two.receiver.value("directory", "show")["authorities"]
        if one["identifier"] == SENDER
    ]
    assert known["keysets"][0]["revoked"]["compromised"] is True


@pytest.mark.usefixtures("an_hour_later")
def test_a_keyset_is_taken_back_since_a_day(home: Home) -> None:
    (first,) = [one["id"] for one in home.value("keys", "show")["keysets"]]
    home.ok("keys", "rotate", "--now")
    home.ok("keys", "revoke", first, "--since", "2026-03-01")
    (own,) = home.value("directory", "show")["authorities"]
    assert own["keysets"][0]["revoked"]["since"] == "2026-03-01T00:00:00Z"
    assert [one["state"] for one in home.value("keys", "show")["keysets"]] == ["revoked", "in_use"]
