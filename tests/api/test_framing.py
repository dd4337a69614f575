"""Where a request ends (RFC 9112, sections 5 to 7), over a raw socket to a real server.

What two readers could take in two ways is refused and the connection closed, or taken in the one
way that the standard has. So nobody smuggles a request past the proxy, or into another connection.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.flows import receive
from app.flows.receive import Answered
from app.flows.site import Site
from tests.flows.conftest import SENDER, Clock, Wire, make_site
from tests.outside.network import listening, serving_app

INSIDE = b"GET /.well-known/case-handover HTTP/1.1\r\nHost: h\r\n\r\n"
"""The request that an attacker would hide; it must never be answered."""
ENDS = b"GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
POST = b"POST /exchange/v1/statements HTTP/1.1\r\nHost: h\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address of a real server."""
    with ExitStack() as stack:
        listener, endpoint = stack.enter_context(listening())
        home: Path = tmp_path_factory.mktemp("framing")
        site = make_site(home, SENDER, Clock(), Wire(), endpoint)
        stack.callback(site.database.close)
        stack.enter_context(serving_app(site, listener))
        yield listener.getsockname()


@pytest.fixture(autouse=True)
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the app took for a body."""
    taken: list[bytes] = []

    def statement(_: Site, wire: bytes) -> Answered:
        taken.append(wire)
        return Answered(b"receipt")

    monkeypatch.setattr(receive, "statement", statement)
    return taken


def exchange(where: tuple[str, int], sent: bytes) -> tuple[list[int], bool]:
    """The statuses of all answers to what was sent, and whether the server ended the connection by
    itself, with our side still open."""
    with socket.create_connection(where, timeout=30) as line:
        line.sendall(sent)
        heard, closed = b"", False
        try:
            while piece := line.recv(65536):
                heard += piece
            closed = True
        except ConnectionResetError:
            closed = True
        except TimeoutError:
            pass
    return [int(one[:3]) for one in heard.split(b"HTTP/1.1 ")[1:]], closed


REFUSED = {
    "both lengths": POST + b"Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, the other way round": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "both lengths that agree": POST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths that differ": POST + b"Content-Length: 5\r\nContent-Length: 60\r\n\r\nhello",
    "lengths in a list": POST + b"Content-Length: 5, 60\r\n\r\nhello",
    "a signed length": POST + b"Content-Length: +5\r\n\r\nhello",
    "a negative length": POST + b"Content-Length: -5\r\n\r\nhello",
    "a length in hexadecimal": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "a length of two words": POST + b"Content-Length: 5 5\r\n\r\nhello",
    "a space before the colon": POST + b"Content-Length : 5\r\n\r\nhello",
    "a tab before the colon": POST + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
    "a name with a control character": POST + b"Transfer\x0bEncoding: chunked\r\n\r\n0\r\n\r\n",
    "an encoding that is not ours": POST + b"Transfer-Encoding: gzip\r\n\r\nhello",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked and then not": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two encodings": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "an encoding with a control character": POST
    + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a NUL in a value": POST + b"X: a\x00b\r\nContent-Length: 5\r\n\r\nhello",
    "a bare CR in a value": POST + b"X: a\rContent-Length: 5\r\n\r\nhello",
    "a line that is no header": POST + b"hello\r\n\r\n",
    "a folded first line": POST.replace(b"Host", b" Host") + b"\r\n",
    "no host": b"GET /health/live HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no version": b"GET /health/live\r\n\r\n",
    "a header without end": POST + b"X: " + b"x" * 200_000,
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_head_that_can_be_read_two_ways_is_refused(
    where: tuple[str, int], bodies: list[bytes], what: str
) -> None:
    statuses, closed = exchange(where, REFUSED[what] + INSIDE)
    assert (statuses, closed, bodies) == ([400], True, [])


CUT = {
    "a size that is none": b"xyz\r\nhello\r\n0\r\n\r\n",
    "a signed size": b"+5\r\nhello\r\n0\r\n\r\n",
    "a negative size": b"-5\r\nhello\r\n0\r\n\r\n",
    "a size with 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a size with an underscore": b"0_5\r\nhello\r\n0\r\n\r\n",
    "a size with a space before it": b" 5\r\nhello\r\n0\r\n\r\n",
    "a size that overflows": b"1" + b"0" * 30 + b"5\r\nhello\r\n0\r\n\r\n",
    "a size of nothing": b"\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than its size": b"4\r\nhello\r\n0\r\n\r\n",
    "a chunk that ends with LF": b"5\r\nhello\n0\r\n\r\n",
    "a size that ends with LF": b"5\nhello\r\n0\r\n\r\n",
    "an extension that ends with LF": b"5;a\nhello\r\n0\r\n\r\n",
    "a size that ends with CR": b"5\rhello\r\n0\r\n\r\n",
    "an extension without end": b"5;" + b"x" * 200_000,
}


@pytest.mark.parametrize("what", CUT)
def test_a_bad_chunk_ends_the_connection(
    where: tuple[str, int], bodies: list[bytes], what: str
) -> None:
    statuses, closed = exchange(where, CHUNKED + CUT[what] + INSIDE)
    assert (closed, bodies) == (True, [])
    assert statuses in ([400], []), "the server may have nothing to say in the middle of a body"


ONE_WAY = {
    "an extension of a chunk": CHUNKED + b"5;a=b\r\nhello\r\n0\r\n\r\n",
    "an extension in quotes": CHUNKED + b'5;a="b;c"\r\nhello\r\n0\r\n\r\n',
    "zeros before the size": CHUNKED + b"005\r\nhello\r\n000\r\n\r\n",
    "the same length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a folded value": POST + b"X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
    "lines that end with LF": POST.replace(b"\r\n", b"\n") + b"Content-Length: 5\n\nhello",
    "a trailer": CHUNKED + b"5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("what", ONE_WAY)
def test_what_is_taken_is_taken_in_one_way(
    where: tuple[str, int], bodies: list[bytes], what: str
) -> None:
    """The body is what the standard says, and what follows is the next request, whole."""
    statuses, closed = exchange(where, ONE_WAY[what] + ENDS)
    assert (statuses, closed, bodies) == ([200, 200], True, [b"hello"])
