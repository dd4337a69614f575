"""A site's backup, and the site made anew from it alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.flows import catchup, keys
from app.flows.backup import restore as restoring
from app.flows.backup import take as taking
from app.flows.backup.restore import Place
from app.flows.backup.take import Taken
from app.flows.site import Site
from app.resources import folder
from app.store.blobs import open_blobs
from app.store.unit_of_work import Database
from tests.flows.conftest import RECEIVER, SENDER, Two
from tests.postgres import Server

ENDPOINTS = {SENDER: "http://127.0.0.1:1", RECEIVER: "http://127.0.0.1:2"}
NewUrl = Callable[[Path], str]


def nobody(_: int, __: int) -> None:
    """Progress that nobody looks at."""


@dataclass
class Drill:
    """Two authorities, and a folder in which one's backup is taken and brought back."""

    two: Two
    folder: Path
    new_url: NewUrl
    made: list[Database] = field(default_factory=list)

    def home(self, site: Site) -> Path:
        """Its home folder, as far as a backup has to do with it."""
        home = self.folder / f"home-{site.authority[4:]}"
        home.mkdir(exist_ok=True)
        (home / "handover.toml").write_text(f'authority = "{site.authority}"\n')
        (home / "keyring.age").write_bytes(keys.file_of(site.keyring, None))
        return home

    def back_up(self, site: Site) -> Taken:
        self.two.clock.forward(seconds=1)
        return taking.take(site, self.home(site), self.folder / "backups", nobody)

    def restore(self, site: Site, taken: Taken) -> Site:
        """The site anew, in the place of the one that is gone."""
        home = self.folder / f"new-{len(self.made)}"
        home.mkdir()
        database = Database(self.new_url(home))
        self.made.append(database)
        blobs = open_blobs("blobs", home)
        place = Place(home, site.settings, database, blobs, folder("migrations"))
        restoring.restore(taken.folder, site.keyring, "cli:tester", place, nobody)
        new = replace(site, database=database, blobs=blobs)
        self.two.wire.sites[ENDPOINTS[site.authority]] = new
        return new

    def run(self, new: Site) -> list[str]:
        """Do what is due at the restored site, whose worker starts, and at the other one."""
        catchup.look_for(new, self.two.clock())
        if new.authority == SENDER:
            return replace(self.two, sender=new).run()
        return replace(self.two, receiver=new).run()


@pytest.fixture
def into(request: pytest.FixtureRequest) -> Iterator[NewUrl]:
    """Where a restore goes: a file, or a new database of a server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield lambda home: f"sqlite:///{home / 'handover.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    made: list[str] = []

    def of_server(_: Path) -> str:
        made.append(server.create())
        return made[-1]

    yield of_server
    for url in made:
        server.drop(url)


@pytest.fixture
def drill(two: Two, tmp_path: Path, into: NewUrl) -> Iterator[Drill]:
    drill = Drill(two, tmp_path, into)
    yield drill
    for database in drill.made:
        database.close()
