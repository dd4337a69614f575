"""Opening words and documents over HTTP: for a purpose, logged, and as a download only."""

import json
from dataclasses import replace
from typing import get_args
from urllib.parse import unquote

import pytest

from app.api import shapes
from app.api.app import doors
from app.api.outermost import HEADERS
from app.casefile.contents import CONTENTS
from app.demo import story
from app.store import access_log
from app.trust import accesslog
from tests.api.conftest import CANARY, Door, Standing, code, dispatched, door, notified
from tests.flows.conftest import Two
from tests.flows.test_crossing import PERSON, TODAY


def purposes(standing: Standing) -> list[tuple[str, str, str]]:
    """Act, part and purpose of what the receiver's access log holds."""
    site = standing.two.receiver
    with site.database.read() as uow:
        rows = access_log.after(uow.connection, 0, 1000)
    found = []
    for row in rows:
        line = json.loads(row.entry)
        purpose = accesslog.open_purpose(row.entry, site.keyring.label_key.raw)
        found.append((line["act"], line["part"], purpose))
    return found


def test_the_case_file_is_opened_for_a_purpose(standing: Standing) -> None:
    desk = standing.receiving.desk()
    purpose = f"To plan — {CANARY} 100 % über \u2028 morgen"
    opened = desk.get(f"/v1/handovers/{standing.handover}/casefile", purpose)
    assert opened.json() == story.case_file(TODAY)
    assert opened.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert purposes(standing)[-1] == ("open", "dispatch/content.json", purpose)
    words = desk.get(f"/v1/handovers/{standing.handover}/words/acknowledgement", "Who is it?")
    assert words.json()["person"] == PERSON
    assert purposes(standing)[-1] == ("open", "acknowledgement/content.json", "Who is it?")


@pytest.mark.parametrize("path", ["casefile", "words/dispatch", "attachments/1"])
@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 422),
        (b"", 422),
        (b"%20%09", 422),
        (b"%ff", 422),
        (b"%ed%a0%80", 422),
        ("für".encode(), 422),
        ("für".encode("latin-1"), 422),
        (b"x" * 2001, 413),
        (b"%C3%BC" * 2001, 413),
    ],
)
def test_without_a_purpose_nothing_is_opened(
    standing: Standing, path: str, header: bytes | None, status: int
) -> None:
    before = purposes(standing)
    headers = {} if header is None else {"Access-Purpose": header}
    refused = standing.receiving.desk().ask(
        "GET", f"/v1/handovers/{standing.handover}/{path}", headers
    )
    assert (refused.status_code, code(refused)) == (status, "access-purpose")
    assert purposes(standing) == before


OPENING = [
    "addresses", "casefile", "casefile/merged", "items", "words/notification", "attachments/1",
    "statements/{statement}/attachments/1", "patterns", "patterns/missed.svg",
    "network", "gaps",
]  # fmt: skip
"""Every route that opens words; the table of roles holds that these are all."""


def test_the_routes_that_open_words_are_these() -> None:
    """Those that are asked with a purpose, and change nothing."""
    opens = {
        path
        for path, methods in doors().openapi()["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", ())
        if parameter["name"] == "access-purpose"
    }
    named = {f"/v1/handovers/{{handover}}/{path}" for path in OPENING}
    filled = {
        path.replace("{kind}", "notification")
        .replace("{number}", "1")
        .replace("{pattern}", "missed")
        for path in opens
    }
    assert filled == named


@pytest.mark.parametrize("path", OPENING)
def test_what_is_opened_is_kept_by_nobody_and_run_by_nobody(standing: Standing, path: str) -> None:
    filled = path.format(statement=standing.papers)
    got = standing.receiving.desk().get(f"/v1/handovers/{standing.handover}/{filled}", "Test")
    assert got.status_code == 200
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    shown_in_place = "Content-Disposition" not in got.headers
    assert shown_in_place is (got.headers["Content-Type"] == "application/json")


ACTIVE = {
    "page.html": "text/html",
    "page.xhtml": "application/xhtml+xml",
    "picture.svg": "image/svg+xml",
    "script.js": "text/javascript",
    "data.xml": "text/xml",
    "paper.pdf": "application/pdf",
}


def test_no_document_is_ever_shown_in_place(two: Two, sending: Door, receiving: Door) -> None:
    """What a browser would run is a download in a sandbox, of the type that it says."""
    desk = sending.desk()
    handover = notified(two, desk)
    for document in story.documents(TODAY):
        desk.attach(handover, document.number, document.name, document.data)
    script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script>"
    for number, (name, kind) in enumerate(ACTIVE.items(), 4):
        put = desk.attach(handover, number, name, script, **{"Content-Type": kind})
        assert put.status_code == 201
    assert desk.post(f"/v1/drafts/{handover}/dispatch", {}).status_code == 201
    assert two.run() == ["done"]
    for number, (name, kind) in enumerate(ACTIVE.items(), 4):
        got = receiving.desk().get(f"/v1/handovers/{handover}/attachments/{number}", "Test")
        assert got.content == script
        assert got.headers["Content-Type"].partition(";")[0] == kind
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        assert got.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"


def test_a_document_is_a_download_and_nothing_else(standing: Standing) -> None:
    described = {one["number"]: one for one in story.case_file(TODAY)["attachments"]}
    for document in story.documents(TODAY):
        path = f"/v1/handovers/{standing.handover}/attachments/{document.number}"
        got = standing.receiving.desk().get(path, "To read the minutes")
        assert got.content == document.data
        assert got.headers["Content-Type"] == document.media_type
        assert got.headers["Content-Length"] == str(len(document.data))
        assert got.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        limits = [one["code"] for one in described[document.number].get("handling", ())]
        assert got.headers["Handling-Labels"] == (", ".join(limits) or "open")
        kind, _, name = got.headers["Content-Disposition"].partition("; filename*=UTF-8''")
        assert (kind, unquote(name)) == ("attachment", document.name)
        part = f"dispatch/attachments/{document.number:04d}"
        assert purposes(standing)[-1] == ("download", part, "To read the minutes")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [('会議録; "x"=%41\'.html', "text/html"), ("محضر 100%.svg", "image/svg+xml")],
)
def test_a_document_crosses_with_its_name(
    two: Two, sending: Door, receiving: Door, name: str, media_type: str
) -> None:
    desk = sending.desk()
    handover = notified(two, desk)
    for document in story.documents(TODAY):
        desk.attach(handover, document.number, document.name, document.data)
    labels = {
        "Content-Type": f"{media_type}; charset=x",
        "Handling-Labels": "not_to, court_permission",
    }
    assert desk.attach(handover, 4, name, b"<script>", **labels).status_code == 201
    assert desk.post(f"/v1/drafts/{handover}/dispatch", {}).status_code == 201
    assert two.run() == ["done"]
    got = receiving.desk().get(f"/v1/handovers/{handover}/attachments/4", "Test")
    assert got.content == b"<script>"
    assert got.headers["Content-Type"].partition(";")[0] == media_type
    assert got.headers["Handling-Labels"] == "not_to, court_permission"
    disposition = got.headers["Content-Disposition"]
    assert unquote(disposition.removeprefix("attachment; filename*=UTF-8''")) == name


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("attachments/4", 404, "bundle-member-unknown"),
        ("attachments/0", 422, "request-invalid"),
        ("attachments/10000", 422, "request-invalid"),
        ("words/acceptance", 404, "no-papers"),
        ("words/receipt", 422, "request-invalid"),
        (f"words/{CANARY.lower()}", 422, "request-invalid"),
    ],
)
def test_what_did_not_come(standing: Standing, path: str, status: int, expected: str) -> None:
    before = purposes(standing)
    refused = standing.receiving.desk().get(f"/v1/handovers/{standing.handover}/{path}", "Test")
    assert (refused.status_code, code(refused)) == (status, expected)
    assert purposes(standing) == before


def test_words_of_every_kind_can_be_asked_for() -> None:
    assert set(get_args(shapes.Kind)) == {*CONTENTS, "dispatch"}


@pytest.mark.parametrize(
    ("scanner", "status", "expected"),
    [("exit 1", 403, "document-infected"), ("exit 2", 503, "document-not-scanned")],
)
def test_a_document_that_the_scanner_refuses_is_a_problem(
    two: Two, sending: Door, scanner: str, status: int, expected: str
) -> None:
    handover = dispatched(two, sending.desk())
    settings = two.receiver.settings.model_copy(update={"scan_command": ["sh", "-c", scanner]})
    receiving = door(replace(two.receiver, settings=settings))
    refused = receiving.desk().get(f"/v1/handovers/{handover}/attachments/1", "To read it")
    assert (refused.status_code, code(refused)) == (status, expected)
    assert refused.json()["retryable"] is (status == 503)
    assert story.documents(TODAY)[0].data not in refused.content
