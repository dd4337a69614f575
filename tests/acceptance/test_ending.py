"""Services that are told to end, as a service manager does it: in the middle of something."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import httpx
import pytest

from app import main
from app.demo import story
from tests.acceptance.services import PATIENCE, SOON, TODAY, Service, notified, until
from tests.cli.homes import Home
from tests.flows.conftest import pair

DRAFT = {
    "recipient": story.RECEIVER,
    "own_reference": "OX/2",
    "transfer": "cp_permanent",
    "case_file": story.case_file(TODAY),
}
LARGE = Random(2).randbytes(48 * 2**20)
SHORT = {"CASE_HANDOVER_DRAIN_SECONDS": "1"}
LONG = {"CASE_HANDOVER_DRAIN_SECONDS": "300"}


def founded(stack: ExitStack, home: Path, authority: str) -> Service:
    """As `services.found`, with all but the service itself in this process: it is quicker."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    listener.set_inheritable(True)
    service = Service(home, listener)
    stack.callback(service.stop)
    Home(home).ok(
        "init", "--authority", authority, "--name", "Fictional", "--endpoint", service.endpoint,
        "--front-door", "01632 960000", "--unencrypted-demo",
    )  # fmt: skip
    token = Home(home).value(
        "token", "create", "--subject", "user-1", "--role", "practitioner", "--team", "front-door"
    )
    headers = {"Authorization": f"Bearer {token['token']}"}
    service.http = stack.enter_context(
        httpx.Client(base_url=service.endpoint, headers=headers, timeout=60, trust_env=False)
    )
    return service


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Service]]:
    """A sender, whom each test starts and ends, and a receiver, who is there."""
    home = tmp_path_factory.mktemp("ending")
    with ExitStack() as stack:
        sender = founded(stack, home / "sender", story.SENDER)
        receiver = founded(stack, home / "receiver", story.RECEIVER)
        sites = [main.open_site(one.home) for one in (sender, receiver)]
        pair(sites[0], sites[1])
        pair(sites[1], sites[0])
        for site in sites:
            site.database.close()
        receiver.start()
        yield sender, receiver


@pytest.fixture
def sender(both: tuple[Service, Service]) -> Iterator[Service]:
    yield both[0]
    both[0].stop()


@pytest.fixture
def receiver(both: tuple[Service, Service]) -> Service:
    return both[1]


@contextmanager
def frozen(service: Service) -> Iterator[None]:
    """It takes connections, and says nothing."""
    assert service.process is not None
    os.kill(service.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(service.process.pid, signal.SIGCONT)


def deliveries(service: Service) -> list[tuple[Any, ...]]:
    """Leases and attempts of what waits, read from its file."""
    with closing(sqlite3.connect(f"file:{service.home}/handover.db?mode=ro", uri=True)) as reader:
        query = "SELECT lease_until, attempts, last_code FROM jobs WHERE kind = 'deliver'"
        return reader.execute(query).fetchall()


def is_delivering(service: Service) -> bool:
    return any(lease is not None for lease, _, _ in deliveries(service))


def delivered(sender: Service, handover: str) -> None:
    until(lambda: not sender.get(f"/v1/handovers/{handover}").json()["deliveries"])


def begun(sender: Service) -> str:
    """A handover whose notification is on its way to who says nothing."""
    draft = sender.post("/v1/drafts", DRAFT)["id"]
    sender.post(f"/v1/drafts/{draft}/notification", {"words": story.notification(TODAY)})
    until(lambda: is_delivering(sender))
    return str(draft)


def test_both_ends_of_an_upload_end_and_it_goes_on(sender: Service, receiver: Service) -> None:
    sender.start()
    handover = notified(sender)
    sender.put(handover, 4, "Scan.tif", LARGE)
    until(lambda: receiver.state(handover) == "notified")
    before = receiver.held()
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.held() > before + 4 * 2**20, pause=SOON)
    assert receiver.end() == 0
    kept = receiver.held()
    assert kept < before + len(LARGE), "it was ended in mid-delivery"
    assert sender.end() == 0
    receiver.start()
    sender.start()
    until(lambda: receiver.state(handover) == "dispatched")
    path = f"/v1/handovers/{handover}/attachments/4"
    assert receiver.get(path).content == LARGE
    assert receiver.held() > kept


@contextmanager
def working(sender: Service, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`handover worker`, at its first delivery."""
    command = [sys.executable, "-m", "app.main", "--home", str(sender.home), "worker"]
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            until(lambda: is_delivering(sender))
            yield process
        finally:
            process.kill()


def test_what_does_not_end_is_given_back_at_once(sender: Service, receiver: Service) -> None:
    """By `serve` and by `worker`; and who is told twice gives nothing back, and ends."""
    sender.start(**SHORT)
    with frozen(receiver):
        handover = begun(sender)
        assert sender.end() == 0
        assert "a job is given back" in [line["message"] for line in sender.logged()]
        assert deliveries(sender) == [(None, 0, None)]
        with working(sender, SHORT) as worker:
            worker.send_signal(signal.SIGTERM)
            _, said = worker.communicate(timeout=PATIENCE)
            assert (worker.returncode, b"a job is given back" in said) == (0, True)
        assert deliveries(sender) == [(None, 0, None)], "the next worker's, as if nobody had tried"
        with working(sender, LONG) as worker:
            worker.send_signal(signal.SIGTERM)
            assert worker.stderr is not None
            while json.loads(worker.stderr.readline())["message"] != "ending":
                pass
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE) == 128 + signal.SIGTERM
        assert is_delivering(sender), "so its lease has to run out"
    with closing(sqlite3.connect(sender.home / "handover.db")) as writer:
        writer.execute("UPDATE jobs SET lease_until = NULL")
        writer.commit()
    sender.start()
    delivered(sender, handover)
    assert receiver.state(handover) == "notified"


def test_a_request_under_way_is_finished(sender: Service) -> None:
    sender.start("--no-worker", **LONG)
    draft = sender.post("/v1/drafts", DRAFT)["id"]
    data, before = LARGE[: 2**20], len(sender.logged())
    connection = http.client.HTTPConnection(sender.endpoint.removeprefix("http://"))
    with closing(connection):
        connection.putrequest("PUT", f"/v1/drafts/{draft}/attachments/1")
        for name, value in {
            "Authorization": sender.http.headers["Authorization"],
            "Content-Disposition": 'attachment; filename="a.bin"',
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(data)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders(data[:1000])
        ended: list[int] = []
        ending = Thread(target=lambda: ended.append(sender.end()))
        ending.start()
        until(lambda: "ending" in [line["message"] for line in sender.logged()[before:]])
        connection.send(data[1000:])
        assert connection.getresponse().status == 201
    ending.join()
    assert ended == [0]


def test_a_database_that_hangs_keeps_nobody_from_ending(sender: Service) -> None:
    sender.start(**SHORT)
    with closing(sqlite3.connect(sender.home / "handover.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = Thread(target=asking, args=(sender,))
        waiting.start()
        until(lambda: sender.http.get("/health/ready").json()["status"] != "ready")
        before = len(sender.logged())
        assert sender.end() == 0
        waiting.join()
    said = [line["message"] for line in sender.logged()[before:]]
    assert "ended before all was finished" in said


def asking(service: Service) -> None:
    """For something that has to be written down."""
    with suppress(httpx.HTTPError):
        service.post("/v1/drafts", DRAFT)
