"""Random histories in which processes die at any step, while another process collects what is lost.

Whatever happens, every blob that a row names is there, whole, at every moment; and what no row
names is gone in the end.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import CaseHandoverError
from app.flows import draft, expire, lost, send, work
from app.flows.attaching import AttachmentSink
from app.flows.site import Site
from app.outside.peers import Answer, Upload
from app.store.blobs import BlobStore, open_blobs
from app.store.tables import bundles, draft_attachments, drafts, uploads
from app.store.unit_of_work import Database, UnitOfWork
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two, Wire
from tests.s3 import S3

A_MONTH = timedelta(days=31)


class Died(BaseException):
    """The process is no more: whoever catches this can do nothing either."""


@dataclass
class Process:
    """Where a process of one authority is stopped: between any two things that last."""

    site: Site
    chance: random.Random
    collect: Callable[[], None]
    dead: bool = False
    writing: bool = False

    def step(self) -> None:
        if not self.dead and not self.writing and self.chance.random() < 0.3:
            self.collect()
        self.dead = self.dead or self.chance.random() < 0.02
        if self.dead:
            raise Died

    def stopping(self) -> Site:
        database: Any = StoppingDatabase(self.site.database, self)
        blobs: Any = StoppingBlobs(self.site.blobs, self)
        return replace(self.site, database=database, blobs=blobs)


@dataclass(eq=False)
class StoppingDatabase:
    database: Database
    process: Process

    def read(self) -> AbstractContextManager[UnitOfWork]:
        self.process.step()
        return self.database.read()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        self.process.step()
        self.process.writing = True
        try:
            with self.database.write() as uow:
                yield uow
        finally:
            self.process.writing = False
        self.process.step()


@dataclass
class StoppingBlobs:
    blobs: BlobStore
    process: Process

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.blobs, name)

        def stopped(*given: Any) -> Any:
            self.process.step()
            answer = real(*given)
            self.process.step()
            return answer

        return stopped if name in ("put", "append", "delete") else real


@dataclass
class Damaging(Wire):
    """Reaches any of the receiver's processes, and now and then brings other bytes."""

    chance: random.Random = field(default_factory=random.Random)
    processes: list[Process] = field(default_factory=list)

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        return super().post_statement(self._any(endpoint), wire)

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        self._any(upload.url.partition("#")[0])
        damaged = self.chance.random() < 0.2

        def read(offset: int, n: int) -> bytes:
            data = read_at(offset, min(n, 1 + size // 3))
            return bytes(len(data)) if damaged else data

        return super().upload(upload, size, read)

    def _any(self, endpoint: str) -> str:
        self.sites[endpoint] = self.chance.choice(self.processes).stopping()
        return endpoint


@dataclass
class World:
    two: Two
    wire: Damaging
    senders: list[Process]
    chance: random.Random
    age: Callable[[Site], None]
    drafts: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    @property
    def processes(self) -> list[Process]:
        return [*self.senders, *self.wire.processes]

    def act(self) -> None:
        """One thing that somebody does, which may end anywhere."""
        for site in (self.two.sender, self.two.receiver):
            self.age(site)
        site = self.chance.choice(self.senders).stopping()
        kind = self.chance.choice(
            [self.begin, self.begin, self.replace, self.attach, self.throw_away, self.send,
             self.send, self.deliver, self.deliver, self.pass_time]
        )  # fmt: skip
        try:
            kind(site)
            self.done.add(kind.__name__)
        except Died:
            self.done.add("died in " + kind.__name__)
        except CaseHandoverError as error:
            self.done.add(error.code)
        for process in self.processes:
            process.dead = False

    def begin(self, site: Site) -> None:
        self.drafts.append(acts.begin(replace(self.two, sender=site)))

    def replace(self, site: Site) -> None:
        case = samples.case(concerns=[samples.concern()])
        draft.replace_case_file(site, WORKER, self.one(), case)

    def attach(self, site: Site) -> None:
        sink = AttachmentSink(site, WORKER, self.one(), 1, "a.txt", "text/plain")
        try:
            sink.feed(b"fictional")
            if self.chance.random() < 0.8:
                sink.finish()
            else:
                sink.abort()
        except BaseException:
            sink.abort()
            raise

    def throw_away(self, site: Site) -> None:
        gone = self.one()
        self.drafts.remove(gone)
        draft.discard(site, WORKER, gone)

    def send(self, site: Site) -> None:
        handover = self.one()
        with suppress(CaseHandoverError):
            send.notify(site, WORKER, handover, acts.NOTIFICATION)
        send.dispatch(site, WORKER, handover, [], None)

    def deliver(self, site: Site) -> None:
        for job in work.claim(site, timedelta(minutes=1), 4):
            self.done.add(work.run(site, job, 0.5))

    def pass_time(self, site: Site) -> None:
        self.two.clock.forward(hours=self.chance.choice([1, 23, 80]))
        expire.old_uploads(self.chance.choice(self.wire.processes).stopping(), self.two.clock())
        expire.old_drafts(site, self.two.clock())

    def one(self) -> str:
        """A draft, one of the youngest; the same in every run of a history."""
        if not self.drafts:
            raise CaseHandoverError("no-draft", "There is none yet.")
        return self.chance.choice(self.drafts[-3:])


def named(site: Site) -> dict[str, int | None]:
    """Every blob that a row names and that must be there, and its size where the row knows it."""
    with site.database.read() as uow:
        of_bundles = uow.connection.execute(select(bundles.c.blob, bundles.c.size)).all()
        others = [
            *uow.connection.scalars(select(drafts.c.blob).where(drafts.c.blob.is_not(None))),
            *uow.connection.scalars(select(draft_attachments.c.blob)),
        ]
    return {**{row.blob: row.size for row in of_bundles}, **dict.fromkeys(others)}


def assert_all_there(site: Site) -> None:
    for blob, size in named(site).items():
        length = site.blobs.length(blob)
        assert length == size if size is not None else length > 0


def clean(site: Site) -> None:
    """Look twice: after a day in which nobody has, the first look decides nothing."""
    for _ in range(2):
        lost.collect(site, site.clock())


def ageing(server: S3 | None, places: dict[str, str]) -> Callable[[Site], None]:
    """Makes all blobs of a site a month older, wherever they are."""

    def age(site: Site) -> None:
        place = places[site.authority]
        if server is not None:
            return server.age(place, "uploads/", A_MONTH)
        at = time.time() - A_MONTH.total_seconds()
        for folder in (Path(place) / "uploads").iterdir():
            os.utime(folder, (at, at))
        return None

    return age


@pytest.mark.parametrize(
    ("blobs_setting", "seed", "length"),
    [*(("folder", seed, 40) for seed in range(2)), ("s3", 4, 20)],
    indirect=["blobs_setting"],
)
def test_what_is_named_is_there_and_what_is_not_goes(
    two: Two,
    blobs_setting: str,
    tmp_path: Path,
    seed: int,
    length: int,
    request: pytest.FixtureRequest,
) -> None:
    chance = random.Random(seed)
    server = request.getfixturevalue("s3") if "://" in blobs_setting else None
    places = {
        SENDER: f"{blobs_setting}-a" if server else str(tmp_path / "a" / "blobs"),
        RECEIVER: f"{blobs_setting}-b" if server else str(tmp_path / "b" / "blobs"),
    }
    homes = {SENDER: tmp_path / "a", RECEIVER: tmp_path / "b"}
    wire = Damaging(dict(two.wire.sites), chance=chance)

    def processes(site: Site) -> list[Process]:
        url = f"sqlite:///{homes[site.authority] / 'handover.db'}"
        alike = [
            replace(site, peers=wire, database=Database(url),
                    blobs=open_blobs(places[site.authority], tmp_path))
            for _ in range(3)
        ]  # fmt: skip
        opened.extend(one.database for one in alike)
        return [Process(one, chance, partial(clean, alike[2])) for one in alike[:2]]

    opened: list[Database] = []
    senders, wire.processes = processes(two.sender), processes(two.receiver)
    plain = [senders[0].site, wire.processes[0].site]
    world = World(two, wire, senders, chance, ageing(server, places))
    for _ in range(length):
        world.act()
        for site in plain:
            assert_all_there(site)
    for site in plain:
        world.age(site)
        clean(site)
        assert_all_there(site)
        with site.database.read() as uow:
            under_way = set(uow.connection.scalars(select(uploads.c.id)))
        assert set(site.blobs.ids()) <= named(site).keys() | under_way
    assert any(one.startswith("died in") for one in world.done)
    assert {"begin", "send", "deliver"} <= world.done
    for database in opened:
        database.close()
