"""`handover init`, and how a home is unlocked."""

import stat
import tomllib
from functools import partial
from pathlib import Path

import pytest

from app.cli import common
from app.flows import keys
from app.trust.keyfile import lock
from tests.cli import homes
from tests.cli.homes import SENDER, Home

GOOD = {
    "--authority": SENDER,
    "--name": "Fictional County",
    "--endpoint": "https://handover.example",
    "--front-door": "01632 960000",
}


def arguments(**changed: str) -> list[str]:
    given = GOOD | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return ["init", *(word for pair in given.items() for word in pair)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that cost next to nothing; one test pays the real price."""
    monkeypatch.setattr(keys, "lock", partial(lock, log_n=4))


def test_a_home_is_its_owner_s_alone_and_is_set_up_once(tmp_path: Path) -> None:
    """At the real cost of the passphrase."""
    home = Home(tmp_path / "deep" / "home")
    said = home.ok(*arguments(nation="wales", port="8099"))
    assert "Fingerprint to read over the telephone: " in said
    assert "ITS KEYS ARE NOT ENCRYPTED" not in said
    assert str(home.path / "passphrase") in said
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in home.path.rglob("*")
        if path.is_file()
    }
    assert {"handover.toml", "keyring.age", "passphrase", "handover.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert home.files()["keyring.age"].startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert tomllib.loads(home.files()["handover.toml"].decode()) == {
        "authority": SENDER,
        "nation": "wales",
        "port": 8099,
        "passphrase_file": "passphrase",
    }
    before = home.files()
    home.refused(*arguments(), code="already-set-up", exits=5)
    assert home.files() == before
    assert home.value("directory", "show")["authorities"][0]["nation"] == "wales"


def test_a_demonstration_s_keys_say_that_they_are_in_clear(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert "ITS KEYS ARE NOT ENCRYPTED" in home.ok(*arguments(), "--unencrypted-demo")
    assert "passphrase" not in home.files()


@pytest.mark.parametrize("kept", ["handover.toml", "keyring.age", "passphrase"])
def test_no_file_is_written_over(tmp_path: Path, kept: str) -> None:
    (tmp_path / kept).write_bytes(b"mine")
    home = Home(tmp_path)
    assert kept in home.refused(*arguments(), code="already-set-up", exits=5)
    assert home.files() == {kept: b"mine"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"authority": "Oxfordshire"}, "settings-invalid"),
        ({"port": "70000"}, "settings-invalid"),
        ({"endpoint": "http://handover.example"}, "authority-form"),
        ({"endpoint": "handover.example"}, "authority-form"),
        ({"front_door": "the usual one"}, "authority-form"),
        ({"secure_mail": "nobody"}, "authority-form"),
        ({"name": ""}, "authority-form"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_what_is_not_right_leaves_nothing_and_can_be_put_right(
    tmp_path: Path, changed: dict[str, str], code: str
) -> None:
    home = Home(tmp_path / "home")
    home.refused(*arguments(**changed), code=code, exits=3)
    assert not {"handover.toml", "keyring.age", "passphrase"} & set(home.files())
    home.ok(*arguments())


@pytest.mark.usefixtures("quick")
def test_a_passphrase_of_a_mounted_secret_stays_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    home = Home(tmp_path / "home")
    refused = home.run(*arguments(passphrase_file=str(secret)))
    assert (refused.exit_code, home.path.exists()) == (2, False)
    secret.write_text("\n")
    home.refused(*arguments(passphrase_file=str(secret)), code="passphrase-missing", exits=3)
    assert not home.path.exists()
    secret.write_text("a passphrase of three words\n")
    wrong = arguments(passphrase_file=str(secret), name="")
    home.refused(*wrong, code="authority-form", exits=3)
    assert secret.exists()
    assert str(secret) in home.ok(*arguments(passphrase_file=str(secret)))
    assert "passphrase" not in home.files()
    assert not any(b"three words" in data for data in home.files().values())
    assert home.value("keys", "show")["authority"] == SENDER
    secret.write_text("another\n")
    home.refused("list", code="keyring-passphrase", exits=3)


@pytest.mark.usefixtures("quick")
def test_a_keyring_in_clear_takes_no_passphrase(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x\n")
    home = Home(tmp_path / "home")
    asked = arguments(passphrase_file=str(tmp_path / "secret"))
    assert home.run(*asked, "--unencrypted-demo").exit_code == 2
    assert not home.path.exists()


def test_there_is_no_service_without_settings_or_keys(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert "handover init" in home.refused("list", code="settings-missing", exits=3)
    homes.init(home.path)
    (home.path / "keyring.age").unlink()
    home.refused("list", code="keyring-missing", exits=3)


@pytest.fixture
def locked(tmp_path: Path, quick: None) -> Home:
    """A home whose passphrase is kept elsewhere: `secret`, beside it."""
    home = Home(tmp_path / "home")
    home.ok(*arguments())
    (home.path / "passphrase").rename(tmp_path / "secret")
    toml = home.path / "handover.toml"
    toml.write_text(toml.read_text().replace('passphrase_file = "passphrase"\n', ""))
    return home


def test_the_passphrase_may_come_from_the_environment(locked: Home, tmp_path: Path) -> None:
    secret = (tmp_path / "secret").read_text().strip()
    assert locked.run("list", CASE_HANDOVER_PASSPHRASE=secret).exit_code == 0
    wrong = locked.run("list", CASE_HANDOVER_PASSPHRASE="wrong")
    assert (wrong.exit_code, "[keyring-passphrase]" in wrong.stderr) == (3, True)
    assert secret not in wrong.output
    locked.refused("list", code="passphrase-missing", exits=3)


def test_the_passphrase_is_asked_for_once_where_somebody_is(
    locked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "somebody_is_there", lambda: True)
    secret = (tmp_path / "secret").read_text()
    result = locked.run("keys", "rotate", stdin=secret)
    assert result.exit_code == 0
    assert result.stderr.count("Passphrase of our keys") == 1
    assert secret.strip() not in result.output
    result = locked.run("keys", "show", "--json", stdin="wrong\n")
    assert (result.exit_code, "[keyring-passphrase]" in result.stderr) == (3, True)


UNATTENDED = [
    ("{}", None),
    ("{}\n", None),
    ("{}\r\n", None),
    ("{}\n\n", None),
    ("{} \n", "keyring-passphrase"),
    ("", "passphrase-missing"),
    ("\n", "passphrase-missing"),
    ("\udcff\n", "passphrase-missing"),
    (None, "passphrase-missing"),
]


@pytest.mark.parametrize(("text", "refused"), UNATTENDED)
def test_the_passphrase_file_of_an_unattended_start(
    locked: Home, tmp_path: Path, text: str | None, refused: str | None
) -> None:
    """One reading for all commands; a missing or unreadable one is a sentence that names it."""
    secret = (tmp_path / "secret").read_text().strip()
    file = tmp_path / "elsewhere"
    if text is not None:
        file.write_bytes(text.format(secret).encode(errors="surrogateescape"))
        file.chmod(0o600)
    for command in (["list"], ["keys", "rotate"]):
        result = locked.run(*command, CASE_HANDOVER_PASSPHRASE_FILE=str(file))
        assert result.exit_code == (3 if refused else 0), result.output
        assert secret not in result.output
        assert not refused or f"[{refused}]" in result.stderr
        assert refused != "passphrase-missing" or str(file) in result.stderr


def test_a_passphrase_file_that_is_gone_is_asked_for(
    locked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "somebody_is_there", lambda: True)
    typed = (tmp_path / "secret").read_text()
    gone = str(tmp_path / "gone")
    result = locked.run("list", stdin=typed, CASE_HANDOVER_PASSPHRASE_FILE=gone)
    assert (result.exit_code, result.stderr.count("Passphrase of our keys")) == (0, 1)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o440, 0), (0o444, 1), (0o602, 1)])
def test_a_passphrase_file_that_others_can_read_is_warned_of(
    locked: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: int
) -> None:
    """Container platforms mount secrets so; a service that does not start helps no child."""
    (tmp_path / "secret").chmod(mode)
    file = str(tmp_path / "secret")
    assert locked.run("list", CASE_HANDOVER_PASSPHRASE_FILE=file).exit_code == 0
    said = [one for one in caplog.records if "passphrase file" in one.getMessage()]
    assert len(said) == warned
