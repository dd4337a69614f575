"""Two services as they are installed: real commands, processes, sockets, files; one is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.demo import story

TODAY = date.today()  # noqa: DTZ011 - the processes live by the machine's clock
LARGE = Random(2).randbytes(48 * 2**20)
PATIENCE = 60.0


def until(what: Callable[[], Any]) -> Any:
    """The first true answer; what a killed service cannot answer is none."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        try:
            if found := what():
                return found
        except httpx.HTTPError:
            pass
        Event().wait(0.005)
    raise AssertionError("it has not happened")


@dataclass
class Service:
    """One authority: its home, its socket, which outlives its process, and a person's token."""

    home: Path
    listener: socket.socket
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self, *arguments: str) -> str:
        """`handover ...`, as an operator types it."""
        command = [sys.executable, "-m", "app.main", "--home", str(self.home), *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def start(self) -> None:
        descriptor = self.listener.fileno()
        with (self.home / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.main", "--home", str(self.home), "serve",
                 "--fd", str(descriptor), "--with-parent"],
                pass_fds=[descriptor], stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: httpx.get(f"{self.endpoint}/health/ready", trust_env=False).is_success)

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._forget()

    def stop(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            assert self.process.wait(PATIENCE) == 0
            self._forget()

    def _forget(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None

    def get(self, path: str) -> Any:
        return self.http.get(path, headers={"Access-Purpose": "Test"}).raise_for_status()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def state(self, handover: str) -> str | None:
        rows = self.get("/v1/handovers").json()["handovers"]
        return next((row["state"] for row in rows if row["handover"] == handover), None)

    def held(self) -> int:
        """Sealed bytes that are on the disk."""
        segments = (self.home / "blobs" / "uploads").glob("*/" + "[0-9]" * 20)
        return sum(path.stat().st_size for path in segments)


def found(stack: ExitStack, home: Path, authority: str, *how: str) -> Service:
    """Set up by the commands of the README."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    listener.set_inheritable(True)
    service = Service(home, listener)
    stack.callback(service.stop)
    service.run(
        "init", "--authority", authority, "--name", f"Fictional {authority}",
        "--endpoint", service.endpoint, "--front-door", "01632 960000", *how,
    )  # fmt: skip
    token = service.run(
        "token", "create", "--subject", "user-1", "--role", "practitioner",
        "--team", "front-door", "--json",
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {json.loads(token)['token']}"}
    service.http = stack.enter_context(
        httpx.Client(base_url=service.endpoint, headers=headers, timeout=60, trust_env=False)
    )
    return service


def pair(one: Service, other: Service) -> None:
    card = other.home / "card"
    command = [sys.executable, "-m", "app.main", "--home", str(other.home), "directory", "card",
               "--out", str(card)]  # fmt: skip
    said = subprocess.run(command, capture_output=True, check=True, text=True).stderr
    fingerprint = said.partition("Fingerprint: ")[2].strip()
    one.run("directory", "pair", str(card), "--fingerprint", fingerprint)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    with ExitStack() as stack:
        sender = found(stack, tmp_path / "sender", story.SENDER)
        receiver = found(stack, tmp_path / "receiver", story.RECEIVER, "--unencrypted-demo")
        pair(sender, receiver)
        pair(receiver, sender)
        sender.start()
        receiver.start()
        yield sender, receiver


def notified(sender: Service) -> str:
    draft = sender.post(
        "/v1/drafts",
        {
            "recipient": story.RECEIVER,
            "own_reference": "OX/1",
            "transfer": "cp_permanent",
            "case_file": story.case_file(TODAY),
        },
    )
    path = f"/v1/drafts/{draft['id']}"
    sender.post(f"{path}/notification", {"words": story.notification(TODAY)})
    documents = [(one.number, one.name, one.data) for one in story.documents(TODAY)]
    for number, name, data in [*documents, (4, "Scan — przykład.tif", LARGE)]:
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Content-Type": "application/octet-stream",
        }
        put = sender.http.put(f"{path}/attachments/{number}", content=data, headers=headers)
        put.raise_for_status()
    return str(draft["id"])


def test_a_receiver_killed_in_mid_delivery_loses_nothing(
    services: tuple[Service, Service],
) -> None:
    sender, receiver = services
    handover = notified(sender)
    until(lambda: receiver.state(handover) == "notified")
    before = receiver.held()
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.held() > before + 4 * 2**20)
    receiver.kill()
    assert before < receiver.held() < before + len(LARGE), "it was killed in mid-delivery"
    fact = {"codes": {"code": "address_confirmed", "on": TODAY.isoformat()}}
    sender.post(f"/v1/handovers/{handover}/facts", fact)
    receiver.start()
    until(lambda: receiver.state(handover) == "dispatched")
    until(lambda: not sender.get(f"/v1/handovers/{handover}").json()["deliveries"])

    path = f"/v1/handovers/{handover}"
    assert receiver.get(f"{path}/casefile").json() == story.case_file(TODAY)
    for document in story.documents(TODAY):
        assert receiver.get(f"{path}/attachments/{document.number}").content == document.data
    assert receiver.get(f"{path}/attachments/4").content == LARGE
    ledgers = [service.get(f"{path}/ledger").json() for service in services]
    assert ledgers[0] == ledgers[1]
    kinds = [entry["kind"] for entry in ledgers[0]["entries"]]
    assert kinds == ["notification", "dispatch", "fact"]

    person = {"name": "Fictional Worker", "role": "Duty", "team": "Door", "phone": "01632 960001"}
    receiver.post(f"{path}/acknowledgement", {"words": {"person": person}})
    until(lambda: sender.state(handover) == "acknowledged")

    words = [child["names"][0]["family"] for child in story.case_file(TODAY)["children"]]
    for service in services:
        service.stop()
        for file in (one for one in service.home.rglob("*") if one.is_file()):
            data = file.read_bytes()
            assert not [word for word in words if word.encode() in data], file
