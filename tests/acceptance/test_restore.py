"""The drill of openapi/restore.md with real commands, processes, sockets and files: a backup is
taken in the middle of a delivery, the machine is gone, and the new service catches up by itself."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from app.demo import story
from tests.acceptance.services import SOON, TODAY, Service, found, notified, until
from tests.cli import homes
from tests.cli.homes import Home

LARGE = Random(4).randbytes(12 * 2**20)
PERSON = {"name": "Fictional Worker", "role": "Duty", "team": "Door", "phone": "01632 960001"}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Service, Service]]:
    """Set up by the same commands, in this process: that is not what is tried here."""
    with ExitStack() as stack:
        with monkeypatch.context() as patched:
            patched.setattr(Service, "run", lambda self, *words: Home(self.home).ok(*words))
            sender = found(stack, tmp_path / "sender", story.SENDER, "--unencrypted-demo")
            receiver = found(stack, tmp_path / "receiver", story.RECEIVER, "--unencrypted-demo")
            homes.pair(Home(sender.home), Home(receiver.home))
            homes.pair(Home(receiver.home), Home(sender.home))
        sender.start()
        receiver.start()
        yield sender, receiver


def test_last_nights_backup_and_the_other_authority_lose_nothing(
    services: tuple[Service, Service], tmp_path: Path
) -> None:
    sender, receiver = services
    handover = notified(sender)
    sender.put(handover, 4, "Scan.tif", LARGE)
    until(lambda: receiver.state(handover) == "notified")
    before = receiver.held()
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.held() > before, pause=SOON)
    receiver.run("backup", str(tmp_path / "backups"))
    (backup,) = (tmp_path / "backups").iterdir()

    until(lambda: receiver.state(handover) == "dispatched")
    path = f"/v1/handovers/{handover}"
    receiver.post(f"{path}/acknowledgement", {"words": {"person": PERSON}})
    until(lambda: sender.state(handover) == "acknowledged")
    later = notified(sender)
    until(lambda: receiver.state(later) == "notified")
    receiver.kill()
    shutil.rmtree(receiver.home)

    receiver.home = tmp_path / "new"
    receiver.run("restore", str(backup))
    receiver.start()
    until(lambda: receiver.state(handover) == "acknowledged")
    until(lambda: receiver.state(later) == "notified")
    both = (handover, later)
    until(lambda: not warnings(receiver) & {"restoring", "papers-lacking"})
    for one in both:
        ledgers = [service.get(f"/v1/handovers/{one}/ledger").json() for service in services]
        assert ledgers[0] == ledgers[1]
        assert not receiver.get(f"/v1/handovers/{one}").json()["restoring"]
    assert receiver.get(f"{path}/casefile").json() == story.case_file(TODAY)
    assert receiver.get(f"{path}/attachments/4").content == LARGE

    rows = receiver.get("/v1/handovers").json()["handovers"]
    assert f"{len(both)} handovers.\n" in receiver.run("reindex")
    assert receiver.get("/v1/handovers").json()["handovers"] == rows
    fact = {"codes": {"code": "child_seen", "on": TODAY.isoformat()}}
    receiver.post(f"{path}/facts", fact)
    until(lambda: len(sender.get(f"{path}/ledger").json()["entries"]) == 4)


def warnings(service: Service) -> set[str]:
    answer: Any = httpx.get(f"{service.endpoint}/health/ready", trust_env=False).json()
    return {one["code"] for one in answer["warnings"]}
