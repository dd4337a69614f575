"""Structured logs: one JSON object a line, codes and numbers only, never a word of a case."""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

FIELDS = (
    "code", "kind", "outcome", "attempts", "error", "where", "status", "port", "operation", "who",
    "times", "seconds", "version", "python", "database", "database_version", "journal",
)  # fmt: skip
"""What a log line may carry beside its message: nothing else that code attaches gets out."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON.

    Of a message only its template's first line gets out, never its arguments; of an exception only
    its type and line of code. The rest may quote data.
    """

    def format(self, record: logging.LogRecord) -> str:
        said = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": said.partition("\n")[0],
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line |= {"error": type(record.exc_info[1]).__name__, "where": where(record.exc_info[1])}
        return json.dumps(line, default=lambda value: type(value).__name__)


def where(error: BaseException) -> str | None:
    """The file and line of code at which an exception was raised, if it was."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None


def start(level: int = logging.INFO) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    threading.excepthook = _thread_ended


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    logging.getLogger(__name__).critical("a thread ended unexpectedly", exc_info=args.exc_value)
