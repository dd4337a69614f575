"""Opening: written down first, scanned where a scanner is set, and only then given out."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.demo import story
from app.errors import CaseHandoverError, NotAllowed, Unavailable
from app.flows import continuity, disclose, items, keys, parcels, send
from app.flows.attaching import AttachmentSink
from app.flows.site import Site
from app.settings import Settings
from app.store import access_log
from app.store.blobs import open_blobs
from app.store.unit_of_work import Database
from app.trust import accesslog
from app.trust.keyfile import dump_unencrypted
from tests.flows.conftest import RECEIVER, WORKER, Clock, Two, Wire
from tests.flows.test_crossing import TODAY, begin
from tests.outside.test_scanner import EICAR, SCANNER, python

INFECTED = 4
"""Number of the document that the scanner takes for malware."""


def sent(two: Two) -> str:
    handover = begin(two)
    sink = AttachmentSink(two.sender, WORKER, handover, INFECTED, "a.bin", "application/x")
    sink.feed(EICAR)
    sink.finish()
    send.notify(two.sender, WORKER, handover, story.notification(TODAY))
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert set(two.run()) == {"done"}
    return handover


def logged(site: Site) -> list[tuple[str, str, str]]:
    """Act, part and purpose of each entry; the chain holds."""
    with site.database.read() as uow:
        rows = access_log.after(uow.connection, 0, 1000)
    accesslog.verify_chain(row.entry for row in rows)
    lines = [(json.loads(row.entry), row.entry) for row in rows]
    key = site.keyring.label_key.raw
    return [(x["act"], x["part"], accesslog.open_purpose(data, key)) for x, data in lines]


def scanning(site: Site, command: list[str]) -> Site:
    return replace(site, settings=site.settings.model_copy(update={"scan_command": command}))


@pytest.mark.parametrize("number", [1, INFECTED])
def test_a_document_goes_through_the_scanner(two: Two, tmp_path: Path, number: int) -> None:
    """All of it, in one go; a clean one is what was sent."""
    handover, memory = sent(two), tmp_path / "memory"
    site = scanning(two.receiver, [*SCANNER, str(memory)])
    part = f"dispatch/attachments/{number:04d}"
    asked = [("download", part, "To read it")]
    if number == INFECTED:
        with pytest.raises(NotAllowed) as caught:
            disclose.attachment(site, WORKER, handover, number, "To read it")
        assert (caught.value.code, caught.value.retryable) == ("document-infected", False)
        assert logged(site) == [*asked, ("withheld", part, "document-infected")]
        assert memory.read_text() == f"{len(EICAR)}\n"
        return
    document = disclose.attachment(site, WORKER, handover, number, "To read it")
    assert memory.read_text() == f"{document.size}\n", "before a byte is given out"
    assert b"".join(document.pieces) == story.documents(TODAY)[0].data
    assert logged(site) == asked


@pytest.mark.parametrize("command", [python("raise SystemExit(2)"), ["/nowhere"]])
def test_what_could_not_be_scanned_stays_sealed(
    two: Two, command: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    handover, site = sent(two), scanning(two.receiver, command)
    with pytest.raises(Unavailable) as caught:
        disclose.attachment(site, WORKER, handover, 1, "To read it")
    assert (caught.value.code, caught.value.retryable) == ("document-not-scanned", True)
    assert [act for act, _, _ in logged(site)] == ["download", "withheld"]
    (record,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert record.__dict__["code"] == "document-not-scanned"


def test_without_a_scanner_a_document_is_opened_as_it_is(two: Two) -> None:
    document = disclose.attachment(two.receiver, WORKER, sent(two), INFECTED, "To look at it")
    assert b"".join(document.pieces) == EICAR


def opening(site: Site, handover: str, what: str) -> Callable[[], Any]:
    """Opens something to the last byte."""
    return {
        "words": lambda: disclose.words(site, WORKER, handover, "dispatch", "Why"),
        "items": lambda: items.items(site, WORKER, handover, "Why"),
        "merged": lambda: continuity.opened(site, WORKER, handover, "Why"),
        "attachment": lambda: b"".join(
            disclose.attachment(site, WORKER, handover, 1, "Why").pieces
        ),
    }[what]


WHAT = ["words", "items", "merged", "attachment"]


@pytest.mark.parametrize("what", WHAT)
def test_what_cannot_be_written_down_is_not_opened(
    two: Two, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """No member of the papers is so much as decrypted."""
    handover = sent(two)

    def full(*_: Any) -> None:
        raise Unavailable("storage-full", "The disk is full: make room, then try again.")

    def member(*_: Any) -> Iterator[bytes]:
        raise AssertionError("opened, and not written down")

    monkeypatch.setattr(access_log, "append", full)
    monkeypatch.setattr(parcels.Opened, "member", member)
    with pytest.raises(Unavailable, match="storage-full"):
        opening(two.receiver, handover, what)()
    assert logged(two.receiver) == []


@pytest.mark.parametrize("what", WHAT)
def test_a_crash_after_the_entry_leaves_it_written_and_nothing_given(
    two: Two, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    handover = sent(two)

    class PowerCut(BaseException):
        pass

    def crash(*_: Any) -> None:
        raise PowerCut

    monkeypatch.setattr(parcels, "open_member", crash)
    with pytest.raises(PowerCut):
        opening(two.receiver, handover, what)()
    ((act, _, purpose),) = logged(two.receiver)
    assert (act, purpose) == ("download" if what == "attachment" else "open", "Why")


def test_who_may_not_open_is_not_written_down_as_if_they_had(two: Two) -> None:
    handover = sent(two)
    nobody = replace(WORKER, roles=frozenset({"performance"}))
    for caller in (nobody, replace(WORKER, teams=frozenset({"other"}))):
        with pytest.raises(CaseHandoverError):
            disclose.words(two.receiver, caller, handover, "dispatch", "Why")
    assert logged(two.receiver) == []


def test_two_processes_write_one_chain(two: Two, tmp_path: Path) -> None:
    """They open at once, on one database; no entry is lost, and all follow each other."""
    handover, each = sent(two), 25
    (tmp_path / "keyring").write_bytes(dump_unencrypted(two.receiver.keyring))
    code = (
        "from tests.flows.test_disclose import open_often; "
        f"open_often({str(tmp_path)!r}, {handover!r}, {each})"
    )
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=root) for _ in range(2)]
    assert [process.wait(100) for process in running] == [0, 0]
    assert len(logged(two.receiver)) == 2 * each


def open_often(folder: str, handover: str, times: int) -> None:
    """As the receiver's service does, from a process of its own."""
    home = Path(folder) / "b"
    ring = keys.open_file((Path(folder) / "keyring").read_bytes(), None)
    with Database(f"sqlite:///{home / 'handover.db'}") as database:
        site = Site(
            Settings(authority=RECEIVER), database, open_blobs("blobs", home), ring,
            keys.roots(None, ring), Wire(), Clock(),
        )  # fmt: skip
        for _ in range(times):
            disclose.words(site, WORKER, handover, "dispatch", "To plan")
