"""`handover serve` and `handover worker`, as processes: how they begin and end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import pytest
import uvicorn

from app.cli.common import operator
from app.flows import draft, send
from app.store import sqlite
from tests.casefile import samples
from tests.cli import case
from tests.cli.homes import RECEIVER, Home, Two

PATIENCE = 60


@contextmanager
def running(home: Home, *args: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command as a process; ended at the latest here."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.main", "--home", home.path, *args],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stderr is not None
    line: dict[str, Any] = json.loads(process.stderr.readline())
    return line


def beside_ticks(said: bytes) -> list[dict[str, Any]]:
    """What was logged; but that time goes by is no news, nor that it ends."""
    lines = [json.loads(line) for line in said.splitlines()]
    return [one for one in lines if one.get("kind") != "tick" and one["message"] != "ending"]


def check_build(line: dict[str, Any], message: str) -> None:
    """It says at its start what runs, and how SQLite keeps its journal: as its version is safe."""
    module, safe = sqlite.choose_module()
    assert (line["logger"], line["message"]) == ("app.cli.serve", message)
    assert (line["database"], line["database_version"]) == ("sqlite", module.sqlite_version)
    assert line["journal"] == ("wal" if safe else "truncate")
    assert (line["version"], line["python"]) == (version("case-handover"), python_version())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_well_when_it_is_asked_to(home: Home, how: signal.Signals) -> None:
    with running(home, "serve", CASE_HANDOVER_PORT="0") as process:
        line = first_line(process)
        check_build(line, "serving")
        socket.create_connection(("127.0.0.1", line["port"])).close()
        process.send_signal(how)
        _, rest = process.communicate(timeout=PATIENCE)
        assert (process.returncode, beside_ticks(rest)) == (0, [])


def test_a_port_that_is_taken_is_said(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running(home, "serve", CASE_HANDOVER_PORT=port) as process:
            _, said = process.communicate(timeout=PATIENCE)
            assert process.returncode == 6
            assert f"Something listens on 127.0.0.1:{port} already".encode() in said
            assert b"Traceback" not in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_works_until_it_is_asked_to_end(two: Two, how: signal.Signals) -> None:
    """Nobody answers at the other side's port: the job is tried, and waits."""
    site = two.sender.open_site(two.sender.path, None)
    who = operator(site)
    row = draft.create(
        site, who, recipient=RECEIVER, own_reference="F/1", transfer="cp_permanent", team=None,
        case_file=samples.case(),
    )  # fmt: skip
    send.notify(site, who, row.id, case.notification())
    site.database.close()
    with running(two.sender, "worker") as process:
        line = first_line(process)
        check_build(line, "working")
        while line.get("kind") != "deliver":  # time goes by in another lane
            line = first_line(process)
        assert (line["logger"], line["message"]) == ("app.worker", "job")
        assert (line["kind"], line["attempts"]) == ("deliver", 1)
        process.send_signal(how)
        _, rest = process.communicate(timeout=PATIENCE)
        assert (process.returncode, beside_ticks(rest)) == (0, [])
    (waiting,) = two.sender.value("show", row.id)["deliveries"]
    assert (waiting["attempts"], waiting["problem"]) == (1, line["outcome"])


def test_serve_starts_unattended_from_a_secret_file(tmp_path: Path) -> None:
    """Real keys under a real passphrase, which is in a file outside the home."""
    home, secret = Home(tmp_path / "home"), tmp_path / "secret"
    home.ok(
        "init", "--authority", "gss:E10000025", "--name", "Fictional County",
        "--endpoint", "https://handover.example", "--front-door", "01632 960000",
    )  # fmt: skip
    (home.path / "passphrase").rename(secret)
    with running(home, "serve", CASE_HANDOVER_PORT="0") as process:
        _, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, said.count(b"\n")) == (3, 1)
        assert str(home.path / "passphrase").encode() in said
        assert b"[passphrase-missing]" in said
    named = {"CASE_HANDOVER_PASSPHRASE_FILE": str(secret), "CASE_HANDOVER_PORT": "0"}
    with running(home, "serve", **named) as process:
        assert first_line(process)["message"] == "serving"
        shown = Path(f"/proc/{process.pid}/cmdline")
        assert secret.read_bytes().strip() not in shown.read_bytes()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_nobody_is_believed_who_they_are_forwarded_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header that anybody can send changes nothing of what the app is told."""
    configs: list[uvicorn.Config] = []

    class Server(uvicorn.Server):
        def run(self, sockets: list[socket.socket] | None = None) -> None:
            configs.append(self.config)
            for one in sockets or ():
                one.close()

    monkeypatch.setattr(uvicorn, "Server", Server)
    monkeypatch.setattr("app.telemetry.start", lambda: None)
    handlers = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        home.run("serve", "--no-worker", CASE_HANDOVER_PORT="0")
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
    (config,) = configs
    assert not config.proxy_headers
