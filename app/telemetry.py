"""Structured logs: one JSON object a line, codes and numbers only, never a word of a case."""

import json
import logging
import sys
from datetime import UTC, datetime

FIELDS = ("code", "kind", "outcome", "attempts", "error", "status")
"""What a log line may carry beside its message: nothing else that code attaches gets out."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Exceptions give their type: their text may quote data."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg) if record.name.startswith("app") else record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line)


def start(level: int = logging.INFO) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "alembic", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
