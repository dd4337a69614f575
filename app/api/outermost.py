"""The last thing between the app and the server: safe headers, and no error that says too much.

Starlette hands an unexpected error on to the server, which logs it whole; and the text of, say, a
ValidationError holds what was sent. So it ends here, as a problem without a cause.
"""

import logging
import traceback
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import two_ends, unexpected

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer that does not say otherwise: lists hold names too, and nothing is ever shown in
place as a page of ours. HSTS (RFC 6797) is ours to set, because a proxy may be set up without it;
browsers leave it alone on the plain HTTP of this machine."""

_LENGTHS = {b"content-length", b"transfer-encoding"}

log = logging.getLogger(__name__)


class Outermost:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if {name for name, _ in scope.get("headers", ())} >= _LENGTHS:
            # A proxy may believe the one and the server the other (RFC 9112, 6.1).
            await two_ends()(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            log.info("the caller has gone")
        except Exception as error:
            log.error("unexpected error", extra=_about(error))  # noqa: TRY400
            if not started:  # else the server sees an answer without an end, and cuts it
                await unexpected()(scope, receive, sending)


def _about(error: Exception) -> dict[str, str]:
    """What may be logged of an error: its kind and its line, never its text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return {"error": type(error).__name__, "where": f"{Path(frame.filename).name}:{frame.lineno}"}
