"""A served process, its settings in a file, and an identity provider over HTTP."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.crypto.tokens import AUDIENCE, GROUP, NAME, TENANT
from tests.outside.provider import Entra, hangs_up, providing

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def handover(home: Path, *args: str) -> list[str]:
    return [sys.executable, "-m", "app.main", "--home", str(home), *args]


@pytest.fixture
def entra() -> Iterator[Entra]:
    with providing() as entra:
        entra.now = datetime.now(UTC)
        yield entra


@pytest.fixture
def home(tmp_path: Path, entra: Entra) -> Path:
    home = tmp_path / "home"
    asked = handover(
        home, "init", "--authority", "gss:E10000025", "--name", "Fictional County",
        "--endpoint", "https://handover.example", "--front-door", "01632 960000",
        "--unencrypted-demo",
    )  # fmt: skip
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True)
    file = home / "handover.toml"
    file.write_text(
        f'{file.read_text()}\noidc_issuer = "{entra.name}"\noidc_audience = "{AUDIENCE}"\n'
        f'oidc_tenant = "{TENANT}"\n[oidc_teams]\n"{GROUP}" = "family-west"\n'
    )
    return home


@contextmanager
def served(home: Path, log: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as errors:
        number = listener.fileno()
        process = subprocess.Popen(
            handover(home, "serve", "--no-worker", "--fd", str(number)),
            cwd=ROOT,
            pass_fds=[number],
            stderr=errors,
        )
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/handovers"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_a_served_process_takes_tokens_of_its_provider(
    home: Path, entra: Entra, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    good, bad = entra.token(), entra.token(aud="another")
    with served(home, log) as url, httpx.Client(timeout=PATIENCE) as client:

        def ask(token: str) -> httpx.Response:
            return client.get(url, headers={"Authorization": f"Bearer {token}"})

        assert ask(good).json() == {"handovers": [], "cursor": None}
        refused = [ask(token) for token in (bad, good[:-4], "x" * 30_000, "cht_unknown")]
        assert {one.status_code for one in refused} == {401}
        assert len({one.content for one in refused}) == 1
        entra.instead = hangs_up
        assert ask(good).status_code == 200
        entra.keys["new"] = entra.keys.pop("other")
        assert ask(entra.token("new")).status_code == 401, "it was asked this very minute"
    said = log.read_text()
    assert said.count("jwt-audience") == 1
    for secret in (NAME, good, bad, *good.split("."), entra.name):
        assert secret not in said
    assert entra.times_asked == 1
