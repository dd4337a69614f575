"""An authority of several processes, each of which can be killed and comes back."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from random import Random

import httpx

from tests.acceptance.faults.wire import Wire, stretched
from tests.acceptance.services import token, typed, until

_PREPARED = 120.0
"""Seconds; half a dozen processes start at once, on a machine that may be busy."""


class Process:
    """`handover serve` or `handover worker`, again and again."""

    def __init__(self, home: Path, words: list[str], listener: socket.socket | None) -> None:
        self._home, self._words, self._listener = home, words, listener
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        descriptors = [] if self._listener is None else [self._listener.fileno()]
        fd = [] if self._listener is None else ["--fd", str(self._listener.fileno())]
        with (self._home / "log.jsonl").open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.faults.unwell", "--home", str(self._home),
                 *self._words, *fd],
                pass_fds=descriptors, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "CASE_HANDOVER_FAULTS": str(self._home)},
            )  # fmt: skip

    def kill(self) -> None:
        """As a power cut would, and switched on again."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        self.start()

    def alive(self) -> None:
        """Switched on again, if it has ended by itself: its database was away when it started."""
        if self._running is None or self._running.poll() is not None:
            self.start()

    def stop(self) -> int:
        """As an operator would; returns what it says in the end."""
        if self._running is None:
            return 0
        self._running.send_signal(signal.SIGTERM)
        code = self._running.wait(60)
        self._running = None
        return code


class Authority:
    """Its home, its processes, the wire in front of them, and a person's token."""

    def __init__(
        self, stack: ExitStack, home: Path, identifier: str, database: str, chance: Random
    ) -> None:
        self.home, self.identifier = home, identifier
        listeners = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
            for _ in range(1 if database == "" else 2)
        ]
        for one in listeners:
            one.set_inheritable(True)
        addresses = [("127.0.0.1", one.getsockname()[1]) for one in listeners]
        self.wire = Wire(addresses, chance)
        self.endpoint = stack.enter_context(stretched(self.wire))
        self._direct = [f"http://{host}:{port}" for host, port in addresses]
        self.processes = [
            Process(home, ["serve", "--no-worker"] if database else ["serve"], one)
            for one in listeners
        ] + [Process(home, ["worker"], None) for _ in range(2 if database else 0)]
        self._found(database)
        stack.callback(lambda: [one.stop() for one in self.processes])
        self.token = token(home)

    def _found(self, database: str) -> None:
        environment = {"CASE_HANDOVER_DATABASE": database} if database else {}
        typed(
            self.home, "init", "--authority", self.identifier,
            "--name", f"Fictional {self.identifier}", "--endpoint", self.endpoint,
            "--front-door", "01632 960000", "--unencrypted-demo", **environment,
        )  # fmt: skip
        if database:
            with (self.home / "handover.toml").open("a") as settings:
                settings.write(f"database = {json.dumps(database)}\n")

    def client(self) -> httpx.Client:
        """A person's, over the wire."""
        return httpx.Client(
            base_url=self.endpoint,
            headers={"Authorization": f"Bearer {self.token}", "Access-Purpose": "Test"},
            timeout=10,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # each request may have an accident
        )

    def fault(self, name: str, value: str = "") -> None:
        """Make something of its machine unwell, or well again."""
        (self.home / name).write_text(value)

    def ready(self) -> None:
        """Wait until each of its processes works."""

        def all_ready() -> bool:
            for one in self.processes:
                one.alive()
            return all(
                httpx.get(f"{one}/health/live", trust_env=False, timeout=5).is_success
                for one in self._direct
            )

        until(all_ready, _PREPARED)
