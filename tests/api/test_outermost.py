"""What nobody foresaw: a problem without a cause, a log line without a word, and no half answer."""

import logging
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.api.app import doors
from app.api.outermost import Outermost
from app.errors import Unavailable
from app.flows import health, read
from app.flows.disclose import Document
from tests.api.asgi import call
from tests.api.conftest import CANARY, Standing, code

NO_WORKER = {
    "code": "worker-missing",
    "detail": "No worker is at work: look after `handover worker`",
}


@pytest.fixture
def unforeseen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError(f"the family of {CANARY}")

    monkeypatch.setattr(read, "list_handovers", broken)


def test_a_bug_is_a_problem_without_a_cause(
    standing: Standing, unforeseen: None, caplog: pytest.LogCaptureFixture
) -> None:
    http = TestClient(standing.sending.http.app)  # without the check that there is no 500
    answer = http.get("/v1/handovers", headers=standing.sending.desk().headers)
    assert (answer.status_code, code(answer)) == (500, "internal")
    assert CANARY not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (line,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert (line.name, line.exc_info) == ("app.api.outermost", None)
    assert line.__dict__["error"] == "ValueError"
    assert line.__dict__["where"].startswith("test_outermost.py:")


def test_a_document_that_breaks_off_is_no_whole_answer(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(start: int, stop: int) -> Iterator[bytes]:
        yield b"first"
        raise ValueError(CANARY)

    document = Document("a.pdf", "application/pdf", 100, "0" * 64, ("open",), part)
    monkeypatch.setattr("app.flows.disclose.attachment", lambda *_: document)
    path = f"/v1/handovers/{standing.handover}/attachments/1"
    headers = standing.receiving.desk().headers
    done = call(standing.receiving.http.app, "GET", path, headers, [])
    assert (done.status, done.body, done.complete) == (200, b"first", False)


def test_what_is_no_http_passes() -> None:
    passed = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    anyio.run(Outermost(app), {"type": "lifespan"}, nothing, nothing)
    assert passed == ["lifespan"]


def test_it_is_alive_and_ready(standing: Standing) -> None:
    desk = standing.sending.desk(None)
    assert desk.get("/health/live").json() == {"status": "live"}
    ready = desk.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ready", "reasons": [], "warnings": [NO_WORKER]},
    )


def test_it_says_why_it_is_not_ready(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_directory(*_: Any) -> None:
        raise Unavailable("no-directory", "There is no directory yet")

    monkeypatch.setattr(health, "directory_of", no_directory)
    answer = standing.sending.desk(None).get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unready",
        "reasons": [{"code": "no-directory", "detail": "There is no directory yet"}],
        "warnings": [NO_WORKER],
    }


@pytest.mark.parametrize("kind", ["tracing", "metrics", "logs", "operation_spans"])
def test_the_framework_tells_nobody_what_it_saw(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Its log records hold the text of exceptions, and its spans hold URLs."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    settings: Any = doors()._telemetry
    assert settings[kind] is settings["auto_configure"] is False
