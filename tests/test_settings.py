"""Settings: described, in the README, overridden by the environment, refused with a sentence."""

import re
from pathlib import Path
from typing import Any

import pytest

from app import settings
from app.errors import Malformed
from app.settings import FILE, PREFIX, Settings, load, table

README = Path(__file__).parent.parent / "README.md"
GOOD = 'authority = "gss:E10000025"\n'


def home(folder: Path, text: str | bytes = GOOD) -> Path:
    data = text.encode() if isinstance(text, str) else text
    (folder / FILE).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_in_a_sentence(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert re.fullmatch(r"[A-Z][^|\n]+\.", description), "a sentence that fits into a table"


def test_the_readme_has_them_all() -> None:
    shown = README.read_text(encoding="utf-8").partition("<!-- settings -->\n")[2]
    shown = shown.partition("\n<!-- /settings -->")[0]
    assert shown == table(), "put there: python -c 'from app.settings import table; print(table())'"


def test_the_table_says_what_there_is() -> None:
    lines = table().splitlines()
    assert len(lines) == len(Settings.model_fields) + 2
    assert "| `authority` |  | " in lines[2]
    assert "| `port` | `8080` | The port to listen on. |" in lines
    assert "| `database` |  | Database: empty" in table()


def test_only_the_authority_must_be_given(tmp_path: Path) -> None:
    assert load(home(tmp_path), {}) == Settings(authority="gss:E10000025")


GIVEN: dict[str, tuple[str, Any]] = {
    "authority": ("gss:W06000015", "gss:W06000015"),
    "nation": ("wales", "wales"),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104
    "port": ("0", 0),
    "database": ("sqlite:///x.db", "sqlite:///x.db"),
    "blobs": ("/srv/blobs", "/srv/blobs"),
    "keyring": ("k.age", "k.age"),
    "passphrase_file": ("/run/secrets/p", "/run/secrets/p"),
    "drain_seconds": ("30", 30),
    "oidc_issuer": ("https://login.example/t/v2.0", "https://login.example/t/v2.0"),
    "oidc_audience": ("c0ffee", "c0ffee"),
    "oidc_tenant": ("0f9e8d7c", "0f9e8d7c"),
    "receiving_team": ("mash", "mash"),
    "draft_days": ("7", 7),
    "upload_hours": ("1", 1),
    "peer_uploads": ("1", 1),
    "peer_upload_bytes": (str(2**20), 2**20),
    "peer_rate": ("1", 1),
    "disk_reserve": ("0", 0),
    "bundle_bytes": (str(2**20), 2**20),
    "content_bytes": (str(2**16), 2**16),
    "attachments": ("0", 0),
    "scan_seconds": ("5", 5),
}


ALONG = {"oidc_issuer": {"oidc_audience": "us"}}
"""What has to be there too."""


def test_every_setting_but_tables_and_lists_has_a_variable() -> None:
    assert GIVEN.keys() == Settings.model_fields.keys() - {
        "partnership",
        "oidc_teams",
        "formerly",
        "scan_command",
    }


@pytest.mark.parametrize("name", GIVEN)
def test_the_environment_overrides_the_file(tmp_path: Path, name: str) -> None:
    text, value = GIVEN[name]
    along = ALONG.get(name, {})
    given = {PREFIX + one.upper(): set_to for one, set_to in along.items()}
    loaded = load(home(tmp_path), {**given, PREFIX + name.upper(): text, PREFIX + "OTHER": "x"})
    assert loaded == Settings(**{"authority": "gss:E10000025", name: value, **along})


def test_the_process_environment_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + "PORT", "8081")
    assert load(home(tmp_path)).port == 8081


def test_a_partnership_is_a_table_of_the_file(tmp_path: Path) -> None:
    text = GOOD + "[partnership.limits.transfer_conference]\nn = 10\nunit = 'working_days'\n"
    loaded = load(home(tmp_path, text), {PREFIX + "PARTNERSHIP": "ignored"})
    limits = {"transfer_conference": {"n": 10, "unit": "working_days"}}
    assert loaded.partnership == {"limits": limits}


def test_a_scanner_is_a_list_of_the_file(tmp_path: Path) -> None:
    """Whoever can set a variable of the environment runs no command by it."""
    text = GOOD + "scan_command = ['clamdscan', '--no-summary', '-']\n"
    loaded = load(home(tmp_path, text), {PREFIX + "SCAN_COMMAND": "ignored"})
    assert loaded.scan_command == ["clamdscan", "--no-summary", "-"]


def test_teams_of_the_identity_provider_are_a_table_of_the_file(tmp_path: Path) -> None:
    text = GOOD + '[oidc_teams]\n"9d9d9d9d-0000-4000-8000-000000000001" = "family-west"\n'
    loaded = load(home(tmp_path, text), {PREFIX + "OIDC_TEAMS": "ignored"})
    assert loaded.oidc_teams == {"9d9d9d9d-0000-4000-8000-000000000001": "family-west"}


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/0f9e8d7c-0000-4000-8000-000000000001/v2.0",
        "https://sso.council.example:8443/realms/staff/",
        "http://127.0.0.1:8081",
        "http://[::1]:8081/realms/staff",
    ],
)
def test_issuers_that_may_be(tmp_path: Path, issuer: str) -> None:
    text = f'{GOOD}oidc_issuer = "{issuer}"\noidc_audience = "us"\n'
    assert load(home(tmp_path, text), {}).oidc_issuer == issuer


def test_an_issuer_needs_an_audience(tmp_path: Path) -> None:
    text = GOOD + 'oidc_issuer = "https://login.example"\n'
    with pytest.raises(Malformed) as caught:
        load(home(tmp_path, text), {})
    assert "`oidc_audience`: " in caught.value.detail
    assert "`oidc_issuer`: " not in caught.value.detail


BAD = {
    "authority": ['authority = "Oxfordshire"', "authority = 7", 'authority = ""'],
    "formerly": ['formerly = "gss:E1"', 'formerly = ["Oxfordshire"]'],
    "nation": ['nation = "cornwall"'],
    "port": ["port = 65536", "port = -1", 'port = "http"', "port = 80.5"],
    "draft_days": ["draft_days = 0", "draft_days = 366"],
    "upload_hours": ["upload_hours = 0", "upload_hours = 721"],
    "peer_uploads": ["peer_uploads = 0"],
    "peer_upload_bytes": ["peer_upload_bytes = 1048575"],
    "peer_rate": ["peer_rate = 0"],
    "disk_reserve": ["disk_reserve = -1"],
    "bundle_bytes": ["bundle_bytes = 1048575"],
    "content_bytes": ["content_bytes = 65535"],
    "attachments": ["attachments = -1", "attachments = 9999"],
    "oidc_issuer": [
        'oidc_issuer = "http://login.example"',
        'oidc_issuer = "http://127.0.0.1.evil.example"',
        'oidc_issuer = "https://user@login.example"',
        'oidc_issuer = "https://login.example/?tenant=1"',
        'oidc_issuer = "login.example"',
        "oidc_issuer = 7",
    ],
    "oidc_audience": ["oidc_audience = 7"],
    "oidc_tenant": ["oidc_tenant = []"],
    "oidc_teams": ['oidc_teams = "x"', '[oidc_teams]\n"9d 9d" = "x"', '[oidc_teams]\n"9d" = "a b"'],
    "partnership": ['partnership = "x"', "partnership = []"],
    "scan_command": ['scan_command = "clamdscan -"', 'scan_command = [""]', "scan_command = [1]"],
    "scan_seconds": ["scan_seconds = 0", "scan_seconds = 3601"],
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_named_with_what_it_should_be(tmp_path: Path, name: str) -> None:
    for line in BAD[name]:
        text = line if name == "authority" else GOOD + line
        with pytest.raises(Malformed) as caught:
            load(home(tmp_path, text + "\n"), {})
        assert caught.value.code == "settings-invalid"
        assert f"`{name}`: {Settings.model_fields[name].description}" in caught.value.detail
        assert caught.value.__cause__ is None


def test_a_bad_value_of_the_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        load(home(tmp_path), {PREFIX + "PORT": "many"})
    assert "`port`" in caught.value.detail
    assert "many" not in caught.value.detail


def test_a_name_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        load(home(tmp_path, GOOD + "prot = 80\n"), {})
    assert "`prot`: there is no such setting" in caught.value.detail


@pytest.mark.parametrize("text", [b"authority", b"\xff\xfe", b"a = 1\na = 2\n", b"[[[["])
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        load(home(tmp_path, text), {})
    assert caught.value.code == "settings-invalid"
    assert str(tmp_path / FILE) in caught.value.detail


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        load(tmp_path, {})
    assert caught.value.code == "settings-missing"
    assert "handover init" in caught.value.detail


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> str:
        raise PermissionError

    home(tmp_path)
    monkeypatch.setattr(Path, "read_text", forbidden)
    with pytest.raises(Malformed) as caught:
        load(tmp_path, {})
    assert caught.value.code == "settings-missing"


def test_where_the_database_is(tmp_path: Path) -> None:
    ours = Settings(authority="gss:E10000025")
    assert settings.database_url(ours, tmp_path) == f"sqlite:///{tmp_path.resolve()}/handover.db"
    given = ours.model_copy(update={"database": "postgresql+psycopg://db/handover"})
    assert settings.database_url(given, tmp_path) == "postgresql+psycopg://db/handover"
