"""Many who bring their bytes slowly, or flood, over real sockets: everybody else is answered."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Semaphore

import httpx
import pytest

from app.errors import Unavailable
from app.flows import draft, receive, tokens
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from tests.casefile import samples
from tests.flows.acts import wire
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Two, new_database, third, two
from tests.flows.scenarios import announced, limited
from tests.handover import make
from tests.outside.network import listening, serving_app

__all__ = ["new_database", "third", "two"]

THREADS = 40
"""That all endpoints have together which are no `async def`: of anyio."""
SLOW = 60
"""More than there are threads for all endpoints together."""


@pytest.fixture
def endpoint(two: Two) -> Iterator[str]:
    with listening() as (listener, endpoint), serving_app(two.receiver, listener):
        yield endpoint


def opened(endpoint: str, head: str) -> socket.socket:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(head.encode() + b"x" * 100)  # and no more
    return connection


def uploads(two: Two) -> Iterator[str]:
    """Heads of requests that bring pieces, each of an upload of its own."""
    site = limited(two.receiver, peer_uploads=SLOW)
    for number in range(SLOW):
        said = wire(
            two.sender, "notification", make.ident(str(number)), announced(str(number), 1000),
            to=RECEIVER,
        )  # fmt: skip
        wanted = receive.statement(site, said)
        assert isinstance(wanted, BundleWanted)
        yield (
            f"PATCH /exchange/v1/uploads/{wanted.upload} HTTP/1.1\r\nHost: x\r\n"
            f"Upload-Secret: {wanted.secret}\r\nUpload-Offset: 0\r\nUpload-Complete: ?0\r\n"
            "Content-Type: application/partial-upload\r\nContent-Length: 1000\r\n\r\n"
        )


def test_slow_uploads_hold_up_nobody(two: Two, third: Site, endpoint: str) -> None:
    """Of another authority, and of our own people: all of them hang until the test ends."""
    _, secret = tokens.create(two.receiver, "user-1", ["practitioner"], ["front-door"], 9)
    signed = {"Authorization": f"Bearer {secret}"}
    prepared = draft.create(
        two.receiver, WORKER, recipient=SENDER, own_reference="F/1", transfer="cp_permanent",
        team=None, case_file=samples.case(),
    ).id  # fmt: skip
    drafting = (
        f"PUT /v1/drafts/{prepared}/attachments/1 HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Type: application/pdf\r\n"
        "Content-Disposition: attachment; filename=a.pdf\r\nContent-Length: 1000\r\n\r\n"
    )
    statement = (
        "POST /exchange/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        "Content-Type: application/case-handover-statement+jws\r\n\r\n"
    )
    with ExitStack() as stack:
        for head in (*uploads(two), *[drafting] * SLOW, *[statement] * SLOW):
            stack.callback(opened(endpoint, head).close)
        http = stack.enter_context(httpx.Client(base_url=endpoint, timeout=20, trust_env=False))
        assert http.get("/health/live").status_code == 200
        assert http.get("/health/ready").status_code == 200
        assert http.get("/v1/handovers", headers=signed).status_code == 200
        said = wire(third, "notification", make.HANDOVER, announced("good"), to=RECEIVER)
        headers = {"Content-Type": "application/case-handover-statement+jws"}
        answer = http.post("/exchange/v1/statements", content=said, headers=headers)
        assert answer.status_code == 202


def test_a_database_that_hangs_leaves_health_its_answers(two: Two, endpoint: str) -> None:
    """Every thread that other endpoints have waits for it."""
    asked, may_end = Semaphore(0), Event()

    @contextmanager
    def hanging() -> Iterator[None]:
        asked.release()
        if may_end.wait():
            raise Unavailable("database-unreachable", "It has gone")
        yield

    asking = "GET /v1/handovers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cht_x\r\n\r\n"
    with ExitStack() as stack:
        stack.callback(may_end.set)
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        patched.setattr(two.receiver.database, "read", hanging)
        for _ in range(SLOW):
            stack.callback(opened(endpoint, asking).close)
        assert all(asked.acquire(timeout=20) for _ in range(THREADS))
        http = stack.enter_context(httpx.Client(base_url=endpoint, timeout=20, trust_env=False))
        assert http.get("/health/live").status_code == 200
        ready = http.get("/health/ready")
    assert (ready.status_code, ready.json()["reasons"][0]["code"]) == (503, "database-slow")
