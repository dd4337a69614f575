"""An authority of two processes on PostgreSQL and an object store, behind one socket: each is
killed while papers come in."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.demo import story
from tests.acceptance.services import TODAY, Service, found, notified, pair, until
from tests.postgres import Server
from tests.s3 import S3, Application

LARGE = Random(4).randbytes(24 * 2**20)


@pytest.fixture
def services(
    tmp_path: Path, postgres: Server, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Service, Service, Service]]:
    """A sender on one machine, and a receiver's two processes."""
    database, place = postgres.create(), s3.url()
    with ExitStack() as stack:
        sender = found(stack, tmp_path / "sender", story.SENDER, "--unencrypted-demo")
        with monkeypatch.context() as environment:
            environment.setenv("CASE_HANDOVER_DATABASE", database)
            environment.setenv("CASE_HANDOVER_BLOBS", place)
            one = found(stack, tmp_path / "receiver", story.RECEIVER, "--unencrypted-demo")
        with (one.home / "handover.toml").open("a") as settings:
            settings.write(f"database = {json.dumps(database)}\nblobs = {json.dumps(place)}\n")
        other = Service(one.home, one.listener)
        stack.callback(other.stop)
        pair(sender, one)
        pair(one, sender)
        sender.start()
        one.start("--no-worker")
        other.start()
        yield sender, one, other
    postgres.drop(database)


@dataclass
class Counting:
    """Counts the bytes that are put, on their way to the server."""

    count: int = 0

    def __call__(self, moto: Application, request: dict[str, Any], start: Any) -> Iterable[bytes]:
        if request["REQUEST_METHOD"] == "PUT":
            self.count += int(request["CONTENT_LENGTH"])
        return moto(request, start)


@pytest.mark.soak
def test_an_upload_goes_on_at_the_process_that_is_left(
    services: tuple[Service, Service, Service], s3: S3
) -> None:
    sender, one, other = services
    handover = notified(sender)
    path = f"/v1/handovers/{handover}"
    sender.put(handover, 4, "Scan.tif", LARGE)
    until(lambda: one.state(handover) == "notified")
    s3.between = put = Counting()
    dispatch = sender.post(f"/v1/drafts/{handover}/dispatch", {})["statement"]
    until(lambda: put.count >= 4 * 2**20)
    one.kill()
    one.start("--no-worker")
    until(lambda: put.count >= 12 * 2**20)
    other.kill()
    again = f"{path}/deliveries/{dispatch}/retry"
    until(lambda: one.state(handover) == "dispatched" or sender.http.post(again).is_server_error)
    until(lambda: not sender.get(path).json()["deliveries"])
    assert len(LARGE) < put.count < len(LARGE) + 12 * 2**20, "two cuts cost a piece or two each"

    assert one.get(f"{path}/casefile").json() == story.case_file(TODAY)
    assert one.get(f"{path}/attachments/4").content == LARGE
    assert sender.get(f"{path}/ledger").json() == one.get(f"{path}/ledger").json()
    assert not (one.home / "blobs").exists()
    assert not (one.home / "handover.db").exists()
