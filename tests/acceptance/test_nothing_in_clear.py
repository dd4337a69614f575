"""A case goes through every stage between two real services, and no word of it is anywhere.

Looked at, while they run, after a crash and at the end: databases with their journals, sealed
files, drafts, uploads, temporary files, open and deleted files, logs at their most talkative,
arguments and environment of the processes, every error, and all that went between the authorities
(without TLS here). The memory of the services is not looked at; their processes are not dumpable.
"""

import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.acceptance import test_command_line as crossing
from tests.acceptance.authorities import (
    PLAIN,
    Scene,
    Service,
    two_authorities,
    word,
)
from tests.acceptance.services import SOON, until
from tests.casefile import samples

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.timeout(900),
]
DOCUMENT = (word("A letter") + "\n").encode() * 400
LARGE = Random(3).randbytes(40 * 2**20) + DOCUMENT
PERSON = {"name": word("Worker"), "role": "Duty", "team": "Door", "phone": "01632 960001"}


def case_file() -> dict[str, Any]:
    names = [{"full": word("Child"), "kind": "legal"}]
    return samples.case(
        children=[samples.child(names=names, born_on="2024")],
        chronology=[samples.event("one", what=word("Event"), child_voice=word("Voice"))],
        concerns=[samples.concern("four", what=word("Concern")), samples.concern("five")],
        addresses=[{"id": samples.ref("address"), "lines": [word("Lane")]}],
        attachments=[samples.attachment(1, title=word("Title")), samples.attachment(2)],
    )


def notification() -> dict[str, Any]:
    told = crossing.notification()
    told["children"][0]["names"] = case_file()["children"][0]["names"]
    return {**told, "immediate_risk": word("Risk")}


def about(name: str) -> dict[str, str]:
    named = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": named, "Content-Type": "text/html"}


def attach(at: Service, draft: str, number: int, data: bytes) -> None:
    path = f"/v1/drafts/{draft}/attachments/{number}"
    at.http.put(path, content=data, headers=about(word("Minutes.html"))).raise_for_status()


def new_draft(at: Service, reference: str) -> str:
    asked = {"recipient": crossing.RECEIVER, "own_reference": reference, "transfer": "cp_permanent"}
    made: str = at.post("/v1/drafts", {**asked, "case_file": case_file()})["id"]
    return made


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with two_authorities(tmp_path) as scene:
        yield scene


def test_nothing_of_a_case_is_in_clear_anywhere(scene: Scene) -> None:
    with half_uploaded(scene.sender) as open_draft:
        scene.look("with a draft half uploaded")
        handover = told_but_not_reached(scene)
        cut_in_mid_delivery(scene, handover)
        opened_and_printed(scene, handover)
        accepted(scene, handover)
        refused(scene, handover, open_draft)
        scene.look("while both are running", everywhere=True)
        scene.sender.end(signal.SIGKILL)
        scene.look("after the sender was killed")
    scene.sender.start()
    scene.look("after the sender has come back")
    for service in (scene.sender, scene.receiver):
        service.end(signal.SIGTERM)
    scene.look("at the end", everywhere=True)
    assert scene.watch.leaks == []
    kinds = {"home", "wire", "error", "arguments", "environment", "open file"}
    assert {kind for kind, size in scene.watch.seen.items() if size} >= kinds
    looked_at_what_matters(scene)


def looked_at_what_matters(scene: Scene) -> None:
    """The logs were talkative, and the keys were under a passphrase."""
    for service in (scene.sender, scene.receiver):
        lines = (service.home / "log.jsonl").read_text().splitlines()
        loggers = {json.loads(line)["logger"].partition(".")[0] for line in lines}
        assert {"app", "asyncio"} <= loggers
        assert any(json.loads(line)["level"] == "debug" for line in lines)
        assert (service.home / "keyring.age").read_bytes().startswith(b"age-encryption.org/v1")
        assert not (service.home / "passphrase").exists()


@contextmanager
def half_uploaded(sender: Service) -> Iterator[str]:
    """A draft with one document that is whole, and one of which half has come, for as long as
    this lasts."""
    draft = new_draft(sender, "F/1")
    attach(sender, draft, 1, DOCUMENT)
    before = sender.held()
    head = "\r\n".join(
        [
            f"PUT /v1/drafts/{draft}/attachments/2 HTTP/1.1",
            "Host: x",
            f"Authorization: {sender.http.headers['Authorization']}",
            f"Content-Length: {40 * 2**20}",
            *(f"{name}: {value}" for name, value in about(word("Half.html")).items()),
        ]
    )
    with socket.create_connection(("127.0.0.1", sender.port)) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode() + DOCUMENT * (20 * 2**20 // len(DOCUMENT)))
        until(lambda: sender.held() > before + 2**20, pause=SOON)
        yield draft


def told_but_not_reached(scene: Scene) -> str:
    """A notification that can't be delivered at first."""
    scene.taps[1].left = 0
    sender = scene.sender
    handover = new_draft(sender, "F/2")
    sender.post(f"/v1/drafts/{handover}/notification", {"words": notification()})
    path = f"/v1/handovers/{handover}"
    until(lambda: any(one["problem"] for one in sender.get(path).json()["deliveries"]))
    scene.look("while the other side can't be reached")
    scene.taps[1].left = None
    until(lambda: scene.receiver.state(handover) == "notified")
    return handover


def cut_in_mid_delivery(scene: Scene, handover: str) -> None:
    """The receiver dies while the papers come in; a receiver that is back has them all."""
    sender, receiver = scene.sender, scene.receiver
    attach(sender, handover, 1, DOCUMENT)
    attach(sender, handover, 2, LARGE)
    before = receiver.held()
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.held() > before + 2**20, pause=SOON)
    receiver.end(signal.SIGKILL)
    scene.look("after the receiver was killed in mid-delivery")
    assert receiver.held() < before + len(LARGE), "it was killed in mid-delivery"
    receiver.start()
    until(lambda: receiver.state(handover) == "dispatched")


def opened_and_printed(scene: Scene, handover: str) -> None:
    """By the API and by commands: there the words are, each of them."""
    receiver, path = scene.receiver, f"/v1/handovers/{handover}"
    shown = receiver.get(f"{path}/casefile").text
    for what in ("Child", "Event", "Voice", "Concern", "Lane", "Title"):
        assert word(what) in shown
    assert word("Risk") in receiver.get(f"{path}/words/notification").text
    assert word("Concern") in receiver.get(f"{path}/items").text
    assert receiver.get(f"{path}/attachments/1").content == DOCUMENT
    assert receiver.get(f"{path}/attachments/2").content == LARGE
    for arguments in (["open", handover, "--purpose", "Test"], ["list"], ["show", handover]):
        assert PLAIN in receiver.run(*arguments)
    saved = scene.folder / "saved"
    receiver.run("open", handover, "--purpose", "Test", "--save", saved)
    assert DOCUMENT in [one.read_bytes() for one in saved.iterdir()]
    scene.look("after it was opened")


def accepted(scene: Scene, handover: str) -> None:
    receiver, path = scene.receiver, f"/v1/handovers/{handover}"
    receiver.post(f"{path}/acknowledgement", {"words": {"person": PERSON}})
    result = crossing.filled(json.loads(receiver.run("accept", handover, "--template")))
    result["words"]["chair"]["name"] = word("Chair")
    for one in result["words"]["items"]:
        one["owner"]["name"] = word("Owner")
    quoting = {**result, "codes": {**result["codes"], "dispositions": []}}
    no = receiver.http.post(f"{path}/acceptance", json=quoting)
    assert no.status_code in (409, 422)
    receiver.post(f"{path}/acceptance", result)
    until(lambda: scene.sender.state(handover) == "accepted")


def refused(scene: Scene, handover: str, draft: str) -> None:
    """Bad requests of each kind, all of which quote the case. None is a fault of ours."""
    both, at, to = word("Quoted"), f"/v1/handovers/{handover}", f"/v1/drafts/{draft}"
    encoded, http = quote(both), scene.receiver.http
    purpose = {"Access-Purpose": encoded}
    bodies = [
        both, f'"{both}"', f'{{"{both}": 1}}', f'{{"own_reference": "{both}"', f'{{"a": "{both}}}',
        f'{{"words": "{both}"}}', f'{{"words": {{"{both}": "{both}"}}}}',
        f'{{"words": {{"person": {{"name": ["{both}"]}}}}}}', f'{{"x": 1, "x": "{both}"}}',
        f'{{"codes": {{"code": "{both}"}}}}', f'{{"codes": {{}}, "effective": "{both}"}}',
        f'{{"children": ["{both}"]}}', f"[{'[' * 200}\"{both}\"",
    ]  # fmt: skip
    answers = [
        http.post(f"{path}/{kind}", content=body.encode())
        for body in bodies
        for path, kind in [(at, "acknowledgement"), (at, "facts"), (at, "arrangements")]
    ]
    here = scene.sender.http
    new = {"recipient": crossing.RECEIVER, "own_reference": "F/3", "transfer": "cp_permanent"}
    wrongs: list[dict[str, Any]] = [
        {"recipient": both}, {"own_reference": both}, {"transfer": both}, {"team": both},
        {both: both}, {"case_file": both}, {"case_file": {both: both}},
        {"case_file": {**case_file(), both: 1}},
        {"case_file": samples.case(concerns=[samples.concern(kind=both)])},
        {"case_file": samples.case(children=[samples.child(born_on=both)])},
    ]  # fmt: skip
    answers += [
        here.post("/v1/drafts", json={**new, "case_file": case_file(), **wrong}) for wrong in wrongs
    ]
    answers.append(here.post(f"{to}/notification", json={"words": {**notification(), both: 1}}))
    answers.append(here.put(f"{to}/case-file", json={"case_file": {**case_file(), "v": both}}))
    answers.append(here.post(f"{to}/dispatch", json={"running": [both]}))
    for name, value in {
        "Content-Disposition": both, "Content-Type": both, "Handling-Labels": both,
    }.items():  # fmt: skip
        headers = httpx.Headers({**about(word("Bad.html")), name: value}, encoding="utf-8")
        answers.append(here.put(f"{to}/attachments/3", content=DOCUMENT, headers=headers))
    for traversal in (f"../{both}", f"{both}/x", f"{both}\u202e.pdf"):
        named = about(traversal)
        answers.append(here.put(f"{to}/attachments/3", content=DOCUMENT, headers=named))
    paths = [
        f"/v1/{encoded}", f"/v1/handovers/{encoded}", f"{at}/words/{encoded}", f"{at}/{encoded}",
        f"{at}/attachments/{encoded}", f"/v1/handovers?state={encoded}",
        f"/v1/handovers?own_reference={encoded}", f"/v1/handovers?cursor={encoded}",
        f"{at}/duties?on={encoded}", f"/{encoded}?{encoded}={encoded}", f"/exchange/v1/{encoded}",
    ]  # fmt: skip
    answers += [http.get(path, headers=purpose) for path in paths]
    answers.append(http.get(f"{at}/casefile", headers=[(b"Access-Purpose", both.encode())]))
    answers.append(http.get(f"{at}/casefile", headers={"Access-Purpose": encoded * 200}))
    answers.append(http.get(at, headers={"Authorization": f"Bearer {PLAIN}"}))
    answers.append(http.request("DELETE", at, headers=purpose))
    for exchange in ("statements", "sync"):
        for body in (both, json.dumps({"payload": both, "signatures": []})):
            answers.append(http.post(f"/exchange/v1/{exchange}", content=body.encode()))
    assert {answer.status_code // 100 for answer in answers} == {4}
    scene.watch.said += [("error", raw(scene.receiver, f"GET /{both} HTTP/9.9\r\n\r\n"))]
    scene.watch.said += [("error", raw(scene.receiver, f"{both}\r\n\r\n"))]
    commands(scene, handover)


def raw(service: Service, text: str) -> bytes:
    """The answer to what is no request."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def commands(scene: Scene, handover: str) -> None:
    """Commands whose files quote the case say what is wrong, and no more."""
    bad = scene.folder / "bad.json"
    for text in (
        word("No JSON"),
        json.dumps({"codes": {word("x"): 1}, "words": {"chair": word("y")}}),
    ):
        bad.write_text(text)
        done = scene.receiver.command("accept", handover, bad)
        assert done.returncode == 3
        scene.watch.said.append(("error", done.stdout + done.stderr))
