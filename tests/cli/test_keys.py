"""`handover keys`."""

import stat

from tests.cli import homes
from tests.cli.conftest import send
from tests.cli.homes import SENDER, Home, Two

NEW = "gss:E06000099"


def test_show_gives_the_public_side_only(home: Home) -> None:
    shown = home.value("keys", "show")
    assert shown.keys() == {"authority", "fingerprint", "keysets"}
    assert [one.keys() for one in shown["keysets"]] == [{"id", "sign_from", "sign_until"}]
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
