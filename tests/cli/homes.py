"""Homes on which commands run: real settings, keys, databases and blobs; the network is a seam."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app import main
from app.cli.common import Shell
from app.cli.root import handover
from app.errors import Unavailable
from app.flows.site import Site, utc_now
from tests.flows.conftest import Wire

SENDER, RECEIVER = "gss:E10000025", "gss:E06000030"
NAMES = {SENDER: "Fictional County", RECEIVER: "Fictional Town"}
ENDPOINTS = {SENDER: "http://127.0.0.1:1", RECEIVER: "http://127.0.0.1:2"}
CLEAN = {"CASE_HANDOVER_HOME": None, "CASE_HANDOVER_PASSPHRASE": None, "USER": "tester"}


class Unreachable(Wire):
    """A wire that is cut."""

    def _call(self, function: Any, endpoint: str) -> Any:
        raise Unavailable("peer-unreachable", "Nobody answers")


@dataclass
class Home:
    """A home folder, and how to run commands on it."""

    path: Path
    wire: Wire = field(default_factory=Wire)

    def run(self, *args: str | Path, stdin: str | None = None, **env: str) -> Result:
        """The result of `handover --home ... ARGS`. Nothing but an exit code may come out."""
        result = CliRunner().invoke(
            handover,
            ["--home", str(self.path), *map(str, args)],
            obj=Shell(Path(), self.open_site),
            input=stdin,
            env={**CLEAN, **env},
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        assert "This is a bug" not in result.output, result.output
        return result

    def ok(self, *args: str | Path, stdin: str | None = None) -> str:
        """What a command that must succeed prints."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def value(self, *args: str | Path) -> Any:
        """What it prints with `--json`."""
        return json.loads(self.ok(*args, "--json"))

    def refused(self, *args: str | Path, code: str, exits: int) -> str:
        """What a command that must be refused says."""
        result = self.run(*args)
        assert (result.exit_code, f"[{code}]" in result.stderr) == (exits, True), result.output
        assert result.stdout == ""
        return result.stderr

    def open_site(self, home: Path, passphrase: str | None) -> Site:
        return replace(main.open_site(home, passphrase), peers=self.wire)

    def files(self) -> dict[str, bytes]:
        """All that is in the folder."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}

    def write(self, name: str, value: Any) -> Path:
        """A file beside the home: bytes as they are, anything else as JSON."""
        path = self.path.parent / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return path


def init(path: Path, authority: str = SENDER, wire: Wire | None = None) -> Home:
    """A new home, its keys in clear: those of tests are nobody's."""
    home = Home(path, wire or Wire())
    home.ok(
        "init", "--authority", authority, "--name", NAMES[authority],
        "--endpoint", ENDPOINTS[authority], "--front-door", "01632 960000", "--unencrypted-demo",
    )  # fmt: skip
    return home


def card(home: Home, name: str = "card.jws") -> tuple[Path, str]:
    """A file with the home's card, and its fingerprint."""
    path = home.path.parent / f"{home.path.name}-{name}"
    result = home.run("directory", "card", "--out", path)
    assert result.exit_code == 0
    return path, result.stderr.partition("Fingerprint: ")[2].strip()


def pair(one: Home, other: Home) -> None:
    """`one` trusts `other`."""
    path, fingerprint = card(other)
    one.ok("directory", "pair", path, "--fingerprint", fingerprint)


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    """From now on every service that is opened lives so much later."""
    now = utc_now() + timedelta(**by)
    monkeypatch.setattr(main, "Clock", lambda _: lambda: now)


@dataclass
class Two:
    """A sending and a receiving authority that trust each other. `handover`, once one is sent."""

    sender: Home
    receiver: Home

    @property
    def handover(self) -> str:
        (row,) = self.receiver.value("list")
        found: str = row["handover"]
        return found


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Two]:
    """Both homes of `template` anew in `folder`, joined by a wire."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    wire = Wire()
    homes = [Home(folder / name, wire) for name in ("sender", "receiver")]
    for home, endpoint in zip(homes, ENDPOINTS.values(), strict=True):
        wire.sites[endpoint] = home.open_site(home.path, None)
    yield Two(*homes)
    for site in wire.sites.values():
        site.database.close()
