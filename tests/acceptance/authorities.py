"""Two real services that can be looked into: encrypted keys, talkative logs, wires that are heard.

The words that are looked for are made up for this run, so that what is found is of this run.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.acceptance.plaintext import Watch
from tests.acceptance.services import until
from tests.acceptance.test_command_line import RECEIVER, SENDER
from tests.outside import scan
from tests.outside.network import Tap, cable

ROOT = Path(__file__).parents[2]
ENDING = "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(10))
PLAIN, ACCENTED = f"Zq{ENDING}", f"Ľú{ENDING}čň"
TALKATIVE = """
import logging
from app import main, telemetry
quiet = telemetry.start
def start():
    quiet(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
telemetry.start = start
main.command()
"""
"""The command, logging whatever any library has to say."""


def word(what: str) -> str:
    """Text that is of this run only."""
    return f"{what} {PLAIN} «{ACCENTED}»"


@dataclass
class Service:
    """An authority with encrypted keys, that starts unattended and logs all it can."""

    home: Path
    secret: Path
    temporary: Path
    listener: socket.socket
    endpoint: str
    """Where the other authority reaches it: at a wire that is listened to."""
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(init=False)

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if "CASE_HANDOVER" not in k}
        named = str(self.secret) if self.secret.exists() else "passphrase"
        return {
            **kept, "TMPDIR": str(self.temporary), "PYTHONASYNCIODEBUG": "1",
            "PYTHONIOENCODING": "utf-8", "CASE_HANDOVER_PASSPHRASE_FILE": named,
        }  # fmt: skip

    def command(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """`handover ...`, as an operator types it."""
        command = [sys.executable, "-m", "app.main", "--home", self.home, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, **options
        )  # fmt: skip

    def run(self, *arguments: str | Path) -> str:
        done = self.command(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def start(self) -> None:
        descriptor = self.listener.fileno()
        with (self.home / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", TALKATIVE, "--home", self.home, "serve",
                 "--fd", str(descriptor)],
                cwd=ROOT, env=self.environment, pass_fds=[descriptor], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip
        ready = f"http://127.0.0.1:{self.port}/health/ready"
        until(lambda: httpx.get(ready, trust_env=False).is_success)

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def get(self, path: str) -> httpx.Response:
        purpose = {"Access-Purpose": quote(word("To plan"))}
        return self.http.get(path, headers=purpose).raise_for_status()

    def state(self, handover: str) -> str | None:
        rows = self.get("/v1/handovers").json()["handovers"]
        return next((row["state"] for row in rows if row["handover"] == handover), None)

    def held(self) -> int:
        segments = (self.home / "blobs" / "uploads").glob("*/" + "[0-9]" * 20)
        return sum(path.stat().st_size for path in segments)


@dataclass
class Scene:
    sender: Service
    receiver: Service
    taps: tuple[Tap, Tap]
    """What the sender, and the receiver, are told by the other."""
    watch: Watch
    folder: Path

    def look(self, when: str, *, everywhere: bool = False) -> None:
        """At all places, and at what has gone over the wires since the last look (and a little
        before it, for a word that was on its way)."""
        for tap in self.taps:
            self.watch.said.append(("wire", tap.heard()))
        self.watch.look(when, everywhere=everywhere)


@contextmanager
def two_authorities(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        made: list[tuple[Service, Tap]] = []
        for name in ("sender", "receiver"):
            temporary = tmp_path / f"{name}-tmp"
            temporary.mkdir()
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            listener.set_inheritable(True)
            at = f"http://127.0.0.1:{listener.getsockname()[1]}"
            tap, endpoint = stack.enter_context(cable(at, Tap))
            assert isinstance(tap, Tap)
            service = Service(
                tmp_path / name, tmp_path / f"{name}.secret", temporary, listener, endpoint
            )
            stack.callback(service.end, signal.SIGKILL)
            made.append((service, tap))
        (sender, to_sender), (receiver, to_receiver) = made
        both = [sender, receiver]

        def pids() -> list[int]:
            return [one.process.pid for one in both if one.process is not None]

        watch = Watch(
            (PLAIN, ACCENTED), [one.home for one in both], [one.temporary for one in both], pids,
            tmp_path,
        )  # fmt: skip

        def keep(answer: httpx.Response) -> None:
            if answer.is_error:
                answer.read()
                head = repr(answer.headers.raw).encode()
                watch.said.append(("error", head + b"\0" + answer.content))

        for service, authority in zip(both, (SENDER, RECEIVER), strict=True):
            service.run(
                "init", "--authority", authority, "--name", f"Fictional {authority}",
                "--endpoint", service.endpoint, "--front-door", "01632 960000",
            )  # fmt: skip
            (service.home / "passphrase").rename(service.secret)
            token = service.run(
                "token", "create", "--subject", "user-1", "--role", "practitioner",
                "--team", "front-door", "--json",
            )  # fmt: skip
            service.http = stack.enter_context(
                httpx.Client(
                    base_url=f"http://127.0.0.1:{service.port}",
                    headers={"Authorization": f"Bearer {json.loads(token)['token']}"},
                    event_hooks={"response": [keep]}, timeout=60, trust_env=False,
                )
            )  # fmt: skip
        trust(sender, receiver)
        trust(receiver, sender)
        toml = receiver.home / "handover.toml"
        scanner = [sys.executable, "-I", str(Path(scan.__file__))]
        toml.write_text(f"{toml.read_text()}scan_command = {json.dumps(scanner)}\n")
        for service in both:
            service.start()
        yield Scene(sender, receiver, (to_sender, to_receiver), watch, tmp_path)


def trust(one: Service, other: Service) -> None:
    card = other.home / "card"
    said = other.command("directory", "card", "--out", card).stderr.decode()
    fingerprint = said.partition("Fingerprint: ")[2].strip()
    one.run("directory", "pair", card, "--fingerprint", fingerprint)
