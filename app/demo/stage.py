"""Two authorities on this machine: each with its own folder, keys, database, process and port."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from app.errors import Unavailable
from app.flows import home as home_folder
from app.flows import setup, tokens
from app.flows.setup import Contacts
from app.flows.site import Site

OpenSite = Callable[[Path, str | None], Site]
PATIENCE = 30.0
"""Seconds that a service has to become ready."""


@dataclass(frozen=True)
class Piece:
    """A file of sealed bytes, and when it was written: the same again only if it was kept."""

    size: int
    written: int

    @classmethod
    def of(cls, path: Path) -> Self:
        seen = path.stat()
        return cls(seen.st_size, seen.st_mtime_ns)


@dataclass
class Authority:
    """One of the two: its home, where it listens, and its people's tokens by role."""

    identifier: str
    name: str
    home: Path
    listener: socket.socket
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop its service; what is under way ends first."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.listener.close()

    def start(self) -> None:
        """Start its service on the socket that is bound already, and wait until it is ready."""
        descriptor = self.listener.fileno()
        with (self.home / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.main", "--home", str(self.home), "serve",
                 "--fd", str(descriptor), "--with-parent"],
                pass_fds=[descriptor], stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise

    def kill(self) -> None:
        """As a power cut would. Whoever calls meanwhile waits at the socket, which stays bound."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def pieces(self) -> dict[Path, Piece]:
        """The sealed bytes on its disk: files, each named by where in its whole it begins."""
        files = (self.home / "blobs" / "uploads").glob("*/" + "[0-9]" * 20)
        return {path: Piece.of(path) for path in files}

    def _wait(self) -> None:
        assert self.process is not None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if httpx.get(f"{self.endpoint}/health/ready", trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise Unavailable("demo-not-ready", f"{self.name} did not start: see {self.home}/log.jsonl")


def found(
    open_site: OpenSite, home: Path, identifier: str, name: str, people: dict[str, list[str]]
) -> tuple[Authority, Site]:
    """A new authority, set up and not yet started. `people`: role → its teams."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    authority = Authority(identifier, name, home, listener)
    port = listener.getsockname()[1]
    chosen = {"authority": identifier, "nation": "england", "port": port}
    home_folder.make(home, chosen, encrypted=False)
    site = open_site(home, None)
    setup.found(site, Contacts(name, authority.endpoint, "01632 960000", "01632 960999"))
    for role, teams in people.items():
        _, authority.tokens[role] = tokens.create(site, f"demo:{role}", [role], teams, 30)
    return authority, site


def pair(one: Site, other: Site) -> str:
    """Each trusts the other by the fingerprint of its card; returns that of `one`."""
    card, fingerprint = setup.card(one)
    other_card, other_fingerprint = setup.card(other)
    setup.pair(one, other_card, other_fingerprint)
    setup.pair(other, card, fingerprint)
    return fingerprint
