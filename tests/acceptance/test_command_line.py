"""A case crosses between two authorities by nothing but commands, each a process of its own.

Everybody in it is invented. What is sent is hard on purpose: scripts of every direction, dates of
every precision, and documents whose names are in other alphabets.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.casefile import samples

ROOT = Path(__file__).parents[2]
SENDER, RECEIVER = "gss:E10000025", "gss:E06000030"
PATIENCE = 60.0
NAME = "\u200fليلى الخيالية\u200e / Лейла Вымышленная-Ó Bréagach"
PURPOSE = "To plan the visit to Лейла"
DOCUMENTS = {
    "محضر\u200f الاجتماع.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "протокол — 第二次会议.txt": "«Нет» — сказала она.\r\n\u2028第二\u200b\n".encode(),
    "אבחון🙂.bin": os.urandom(3 * 2**20 + 17),
}
WORDS = ("Лейла", "ليلى", "сказала", "Nonesuch Lane", "Bréagach", "протокол", "אבחון", "Fabula")
"""None of these may be in clear in what a service keeps or logs."""


def case_file() -> dict[str, Any]:
    names = [{"full": NAME, "kind": "legal"}, {"full": "蕾拉", "kind": "transliteration"}]
    texts = {
        "what": "Tab\tand line\nand \\u0000-like text, \u200fعلامات\u200e, e\u0301 and é, 🙂👩‍👧.",
        "child_voice": "«Я не хочу туда»",
    }
    return samples.case(
        children=[samples.child(names=names, born_on="2024")],
        chronology=[
            samples.event("one", when={"start": "2029", "circa": True}, **texts),
            samples.event("two", when={"start": "2029-02", "end": "2029-03-01"}),
            samples.event("three", when={"start": "2030-06-30T23:59:59.123456+05:45"}),
        ],
        concerns=[samples.concern("four", raised_at="2030-06"), samples.concern("five")],
        addresses=[{"id": samples.ref("address"), "lines": ["12 Nonesuch Lane\u200f"]}],
        attachments=[samples.attachment(n, dated="2030-0" + str(n)) for n in (1, 2, 3)],
    )


def notification() -> dict[str, Any]:
    long_ago = (date.today() - timedelta(days=60)).isoformat()  # noqa: DTZ011
    return {
        "v": 1,
        "fictional": True,
        "children": [{"id": samples.ref("child"), "status": "living", "names": [{"full": NAME, "kind": "legal"}]}],  # noqa: E501
        "moved_on": long_ago,
        "learned_at": long_ago,
        "planned": "unplanned",
        "immediate_risk": "«Он знает дорогу»",
    }  # fmt: skip


def filled(template: dict[str, Any]) -> dict[str, Any]:
    today = date.today().isoformat()  # noqa: DTZ011
    codes, words = template["codes"], template["words"]
    codes |= {"held": today, "quorate": True, "sender": "attended"}
    codes |= {"family_told": True, "dissent": False}
    for result in codes["results"]:
        result["result"] = "plan"
        result["start"] = today
        result["category"]["code"] = "neglect"
    words["chair"]["name"] = "Inès Fabula"
    for one in words["items"]:
        one["owner"] = {"name": "Noor Inventado", "role": "Social worker"}
    return template


@dataclass
class Service:
    """An authority's home, on which everything is done by processes."""

    home: Path
    authority: str
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *args: str | Path, **options: Any) -> subprocess.Popen[bytes]:
        environment = {k: v for k, v in os.environ.items() if "CASE_HANDOVER" not in k}
        return subprocess.Popen(
            [sys.executable, "-m", "app.main", "--home", self.home, *args],
            cwd=ROOT,
            env={**environment, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            **options,
        )

    def begin(self, *args: str | Path) -> "Running":
        return Running(self.start(*args, stdout=subprocess.PIPE, stderr=subprocess.PIPE))

    def run(self, *args: str | Path) -> "Done":
        return self.begin(*args).end()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """`handover serve`, stopped by its own process id; it must end well."""
        with (self.home / "log.jsonl").open("wb") as log:
            process = self.start("serve", stdout=log, stderr=log)
            try:
                self._wait(process)
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                code = process.wait(PATIENCE)
        assert code == 0, (self.home / "log.jsonl").read_text()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health/ready", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError((self.home / "log.jsonl").read_text())


@dataclass
class Done:
    code: int
    out: bytes
    err: str

    def ok(self) -> bytes:
        assert self.code == 0, self.err
        return self.out

    def value(self) -> Any:
        return json.loads(self.ok())


@dataclass
class Running:
    process: subprocess.Popen[bytes]

    def end(self) -> Done:
        out, err = self.process.communicate(timeout=PATIENCE)
        assert b"Traceback" not in err
        return Done(self.process.returncode, out, err.decode())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def two(tmp_path: Path) -> tuple[Service, Service]:
    """Two authorities that were set up by `init` and paired by cards and fingerprints."""
    services = (
        Service(tmp_path / "sender", SENDER, free_port()),
        Service(tmp_path / "receiver", RECEIVER, free_port()),
    )
    setting_up = [
        one.begin(
            "init", "--authority", one.authority, "--name", f"Fictional {one.home.name}",
            "--endpoint", one.url, "--port", str(one.port), "--front-door", "01632 960000",
            "--unencrypted-demo",
        )
        for one in services
    ]  # fmt: skip
    for running in setting_up:
        running.end().ok()
    cards = [one.begin("directory", "card", "--out", one.home / "card.jws") for one in services]
    spoken = [running.end().err.partition("Fingerprint: ")[2].strip() for running in cards]
    pairing = [
        one.begin("directory", "pair", other.home / "card.jws", "--fingerprint", heard)
        for one, other, heard in zip(services, services[::-1], spoken[::-1], strict=True)
    ]
    for running in pairing:
        running.end().ok()
    return services


def test_a_case_crosses_by_commands_alone(two: tuple[Service, Service], tmp_path: Path) -> None:
    sender, receiver = two
    with sender.serving(), receiver.serving():
        token = receiver.begin(
            "token", "create", "--subject", "acceptance", "--role", "head_of_service", "--json"
        )
        directory = receiver.begin("directory", "show", "--signed")
        roots = receiver.begin("directory", "roots")
        handover = sent(sender, tmp_path)
        opened_as_sent(receiver, handover, tmp_path)
        overdue_at_both(sender, receiver, handover)
        taken_over(receiver, handover, tmp_path)
        ledger = httpx.get(
            f"{receiver.url}/v1/handovers/{handover}/ledger",
            headers={"Authorization": f"Bearer {token.end().value()['token']}"},
            trust_env=False,
        ).raise_for_status()
    (tmp_path / "directory.jws").write_bytes(directory.end().ok())
    (tmp_path / "roots.json").write_bytes(roots.end().ok())
    proves_itself(ledger.content, tmp_path)
    for service in two:
        keeps_to_itself(service)


def sent(sender: Service, folder: Path) -> str:
    """`send` with everything; the handover's id."""
    (folder / "out").mkdir()
    (folder / "case.json").write_text(json.dumps(case_file()), encoding="ascii")
    told = json.dumps(notification(), ensure_ascii=False)
    (folder / "notification.json").write_text(told, encoding="utf-8")
    attached: list[str | Path] = []
    for name, data in DOCUMENTS.items():
        (folder / "out" / name).write_bytes(data)
        attached += ["--attach", folder / "out" / name]
    done = sender.run(
        "send", folder / "case.json", "--to", RECEIVER, "--reference", "FICTION/7",
        "--notification", folder / "notification.json", *attached, "--json",
    ).value()  # fmt: skip
    assert done["delivered"] is True
    handover: str = done["handover"]
    return handover


def opened_as_sent(receiver: Service, handover: str, folder: Path) -> None:
    """Every word, date and byte is the same."""
    receiver.run("open", handover, "--purpose", PURPOSE, "--save", folder / "in").ok()
    saved = {path.name: path.read_bytes() for path in (folder / "in").iterdir()}
    assert json.loads(saved.pop("casefile.json")) == case_file()
    numbered = {f"{n:04d} {name}": DOCUMENTS[name] for n, name in enumerate(DOCUMENTS, 1)}
    assert saved == numbered


def overdue_at_both(sender: Service, receiver: Service, handover: str) -> None:
    """The family moved two months ago; both see the same steps overdue, and whose they are."""
    running = [one.begin("overdue", "--json") for one in (sender, receiver)]
    theirs, ours = (one.end().value() for one in running)
    assert {one["handover"] for one in ours} == {handover}
    assert {one["label"] for one in ours} == {NAME}

    def steps(clocks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return sorted((one["step"], one["owes"], one["due"], one["source"]) for one in clocks)

    assert steps(theirs) == steps(ours)
    assert all(one["working_days_over"] > 0 for one in ours)


def taken_over(receiver: Service, handover: str, folder: Path) -> None:
    """Acknowledged by name, and accepted by the conference."""
    person = ["--name", "Lee Example", "--role", "Duty", "--team", "Duty", "--phone", "01632"]
    acknowledging = receiver.begin("acknowledge", handover, *person)
    template = receiver.begin("accept", handover, "--template")
    assert acknowledging.end().ok() == b"Acknowledged.\n"
    (folder / "result.json").write_text(json.dumps(filled(template.end().value())))
    accepted = receiver.run("accept", handover, folder / "result.json")
    assert accepted.ok().startswith(b"Recorded.\n")


def proves_itself(ledger: bytes, folder: Path) -> None:
    """The saved ledger is verified without a service, and no byte of it can be changed."""
    nobody = Service(folder / "nobody", SENDER, 0)
    by: list[str | Path] = [
        "--directory", folder / "directory.jws", "--roots", folder / "roots.json", "--json",
    ]  # fmt: skip
    at = ledger.index(b"payload", len(ledger) // 2) + 200
    changed = ledger[:at] + (b"A" if ledger[at : at + 1] != b"A" else b"B") + ledger[at + 1 :]
    (folder / "ledger.json").write_bytes(ledger)
    (folder / "changed.json").write_bytes(changed)
    verifying = [
        nobody.begin("verify", "ledger", folder / name, *by)
        for name in ("ledger.json", "changed.json")
    ]
    good, bad = (running.end() for running in verifying)
    verified = good.value()
    assert (verified["verified"], verified["entries"]) == (True, 4)
    assert [one["plan_held_by"] for one in verified["children"]] == [RECEIVER]
    assert (bad.code, bad.out) == (3, b"")
    assert not nobody.home.exists()


def keeps_to_itself(service: Service) -> None:
    """Not a word of the case is in clear in what the service holds or has logged."""
    for path in service.home.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        for word in (*WORDS, *DOCUMENTS, PURPOSE):
            escaped = json.dumps(word)[1:-1].encode()
            assert word.encode() not in data, f"{word} is in {path.name}"
            assert escaped not in data, f"{word} is in {path.name}"
