"""`handover keys recovery`: the bad day, rehearsed."""

import itertools
import stat
from functools import partial
from pathlib import Path

import pytest

from app.cli import common
from app.cli import recovery as command
from app.flows import keys, recovery
from app.trust.keyfile import lock
from app.trust.recovery import seal
from tests.cli.homes import Home
from tests.cli.test_init import arguments

HOLDERS = ("director", "dpo", "it")


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with encrypted keys, at a passphrase's price of next to nothing."""
    monkeypatch.setattr(keys, "lock", partial(lock, log_n=4))
    monkeypatch.setattr(recovery, "seal", partial(seal, log_n=4))
    home = Home(tmp_path / "home")
    home.ok(*arguments())
    return home


def made(home: Home, *holders: str, out: str = "recovery") -> tuple[Path, dict[str, str]]:
    """The folder of files, and each holder's secret as it was shown."""
    folder = home.path.parent / out
    named = [word for holder in holders for word in ("--holder", holder)]
    said = home.ok("keys", "recovery", "make", *named, "--out", folder)
    shown = dict(line.split(": ") for line in said.splitlines() if ": " in line)
    assert set(shown) == {holder.lower() for holder in holders}
    return folder, shown


def test_any_two_recover_and_no_one_alone(encrypted: Home) -> None:
    folder, secrets = made(encrypted, *HOLDERS)
    passphrase = encrypted.path / "passphrase"
    before = passphrase.read_bytes()
    assert {one.name for one in folder.iterdir()} == {
        "recovery-director-dpo.age", "recovery-director-it.age", "recovery-dpo-it.age",
    }  # fmt: skip
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    for file in folder.iterdir():
        pair = set(file.stem.split("-")[1:])
        for one, other in itertools.product(HOLDERS, repeat=2):
            passphrase.unlink()
            encrypted.refused("list", code="passphrase-missing", exits=3)
            typed = f"{secrets[one].upper()}\n{secrets[other].replace('-', ' ')}\n"
            result = encrypted.run("keys", "recovery", "use", file, stdin=typed)
            if {one, other} == pair:
                assert result.exit_code == 0, result.output
                assert stat.S_IMODE(passphrase.stat().st_mode) == 0o600
                encrypted.ok("list")
            else:
                assert (result.exit_code, "[recovery-secret]" in result.stderr) == (3, True)
                assert not passphrase.exists()
                passphrase.write_bytes(before)
            assert before.decode().strip() not in result.output
    assert passphrase.read_bytes() == before


def test_nothing_of_it_is_kept_in_clear(encrypted: Home) -> None:
    folder, secrets = made(encrypted, "A", "B")
    kept = [*encrypted.files().values(), *(one.read_bytes() for one in folder.iterdir())]
    for secret in secrets.values():
        assert not [data for data in kept if secret.encode() in data]
    passphrase = (encrypted.path / "passphrase").read_bytes().strip()
    assert not [one for one in folder.iterdir() if passphrase in one.read_bytes()]


def test_a_rotated_keyring_is_still_recovered(encrypted: Home) -> None:
    folder, secrets = made(encrypted, "a", "b")
    encrypted.ok("keys", "rotate")
    (encrypted.path / "passphrase").unlink()
    typed = "".join(f"{secret}\n" for secret in secrets.values())
    result = encrypted.run("keys", "recovery", "use", folder / "recovery-a-b.age", stdin=typed)
    assert result.exit_code == 0
    assert len(encrypted.value("keys", "show")["keysets"]) == 2


def test_a_file_of_another_keyring_writes_nothing(encrypted: Home, tmp_path: Path) -> None:
    folder, secrets = made(encrypted, "a", "b")
    other = Home(tmp_path / "other")
    other.ok(*arguments())
    before = other.files()
    typed = "".join(f"{secret}\n" for secret in secrets.values())
    result = other.run("keys", "recovery", "use", folder / "recovery-a-b.age", stdin=typed)
    assert (result.exit_code, "[keyring-passphrase]" in result.stderr) == (3, True)
    assert other.files() == before


def test_a_damaged_file_is_said_and_writes_nothing(encrypted: Home) -> None:
    folder, secrets = made(encrypted, "a", "b")
    file = folder / "recovery-a-b.age"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    before = encrypted.files()
    typed = "".join(f"{secret}\n" for secret in secrets.values())
    result = encrypted.run("keys", "recovery", "use", file, stdin=typed)
    assert (result.exit_code, "[age-payload-chunk]" in result.stderr) == (3, True)
    assert encrypted.files() == before


def test_a_secret_of_another_form_is_asked_for_again(encrypted: Home) -> None:
    folder, (one, other) = (lambda made: (made[0], made[1].values()))(made(encrypted, "a", "b"))
    typed = f"{one[:-1]}\nnonsense\n{one}\n{other}\n"
    result = encrypted.run(
        "keys", "recovery", "use", folder / "recovery-a-b.age", stdin=typed
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stderr.count("Secret of the first holder") == 3
    assert one not in result.output


@pytest.mark.parametrize(
    "holders",
    [("a",), ("a", "a"), ("a", "A"), ("a", "../b"), ("a", ""), ("a", "b-c"), tuple("abcdef")],
)
def test_holders_are_two_to_five_words(encrypted: Home, holders: tuple[str, ...]) -> None:
    out = encrypted.path.parent / "recovery"
    named = [word for holder in holders for word in ("--holder", holder)]
    args: list[str | Path] = ["keys", "recovery", "make", *named, "--out", out]
    encrypted.refused(*args, code="recovery-holders", exits=3)
    assert not out.exists()


def test_a_demonstration_has_nothing_to_recover(home: Home, tmp_path: Path) -> None:
    args: list[str | Path] = [
        "keys",
        "recovery",
        "make",
        "--holder",
        "a",
        "--holder",
        "b",
        "--out",
        tmp_path / "r",
    ]
    home.refused(*args, code="keyring-in-clear", exits=3)


def test_no_file_is_written_over(encrypted: Home) -> None:
    folder, _ = made(encrypted, "a", "b")
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    args: list[str | Path] = [
        "keys",
        "recovery",
        "make",
        "--holder",
        "a",
        "--holder",
        "b",
        "--out",
        folder,
    ]
    assert encrypted.run(*args).exit_code == 5
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_each_holder_is_alone_at_the_screen(
    encrypted: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_CLEAR", "<gone>")  # elsewhere than on a terminal it is left out
    monkeypatch.setattr(command, "somebody_is_there", lambda: True)
    monkeypatch.setattr(common, "somebody_is_there", lambda: True)
    args: list[str | Path] = ["keys", "recovery", "make", "--holder", "a", "--holder", "b"]
    said = encrypted.run(*args, "--out", encrypted.path.parent / "r").stdout
    first, second, _ = said.split("<gone>")
    assert (first.count("a: "), second.count("b: ")) == (1, 1)
