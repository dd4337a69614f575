"""Small HTTP servers on loopback that do exactly what a test wants, right or wrong."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

STATEMENT = "application/case-handover-statement+jws"


class Asked(BaseHTTPRequestHandler):
    """A request, with its body read, for a script to answer."""

    protocol_version = "HTTP/1.1"
    script: Callable[["Asked"], None]
    over: Event
    body: bytes

    def _handle(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            type(self).script(self)
        except OSError:  # the client has gone, as some tests mean it to
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PATCH = _handle  # noqa: N815

    def answer(self, status: int, body: bytes = b"", /, **headers: str) -> None:
        """A whole answer; `Content_Type` stands for `Content-Type`."""
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def drip(self, head: bytes, drop: bytes) -> None:
        """Send `head` and then `drop` again and again, until the client has had enough."""
        self.close_connection = True
        self.wfile.write(head)
        while not self.over.wait(0.05):
            self.wfile.write(drop)

    def stall(self) -> None:
        """Say nothing until the test is over."""
        self.close_connection = True
        self.over.wait(30)

    def log_message(self, *_: Any) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    """A server whose clients may be as rude as they like: a broken handshake is no news."""

    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def serving(script: Callable[[Asked], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """An endpoint that answers every request by `script`."""
    over = Event()
    handler = type("Scripted", (Asked,), {"script": staticmethod(script), "over": over})
    server = Quiet(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def nobody() -> str:
    """An endpoint where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"
