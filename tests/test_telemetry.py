"""Logs: one JSON object a line, and nothing that somebody said or sent."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app import telemetry

SECRET = "Maisie of 41b Nowhere Street"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged while telemetry runs; all is as before afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, threading.excepthook
    root.handlers.clear()
    monkeypatch.setattr(sys, "stderr", stream)
    telemetry.start()
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    threading.excepthook = hook


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    assert SECRET not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_only_listed_fields_get_out(lines: io.StringIO) -> None:
    given: dict[str, Any] = dict.fromkeys(telemetry.FIELDS, 7)
    logging.getLogger("app.any").warning("a job", extra={**given, "label": SECRET, "url": SECRET})
    (line,) = read(lines)
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "warning", "logger": "app.any", "message": "a job", **given}


@pytest.mark.parametrize("logger", ["app.flows", "asyncio", "uvicorn.error", "some.library"])
def test_arguments_of_messages_stay_inside(lines: io.StringIO, logger: str) -> None:
    logging.getLogger(logger).error("failed: %s", SECRET)
    logging.getLogger(logger).error("Task exception was never retrieved\nfuture: <%s>", SECRET)
    logging.getLogger(logger).error("Task exception was never retrieved\nfuture: " + SECRET)
    logging.getLogger(logger).error(ValueError(SECRET))
    assert [line["message"] for line in read(lines)] == [
        "failed: %s",
        "Task exception was never retrieved",
        "Task exception was never retrieved",
        "ValueError",
    ]


def test_an_exception_gives_its_type_and_its_line(lines: io.StringIO) -> None:
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("app.any").exception("unexpected")
    (line,) = read(lines)
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_telemetry.py:")


def test_an_exception_that_was_never_raised_has_no_line(lines: io.StringIO) -> None:
    logging.getLogger("app.any").error("unexpected", exc_info=KeyError(SECRET))
    (line,) = read(lines)
    assert (line["error"], line["where"]) == ("KeyError", None)


def test_a_value_that_is_no_json_gives_its_type(lines: io.StringIO) -> None:
    logging.getLogger("app.any").error("odd", extra={"code": ValueError(SECRET)})
    (line,) = read(lines)
    assert line["code"] == "ValueError"


def test_a_thread_that_dies_says_so_and_no_more(lines: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = read(lines)
    assert (line["level"], line["error"]) == ("critical", "RuntimeError")


@pytest.mark.parametrize("logger", ["httpx", "alembic.runtime", "uvicorn.access"])
def test_chatter_is_left_out(lines: io.StringIO, logger: str) -> None:
    logging.getLogger(logger).info("chatter")
    logging.getLogger("app.any").info("work")
    assert [line["message"] for line in read(lines)] == ["work"]
