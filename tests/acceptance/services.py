"""Two services as they are installed: real commands, processes, sockets and files."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote

import httpx
from click.testing import CliRunner, Result

from app.cli.common import Shell
from app.cli.root import handover
from app.demo import story
from app.main import open_site

TODAY = date.today()  # noqa: DTZ011 - the processes live by the machine's clock
PATIENCE = 60.0
SOON = 0.005
_BLOCK = Random(3).randbytes(2**20)


def until(what: Callable[[], Any], patience: float = PATIENCE, *, pause: float = 0.05) -> Any:
    """The first true answer; what a killed service cannot answer, and what is deleted while it is
    looked at, is none. `pause`: a service that is asked all the time does little else, but what is
    soon over must be asked for often."""
    end = monotonic() + patience
    while monotonic() < end:
        try:
            if found := what():
                return found
        except (httpx.HTTPError, FileNotFoundError):
            pass
        Event().wait(pause)
    raise AssertionError("it has not happened")


@dataclass
class Service:
    """One authority: its home, its socket, which outlives its process, and a person's token."""

    home: Path
    listener: socket.socket
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self, *arguments: str) -> str:
        """`handover ...`, as an operator types it."""
        command = [sys.executable, "-m", "app.main", "--home", str(self.home), *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def start(self, *how: str, **environment: str) -> None:
        descriptor = self.listener.fileno()
        with (self.home / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.main", "--home", str(self.home), "serve",
                 "--fd", str(descriptor), "--with-parent", *how],
                pass_fds=[descriptor], stdin=subprocess.PIPE, stdout=log, stderr=log,
                env={**os.environ, **environment},
            )  # fmt: skip
        until(lambda: httpx.get(f"{self.endpoint}/health/ready", trust_env=False).is_success)

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._forget()

    def stop(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            assert self.process.wait(PATIENCE) == 0
            self._forget()

    def end(self) -> int:
        """As a service manager ends it; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._forget()
        return code

    def logged(self) -> list[dict[str, Any]]:
        """All that it has said."""
        lines = (self.home / "log.jsonl").read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def _forget(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None

    def get(self, path: str) -> Any:
        return self.http.get(path, headers={"Access-Purpose": "Test"}).raise_for_status()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def put(self, draft: str, number: int, name: str, data: bytes | Iterable[bytes]) -> None:
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Content-Type": "application/octet-stream",
        }
        path = f"/v1/drafts/{draft}/attachments/{number}"
        self.http.put(path, content=data, headers=headers).raise_for_status()

    def state(self, handover: str) -> str | None:
        rows = self.get("/v1/handovers").json()["handovers"]
        return next((row["state"] for row in rows if row["handover"] == handover), None)

    def peak(self) -> int:
        """The most memory that its process has had, in bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (kibibytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.M)
        return int(kibibytes) * 1024

    def bytes_read(self) -> int:
        """All that its process has read from files and sockets since it started."""
        assert self.process is not None
        (count,) = re.findall(
            r"^rchar: (\d+)$", Path(f"/proc/{self.process.pid}/io").read_text(), re.M
        )
        return int(count)

    def held(self) -> int:
        """Sealed bytes that are on the disk."""
        segments = (self.home / "blobs" / "uploads").glob("*/" + "[0-9]" * 20)
        return sum(path.stat().st_size for path in segments)


def typed(home: Path, *words: str | Path, **environment: str) -> Result:
    """`handover ...`, typed in this process: to start one costs far more than what is asked here.
    Each of these commands has its process in `test_command_line`."""
    mask = os.umask(0o077)
    try:
        given = ["--home", str(home), *map(str, words)]
        done = CliRunner().invoke(
            handover, given, obj=Shell(Path(), open_site), env=dict(environment)
        )
    finally:
        os.umask(mask)
    assert done.exit_code == 0, done.output
    return done


def found(
    stack: ExitStack,
    home: Path,
    authority: str,
    *how: str,
    through: Callable[[str], str] = str,
) -> Service:
    """Set up by the commands of the README. `through` gives the endpoint at which others reach it
    in the place of its own."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    listener.set_inheritable(True)
    service = Service(home, listener)
    stack.callback(service.stop)
    typed(
        home, "init", "--authority", authority, "--name", f"Fictional {authority}",
        "--endpoint", through(service.endpoint), "--front-door", "01632 960000", *how,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token(home)}"}
    service.http = stack.enter_context(
        httpx.Client(base_url=service.endpoint, headers=headers, timeout=60, trust_env=False)
    )
    return service


def token(home: Path, **environment: str) -> str:
    """A practitioner's."""
    who = ["--subject", "user-1", "--role", "practitioner", "--team", "front-door"]
    made: str = json.loads(typed(home, "token", "create", *who, "--json", **environment).stdout)[
        "token"
    ]
    return made


class Operated(Protocol):
    """An authority that has its home."""

    home: Path


def pair(one: Operated, other: Operated) -> None:
    card = other.home / "card"
    said = typed(other.home, "directory", "card", "--out", card).stderr
    fingerprint = said.partition("Fingerprint: ")[2].strip()
    typed(one.home, "directory", "pair", card, "--fingerprint", fingerprint)


def notified(sender: Service) -> str:
    """A handover that was notified, with the story's minutes attached as documents 1 to 3."""
    draft = sender.post(
        "/v1/drafts",
        {
            "recipient": story.RECEIVER,
            "own_reference": "OX/1",
            "transfer": "cp_permanent",
            "case_file": story.case_file(TODAY),
        },
    )["id"]
    sender.post(f"/v1/drafts/{draft}/notification", {"words": story.notification(TODAY)})
    for one in story.documents(TODAY):
        sender.put(draft, one.number, one.name, one.data)
    return str(draft)


def blocks(mib: int) -> Iterator[bytes]:
    """So many MiB, of which no two are the same."""
    for number in range(mib):
        yield number.to_bytes(8, "big") + _BLOCK[8:]
