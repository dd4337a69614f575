"""How long people and workers wait at a thousand handovers, a hundred thousand and a million.

    python -m tests.bench.growth [--sizes 1000 100000 1000000] [--databases sqlite postgresql]

The real flows, in one process, without HTTP; all rows but those they act on are made by the
database (`tests.filling`). "of it, statements" is what those take in the database without the
commit, which the floor has. The floor is what nobody can avoid: one row found by its key, and one
row committed so that it outlives a power cut. A million handovers take some minutes and 10 GB for
each database.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event, text

from app.access import Caller
from app.flows import read, respond, work
from app.flows.respond import Said
from app.flows.site import Site
from app.resources import folder
from app.store import jobs
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from tests.filling import Fill, analyze, fill, queue
from tests.flows import acts
from tests.flows.conftest import HEAD, RECEIVER, SENDER, Clock, Two, Wire, make_site, pair
from tests.handover import make
from tests.postgres import Server, serve

REAL = 30
"""Handovers that can be acknowledged and are overdue."""
TIMES = 20
WAITING = 100_000
MEMBER = Caller("user-1", frozenset({"team_manager"}), frozenset({"front-door", "team-1"}))
PERSON = {"name": "Fictional Duty Worker", "role": "Duty social worker", "team": "Front door",
          "phone": "01632 960001"}  # fmt: skip


class Spent:
    """Seconds that statements have taken in databases."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0
        event.listen(Engine, "before_cursor_execute", self._begin)
        event.listen(Engine, "after_cursor_execute", self._end)

    def _begin(self, *_: Any) -> None:
        self._began = perf_counter()

    def _end(self, *_: Any) -> None:
        self.seconds += perf_counter() - self._began


@contextmanager
def two_sites(home: Path, new: Callable[[Path], Database]) -> Iterator[Two]:
    clock, wire = Clock(), Wire()
    sides = []
    for number, authority in enumerate((SENDER, RECEIVER)):
        (home / authority[4:]).mkdir()
        endpoint = f"http://127.0.0.1:{number + 1}"
        sides.append(make_site(home / authority[4:], authority, clock, wire, endpoint, new))
    sender, receiver = sides
    pair(sender, receiver)
    pair(receiver, sender)
    yield Two(sender, receiver, clock, wire)
    for site in sides:
        site.database.close()


def real(two: Two) -> list[str]:
    """Handovers whose papers have come and nobody has acknowledged."""
    names = [make.ident(f"growth {number}") for number in range(REAL)]
    for name in names:
        acts.opened_by_hand(two, name)
        words = acts.sealed(two.receiver, "dispatch", name)
        acts.hand_in(two.receiver, acts.wire(two.sender, "dispatch", name, words), words.file)
    return names


def timed(act: Callable[[int], object], times: int = TIMES) -> list[float]:
    """Milliseconds of each, in order of length; the first is not counted."""
    found = []
    for number in range(times + 1):
        began = perf_counter()
        act(number)
        found.append((perf_counter() - began) * 1000)
    return sorted(found[1:])


Measured = dict[str, list[float]]


def measured(two: Two, names: list[str], spent: Spent) -> Measured:
    site = two.receiver
    found = {
        "floor: find a row": timed(partial(find, site, names)),
        "floor: commit a row": timed(partial(commit, site)),
        "list: 200 of all": timed(lambda _: read.list_handovers(site, HEAD, limit=200)),
        "list: 200 of two teams": timed(lambda _: read.list_handovers(site, MEMBER, limit=200)),
        "list: of a state": timed(lambda _: read.list_handovers(site, MEMBER, state="dispatched")),
        "list: what is overdue": timed(lambda _: read.list_handovers(site, HEAD, overdue=True)),
        "overdue: first page": timed(lambda _: read.overdue(site, HEAD), 10),
    }
    of_it: list[float] = []

    def acknowledge(number: int) -> None:
        spent.seconds = 0.0
        said = Said({}, {"fictional": True, "person": PERSON})
        respond.say(site, HEAD, names[number], "acknowledgement", said)
        of_it.append(spent.seconds * 1000)

    found["acknowledge"] = timed(acknowledge)
    found["of it, statements"] = sorted(of_it[1:])
    with site.database.write() as uow:
        uow.connection.execute(text("DELETE FROM jobs"))
        queue(uow.connection, Fill(1, WAITING, two.clock()))
    found["claim and complete"] = timed(lambda _: claim(site))
    return found


def find(site: Site, names: list[str], number: int) -> None:
    with site.database.read() as uow:
        query = text("SELECT length FROM handovers WHERE handover = :handover")
        uow.connection.execute(query, {"handover": names[number % len(names)]}).one()


def commit(site: Site, number: int) -> None:
    with site.database.write() as uow:
        query = text("INSERT INTO meta (key, value) VALUES (:key, '')")
        uow.connection.execute(query, {"key": f"growth {number}"})


def claim(site: Site) -> None:
    """One of those that wait for an authority that does not answer, as a worker takes it."""
    (job,) = work.claim(site, timedelta(minutes=1), 1)
    with site.database.write() as uow:
        jobs.complete(uow.connection, job)


def run(size: int, server: Server | None, spent: Spent) -> Measured:
    with tempfile.TemporaryDirectory(prefix="growth-") as name, ExitStack() as stack:

        def new(home: Path) -> Database:
            url = f"sqlite:///{home / 'handover.db'}"
            if server is not None:
                url = server.create()
                stack.callback(server.drop, url)
            database = Database(url, patience=600)
            upgrade(database, folder("migrations"))
            return database

        two = stack.enter_context(two_sites(Path(name), new))
        with two.receiver.database.write() as uow:
            fill(uow.connection, Fill(1, size, two.clock()))
            # No quota allows so many under way.
            uow.connection.execute(text("DELETE FROM uploads"))
        names = real(two)
        two.clock.forward(days=3)
        with two.receiver.database.write() as uow:
            analyze(uow.connection)
        return measured(two, names, spent)


def shown(kind: str, sizes: list[int], found: list[Measured]) -> None:
    print(
        f"\n{kind}: median / 95th percentile in ms; times the first row's median; times the floor"
    )
    print(" " * 24 + "".join(f"{size:>36,}" for size in sizes))
    for what, least in found[0].items():
        floor = "floor: commit a row" if "claim" in what or "know" in what else "floor: find a row"
        cells = []
        for one in found:
            times = one[what]
            middle, late = statistics.median(times), times[int(len(times) * 0.95) - 1]
            first, low = statistics.median(least), statistics.median(one[floor])
            cells.append(f"{middle:10.2f} /{late:9.2f} {middle / first:5.1f}x {middle / low:6.1f}f")
        print(f"{what:24}" + "  ".join(cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    spent = Spent()
    for kind in asked.databases:
        server = serve(fsync=True) if kind == "postgresql" else None
        try:
            shown(kind, asked.sizes, [run(size, server, spent) for size in asked.sizes])
        finally:
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
