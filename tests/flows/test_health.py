"""Ready or not, by real causes: on each kind of database, and when it answers nothing at all."""

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text

from app.flows import health, tick, work
from app.flows.probe import Probe
from app.flows.site import Site, directory_of
from app.resources import folder
from app.store import figures, jobs
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from app.telemetry import JsonLines
from app.trust.directory import GRACE
from tests.flows import acts
from tests.flows.conftest import ON_BOTH, SENDER, Clock, Two, Wire, make_site
from tests.postgres import Server, serve

LEASE = timedelta(minutes=1)


def seen(site: Site, patience: float = 20.0) -> list[str]:
    return [one.code for one in Probe(patience).look(site)]


def ticking(site: Site) -> None:
    """As if a worker were at work."""
    tick.begin(site)


@pytest.fixture
def site(two: Two) -> Site:
    ticking(two.sender)
    return two.sender


@ON_BOTH
def test_all_is_well(site: Site) -> None:
    assert seen(site) == []


@ON_BOTH
def test_a_clock_behind_the_ledger(two: Two) -> None:
    two.clock.forward(days=1)
    acts.notified(two)
    two.clock.forward(hours=-1)
    assert "clock-behind" in seen(two.sender)
    assert [one["code"] for one in health.reasons(two.sender)] == ["clock-behind"]


@ON_BOTH
def test_a_directory_and_keys_at_their_end(two: Two, site: Site) -> None:
    """Ours is signed again by the tick; a region's may end."""
    with site.database.read() as uow:
        expires = directory_of(uow, site).document.expires
    two.clock.now = expires - timedelta(seconds=1)
    ticking(site)
    assert "directory-grace" not in seen(site)
    two.clock.now = expires
    assert "directory-grace" in seen(site)
    two.clock.now = expires + GRACE
    assert "directory-expired" in seen(site)
    ends = site.keyring.signing[-1].sign_until
    two.clock.now = ends - health.ENDING
    assert "keys-end-soon" not in seen(site)
    two.clock.forward(seconds=1)
    assert "keys-end-soon" in seen(site)
    assert "keys-end-soon" not in seen(replace(site, keyring=site.keyring.rotate(two.clock.now)))
    two.clock.now = ends
    assert "keyring-no-keyset" in seen(site)


def test_a_folder_that_cannot_be_used(site: Site, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "a" / "blobs")
    assert "storage-failed" in seen(site)


@ON_BOTH
def test_nobody_works(two: Two) -> None:
    assert seen(two.sender) == ["worker-missing"]
    ticking(two.sender)
    assert seen(two.sender) == []
    two.clock.forward(minutes=16)
    assert seen(two.sender) == ["worker-missing"]
    (job,) = work.claim(two.sender, LEASE, 10, {"tick"})
    assert seen(two.sender) == [], "it is being done"
    work.run(two.sender, job, 0.5)
    assert seen(two.sender) == []


@ON_BOTH
def test_what_is_not_delivered_is_a_warning_and_no_reason(two: Two) -> None:
    site = two.sender
    acts.say(site, acts.notified(two), "fact")
    ticking(site)
    two.clock.forward(hours=10)
    ticks(site)
    assert seen(site) == []
    two.clock.forward(seconds=1)
    assert seen(site) == ["delivery-late"]
    (job,) = work.claim(site, LEASE, 10, {"deliver"})
    with site.database.write() as uow:
        jobs.stop(uow.connection, job, "peer-refused")
    assert seen(site) == ["deliveries-stopped"]
    assert health.reasons(site) == []


def ticks(site: Site) -> None:
    for job in work.claim(site, LEASE, 10, {"tick"}):
        work.run(site, job, 0.5)


@ON_BOTH
def test_a_database_that_somebody_else_keeps(site: Site) -> None:
    """A writer that never ends, as a stopped process has it."""
    may_end = Event()
    begun = Event()

    def keep() -> None:
        with site.database.write():
            begun.set()
            may_end.wait()

    keeping = Thread(target=keep)
    keeping.start()
    begun.wait()
    probe = Probe(0.2)
    first, second = probe.look(site), probe.look(site)
    may_end.set()
    keeping.join()
    assert [one.code for one in first] == [one.code for one in second] == ["database-slow"]
    probe._patience = 20.0
    while probe.look(site):
        pass  # the round that hung has ended, and the next one is well


def test_many_who_ask_cost_one_thread(site: Site) -> None:
    probe = Probe(0.01)
    may_end = Event()

    def hang(_: Site, __: Any) -> Iterator[health.Finding]:
        may_end.wait()
        yield from ()

    slow = health.Finding("storage-slow", "")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(health, "CHECKS", ((hang, slow),))
        assert [probe.look(site) for _ in range(50)] == [[slow]] * 50
        (hanging,) = [one for one in threading.enumerate() if one.name == "probe"]
        may_end.set()
        hanging.join()


def test_a_bug_in_a_check_is_a_reason_and_no_end(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(figures, "tick_due", lambda *_: 1 / 0)
    assert seen(site) == ["check-failed"]
    (line,) = [json.loads(JsonLines().format(one)) for one in caplog.records]
    assert (line["message"], line["error"]) == ("a check failed", "ZeroDivisionError")
    assert line["where"].startswith("test_health.py:")


def test_a_damaged_file(site: Site, tmp_path: Path) -> None:
    site.database.close()
    file = tmp_path / "a" / "handover.db"
    file.write_bytes(b"This is no database." * 1000)
    assert "database-damaged" in seen(site)
    file.unlink()
    assert seen(site)[0].startswith(("database-", "check-failed"))


def test_a_table_that_is_gone(site: Site) -> None:
    """What no error of ours explains is a reason all the same."""
    with site.database.write() as uow:
        uow.connection.execute(text("DROP TABLE jobs"))
    assert seen(site) == ["check-failed"]


# A server of PostgreSQL that is unwell


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    own = serve()
    if own.process is None:
        # Ours in CI, where no environment names one.
        pytest.skip("the server of the environment is not ours to stop")
    yield own
    own.stop()


@pytest.fixture
def of_server(server: Server, tmp_path: Path) -> Iterator[Site]:
    url = server.create()

    def new(_: Path) -> Database:
        database = Database(url)
        upgrade(database, folder("migrations"))
        return database

    made = make_site(tmp_path, SENDER, Clock(), Wire(), "http://127.0.0.1:1", new)
    ticking(made)
    yield made
    made.database.close()


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """It holds every connection, and says nothing."""
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    pids = [pid, *map(int, children.split())]
    for one in pids:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in pids:
            os.kill(one, signal.SIGCONT)


def test_a_server_that_says_nothing_is_said_in_time(server: Server, of_server: Site) -> None:
    assert seen(of_server) == []
    probe = Probe(0.2)
    with stopped(server):
        assert [one.code for one in probe.look(of_server)] == ["database-slow"]
        assert [one.code for one in probe.look(of_server)] == ["database-slow"]
    probe._patience = 20.0
    until_well(probe, of_server)


def until_well(probe: Probe, site: Site) -> None:
    while probe.look(site):
        Event().wait(0.01)


def test_a_server_that_died_and_comes_back(server: Server, of_server: Site) -> None:
    assert seen(of_server) == []
    server.kill()
    assert seen(of_server) == ["database-unreachable"]
    server.start()
    until_well(Probe(), of_server)


def test_a_standby(server: Server, of_server: Site) -> None:
    """After a failover, the one that we are connected to takes no changes."""
    change = "ALTER DATABASE {} SET default_transaction_read_only = {}"
    url = str(of_server.database._writer.url.database)
    server._tell(change.format(url, "on"))
    of_server.database.close()  # new connections
    assert seen(of_server) == ["database-read-only"]
    server._tell(change.format(url, "off"))
    of_server.database.close()
    assert seen(of_server) == []
