"""`handover directory`."""

import json
from pathlib import Path

import pytest

from app.crypto.strictjson import canonical
from tests.cli import homes
from tests.cli.homes import ENDPOINTS, NAMES, RECEIVER, SENDER, Home, Two


def known(home: Home) -> list[str]:
    found = home.value("directory", "show")["authorities"]
    return [one["identifier"] for one in found]


def raw(home: Home, *args: str | Path) -> bytes:
    """What a command that must succeed writes, byte for byte."""
    result = home.run(*args)
    assert result.exit_code == 0
    return result.stdout_bytes


def test_show_says_whom_to_ring(two: Two) -> None:
    said = two.sender.ok("directory", "show")
    assert f"{RECEIVER}  {NAMES[RECEIVER]}  exchange  {ENDPOINTS[RECEIVER]}" in said
    assert said.count("front door 01632 960000, verified ") == 2


def test_show_signed_is_what_roots_verify(two: Two) -> None:
    signed = two.sender.write("signed.jws", raw(two.sender, "directory", "show", "--signed"))
    assert "is in force" in two.sender.ok("directory", "import", signed)
    two.receiver.refused("directory", "import", signed, code="directory-roots", exits=3)


def test_card_goes_to_a_file_or_the_terminal(home: Home) -> None:
    path, fingerprint = homes.card(home)
    result = home.run("directory", "card")
    assert result.stderr == f"Fingerprint: {fingerprint}\n"
    assert json.loads(result.stdout_bytes)["payload"] == json.loads(path.read_bytes())["payload"]


def test_pair_trusts_by_the_fingerprint(tmp_path: Path) -> None:
    one, other = homes.init(tmp_path / "a"), homes.init(tmp_path / "b", RECEIVER)
    path, fingerprint = homes.card(other)
    spoken = fingerprint.lower().replace(" ", "-")
    said = one.ok("directory", "pair", path, "--fingerprint", spoken)
    assert said == f"Paired with {NAMES[RECEIVER]} ({RECEIVER}).\n"
    assert known(one) == [RECEIVER, SENDER]
    assert known(other) == [RECEIVER]


def test_pair_asks_for_the_fingerprint(tmp_path: Path) -> None:
    one, other = homes.init(tmp_path / "a"), homes.init(tmp_path / "b", RECEIVER)
    path, fingerprint = homes.card(other)
    said = one.ok("directory", "pair", path, stdin=f"{fingerprint}\n")
    assert "Ring them on a number that you know, not one from the card." in said
    assert fingerprint not in said.partition("The fingerprint that they read to you")[0]
    assert known(one) == [RECEIVER, SENDER]


@pytest.mark.parametrize("spoken", ["", "AAAA BBBB", "A" * 32, "فarsi"])
def test_a_wrong_fingerprint_changes_nothing(tmp_path: Path, spoken: str) -> None:
    one, other = homes.init(tmp_path / "a"), homes.init(tmp_path / "b", RECEIVER)
    path, _ = homes.card(other)
    before = one.value("directory", "show")
    wrong: list[str | Path] = ["directory", "pair", path, "--fingerprint", spoken]
    assert "don't go on" in one.refused(*wrong, code="fingerprint-mismatch", exits=3)
    assert one.value("directory", "show") == before


def test_a_card_with_one_byte_changed_is_refused(tmp_path: Path) -> None:
    one, other = homes.init(tmp_path / "a"), homes.init(tmp_path / "b", RECEIVER)
    path, fingerprint = homes.card(other)
    whole = path.read_bytes()
    at = whole.index(b'"payload":"') + 400
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    result = one.run("directory", "pair", path, "--fingerprint", fingerprint)
    assert result.exit_code == 3
    assert known(one) == [SENDER]


def test_what_a_card_calls_itself_commands_no_terminal(tmp_path: Path) -> None:
    one, other = homes.init(tmp_path / "a"), Home(tmp_path / "b")
    other.ok(
        "init", "--authority", RECEIVER, "--name", "Town\x1b[2J", "--endpoint",
        ENDPOINTS[RECEIVER], "--front-door", "01632 960000", "--unencrypted-demo",
    )  # fmt: skip
    path, fingerprint = homes.card(other)
    said = one.ok("directory", "pair", path, stdin=f"{fingerprint}\n")
    assert "Town?[2J" in said
    assert "\x1b" not in said + one.ok("directory", "show")


def test_sign_and_import_make_a_newer_directory(home: Home) -> None:
    old = home.write("old.jws", raw(home, "directory", "show", "--signed"))
    document = home.value("directory", "show")
    document["version"] += 1
    document["authorities"][0]["name"] = "Fictional County and Vale"
    signed = raw(home, "directory", "sign", home.write("new.json", canonical(document)))
    new = home.write("new.jws", signed)
    assert home.ok("directory", "import", new) == "Version 2 is in force.\n"
    assert home.value("directory", "show")["authorities"][0]["name"] == "Fictional County and Vale"
    home.refused("directory", "import", old, code="directory-rollback", exits=3)
    assert home.value("directory", "show")["version"] == 2
    document["authorities"][0]["name"] = "Another"
    second = home.write(
        "second.jws", raw(home, "directory", "sign", home.write("2.json", canonical(document)))
    )
    home.refused("directory", "import", second, code="directory-equivocation", exits=3)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"v":1,"v":1}', b"\xff"])
def test_only_a_directory_is_signed(home: Home, document: bytes) -> None:
    result = home.run("directory", "sign", home.write("none.json", document))
    assert (result.exit_code, result.stdout_bytes) == (3, b"")


def test_a_regional_directory_is_followed_once_its_roots_are_pinned(two: Two) -> None:
    """Pinned roots count alone: our own directory no longer does, and theirs can be verified."""
    roots = raw(two.sender, "directory", "roots")
    (two.receiver.path / "roots.json").write_bytes(roots)
    two.receiver.refused("directory", "show", code="directory-roots", exits=3)
    assert raw(two.receiver, "directory", "roots") == roots
