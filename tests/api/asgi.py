"""Calling the app as a server does, where a client would be too polite."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.types import ASGIApp, Message


@dataclass
class Call:
    """What a request took and what it was answered."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces_read: int = 0
    complete: bool = False


def call(
    app: ASGIApp,
    method: str,
    path: str,
    headers: dict[str, str],
    pieces: Iterable[bytes],
    *,
    cut: bool = False,
) -> Call:
    """Send the body in pieces as they are asked for; `cut`: and then lose the connection."""
    done = Call()
    left, ended = iter(pieces), False

    async def receive() -> Message:
        nonlocal ended
        piece = next(left, None)
        if piece is None and cut:
            return {"type": "http.disconnect"}
        if piece is None:
            if ended:
                await anyio.sleep_forever()
            ended = True
            return {"type": "http.request", "body": b""}
        done.pieces_read += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            done.status = message["status"]
            done.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            done.body += message.get("body", b"")
            done.complete = not message.get("more_body", False)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    anyio.run(app, scope, receive, send)
    return done
