"""Two authorities in one process: real flows, databases, blobs and keys; the network is a seam."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from app.access import Caller
from app.errors import CaseHandoverError, Unavailable
from app.flows import deliver, keys, papers, receive, setup, sync, uploading, work
from app.flows.receive import Answered, FinalRefusal
from app.flows.setup import Contacts
from app.flows.site import Site
from app.outside.peers import Answer, Refused, Upload
from app.resources import folder
from app.settings import Settings
from app.store.blobs import open_blobs
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from app.trust.keyring import Keyring
from tests.postgres import Server

SENDER, RECEIVER, THIRD = "gss:E10000025", "gss:E06000030", "gss:W06000015"
WORKER = Caller("user-1", frozenset({"practitioner"}), frozenset({"front-door"}))
HEAD = Caller("user-2", frozenset({"head_of_service"}), frozenset())


@dataclass
class Clock:
    """The time that both authorities see; a test moves it."""

    now: datetime = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Wire:
    """Stands where HTTP is: calls the other side's flows, and says no as its API would."""

    sites: dict[str, Site] = field(default_factory=dict)
    cut: bool = False
    dead: set[str] = field(default_factory=set)
    """Endpoints at which nobody answers."""

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        outcome = self._call(lambda site: receive.statement(site, wire), endpoint)
        if isinstance(outcome, Answered):
            return Answer(wire=outcome.wire)
        return Answer(upload=Upload(f"{endpoint}#{outcome.upload}", outcome.secret))

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        endpoint, _, name = upload.url.partition("#")
        at = self._call(lambda site: uploading.reached(site, name, upload.secret), endpoint)
        while at < size:
            piece = read_at(at, min(2**20, size - at))
            append = partial(
                uploading.append, upload=name, secret=upload.secret, offset=at, data=piece
            )
            at = self._call(append, endpoint)
        complete = partial(receive.complete, upload=name, secret=upload.secret)
        answered: Answered = self._call(complete, endpoint)
        return answered.wire

    def card(self, endpoint: str) -> bytes:
        shown: bytes = self._call(lambda site: setup.card(site)[0], endpoint)
        return shown

    def bundle(self, endpoint: str, wire: bytes, most: int) -> bytes:
        piece: bytes = self._call(lambda site: papers.answer(site, wire), endpoint)
        assert len(piece) <= most
        return piece

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        answered: list[bytes] = self._call(lambda site: sync.answer(site, wire), endpoint)
        return answered

    def _call(self, function: Callable[[Site], Any], endpoint: str) -> Any:
        if endpoint in self.dead:
            raise Unavailable("peer-unreachable", "Nobody answers")
        try:
            return function(self.sites[endpoint])
        except FinalRefusal as no:
            raise Refused(no.code, no.detail, retryable=False, wire=no.wire) from None
        except CaseHandoverError as error:
            raise Refused(error.code, error.detail, retryable=error.retryable) from None


@dataclass
class Two:
    """A sending and a receiving authority that have paired."""

    sender: Site
    receiver: Site
    clock: Clock
    wire: Wire

    def run(self) -> list[str]:
        """Do every job that is due at either side; returns their outcomes."""
        outcomes: list[str] = []
        while True:
            done = [
                work.run(site, job, 0.5)
                for site in (self.sender, self.receiver)
                for job in work.claim(site, timedelta(minutes=1), 10)
            ]
            if not done:
                return outcomes
            outcomes += done


@cache
def empty_database() -> bytes:
    """A database after all migrations, made once."""
    with TemporaryDirectory() as home:
        file = Path(home) / "handover.db"
        with Database(f"sqlite:///{file}") as database:
            upgrade(database, folder("migrations"))
        return file.read_bytes()


NewDatabase = Callable[[Path], Database]
ON_BOTH = pytest.mark.parametrize("new_database", ["sqlite", "postgresql"], indirect=True)
"""A test of whole flows, on each kind of database."""


def file_database(home: Path, copied: bytes | None = None) -> Database:
    (home / "handover.db").write_bytes(copied or empty_database())
    return Database(f"sqlite:///{home / 'handover.db'}")


@dataclass(frozen=True)
class OfServer:
    """Makes databases of a server, and drops them all at the end."""

    server: Server
    template: str
    made: list[str] = field(default_factory=list)

    def __call__(self, _: Path, copied: str | None = None) -> Database:
        self.made.append(self.server.create(copied or self.template))
        return Database(self.made[-1])

    def drop(self) -> None:
        for url in self.made:
            self.server.drop(url)


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Iterator[NewDatabase]:
    """Makes databases: files in the folders given, or, `ON_BOTH`, of a server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield file_database
        return
    template: str = request.getfixturevalue("postgres_template")
    made = OfServer(request.getfixturevalue("postgres"), template)
    yield made
    made.drop()


def make_site(
    home: Path,
    authority: str,
    clock: Clock,
    wire: Wire,
    endpoint: str,
    new_database: NewDatabase = file_database,
) -> Site:
    database = new_database(home)
    keyring = keys.open_file(keys.new_file(authority, None, clock()), None)
    site = Site(
        settings=Settings(authority=authority),
        database=database,
        blobs=open_blobs("blobs", home),
        keyring=keyring,
        roots=keys.roots(None, keyring),
        peers=wire,
        clock=clock,
    )
    wire.sites[endpoint] = site
    setup.found(site, Contacts("Fictional council", endpoint, "01632 960000"))
    return site


def pair(one: Site, other: Site) -> None:
    wire, spoken = setup.card(other)
    setup.pair(one, wire, spoken)


SIDES = {"a": SENDER, "b": RECEIVER}
ENDPOINTS = {"a": "http://127.0.0.1:1", "b": "http://127.0.0.1:2"}


def make_two(home: Path, new_database: NewDatabase) -> Two:
    """A sending and a receiving authority that pair, in folders of `home`."""
    clock, wire = Clock(), Wire()
    sites = []
    for name, authority in SIDES.items():
        (home / name).mkdir()
        made = make_site(home / name, authority, clock, wire, ENDPOINTS[name], new_database)
        sites.append(made)
    sender, receiver = sites
    pair(sender, receiver)
    pair(receiver, sender)
    return Two(sender, receiver, clock, wire)


@dataclass(frozen=True)
class Paired:
    """What was made once by `make_two`, for each test to have a copy of: the keyrings, and what
    its kind of database copies one from."""

    keyrings: dict[str, Keyring]
    databases: dict[str, Any]

    def copied(self, home: Path, copy: Callable[[Path, Any], Database]) -> Two:
        clock, wire = Clock(), Wire()
        for name, keyring in self.keyrings.items():
            (home / name).mkdir()
            wire.sites[ENDPOINTS[name]] = Site(
                settings=Settings(authority=SIDES[name]),
                database=copy(home / name, self.databases[name]),
                blobs=open_blobs("blobs", home / name),
                keyring=keyring,
                roots=keys.roots(None, keyring),
                peers=wire,
                clock=clock,
            )
        sender, receiver = wire.sites.values()
        return Two(sender, receiver, clock, wire)


def closed(two: Two) -> dict[str, Keyring]:
    """What of them is not in their databases."""
    two.sender.database.close()
    two.receiver.database.close()
    return {"a": two.sender.keyring, "b": two.receiver.keyring}


@cache
def paired_in_files() -> Paired:
    with TemporaryDirectory() as home:
        keyrings = closed(make_two(Path(home), file_database))
        files = {name: Path(home, name, "handover.db").read_bytes() for name in keyrings}
    return Paired(keyrings, files)


@cache
def paired_on(server: Server, template: str) -> Paired:
    new = OfServer(server, template)
    with TemporaryDirectory() as home:
        keyrings = closed(make_two(Path(home), new))
    return Paired(keyrings, dict(zip(keyrings, map(server.name, new.made), strict=True)))


@pytest.fixture
def two(tmp_path: Path, new_database: NewDatabase) -> Iterator[Two]:
    if isinstance(new_database, OfServer):
        paired = paired_on(new_database.server, new_database.template)
        two = paired.copied(tmp_path, new_database)
    else:
        two = paired_in_files().copied(tmp_path, file_database)
    yield two
    closed(two)


@pytest.fixture
def third(two: Two, tmp_path: Path) -> Iterator[Site]:
    """A third authority that has paired with both."""
    (tmp_path / "c").mkdir()
    site = make_site(tmp_path / "c", THIRD, two.clock, two.wire, "http://127.0.0.1:3")
    for other in (two.sender, two.receiver):
        pair(site, other)
        pair(other, site)
    yield site
    site.database.close()


__all__ = ["HEAD", "ON_BOTH", "RECEIVER", "SENDER", "THIRD", "WORKER", "Two", "deliver"]
