"""Other authorities over HTTPS: the client half of the exchange (openapi/protocol.md).

Success is a 2xx with the answer that the protocol names, and nothing else. Redirects are never
followed, answers are bounded, and what fails says whether trying again can help. Endpoints come
from the directory alone.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin

import anyio
import httpx

from app.errors import CaseHandoverError, Conflict, NotVerified, Unavailable

STATEMENT = "application/case-handover-statement+jws"
MAX_ANSWER = 256 * 1024
MAX_SYNC = 64 * 2**20
PIECE = 4 * 2**20
"""How much one PATCH carries: a cut costs at most this."""
CORRECTIONS = 3
"""How often in one upload the other side may say that it is elsewhere than we think."""
MAX_RETRY_AFTER = 24 * 3600
RETRYABLE_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_CODE = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"[\x21-\x7e]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True)
class Upload:
    """Where the other side waits for the bundle; the secret goes into a header."""

    url: str
    secret: str


@dataclass(frozen=True)
class Answer:
    """What became of a statement: the signed answer, or an upload to make first."""

    wire: bytes | None = None
    upload: Upload | None = None


class Refused(Conflict):
    """The other side said no. `wire` is its signed refusal, if it is final."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        retryable: bool,
        wire: bytes | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, detail, retryable=retryable)
        self.wire = wire
        self.retry_after = retry_after


class Peers(Protocol):
    """The seam: the real one speaks HTTP, a simulation calls the other side's flows."""

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        """Raises Refused or Unavailable."""

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        """Sends what is missing, from the offset that the other side names; returns the receipt's
        bytes. Raises Refused or Unavailable."""

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        """The statements that the other side has and we lack. Raises Refused or Unavailable."""


class HttpPeers:
    """The exchange over HTTP.

    Each call runs an event loop of its own, in the thread that calls: only so can a whole request
    be given a deadline, and a peer that sends a byte now and then not hold a worker for ever.
    """

    def __init__(self, timeout: float = 30.0, deadline: float = 300.0) -> None:
        """`timeout`: seconds without a byte. `deadline`: seconds for one request and its answer;
        the last of an upload has the other side verify a whole bundle meanwhile."""
        self._timeout = timeout
        self._deadline = deadline
        self._tls = httpx.create_ssl_context(trust_env=False)

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        return anyio.run(self._post_statement, endpoint, wire)

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        return anyio.run(self._upload, upload, size, read_at)

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        return anyio.run(self._sync, endpoint, wire)

    async def _post_statement(self, endpoint: str, wire: bytes) -> Answer:
        url = _under(endpoint, "exchange/v1/statements")
        async with self._client() as client:
            reply = await self._request(client, "POST", url, wire, {"Content-Type": STATEMENT})
        if reply.status == 200:
            return Answer(wire=_signed(reply))
        if reply.status == 202:
            return Answer(upload=_upload_of(reply, url, _under(endpoint, "exchange/v1/uploads/")))
        raise _problem(reply)

    async def _upload(
        self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]
    ) -> bytes:
        corrections = 0
        async with self._client() as client:
            reply = await self._request(
                client, "HEAD", upload.url, None, {"Upload-Secret": upload.secret}
            )
            if reply.status not in (200, 204):
                raise _problem(reply)
            offset = _offset(reply, size)
            while True:
                piece = read_at(offset, min(PIECE, size - offset))
                last = offset + len(piece) == size
                reply = await self._patch(client, upload, offset, piece, last)
                if last and reply.status == 200:
                    return _signed(reply)
                if _elsewhere(reply) and corrections < CORRECTIONS:
                    corrections += 1
                    offset = _offset(reply, size)
                    continue
                if reply.status != 204 or last:
                    raise _problem(reply)
                if _offset(reply, size) != offset + len(piece):
                    raise _broken("The other side lost count of the upload")
                offset += len(piece)

    async def _patch(
        self, client: httpx.AsyncClient, upload: Upload, offset: int, piece: bytes, last: bool
    ) -> _Reply:
        headers = {
            "Content-Type": "application/partial-upload",
            "Upload-Secret": upload.secret,
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if last else "?0",
        }
        return await self._request(client, "PATCH", upload.url, piece, headers)

    async def _sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        url = _under(endpoint, "exchange/v1/sync")
        headers = {"Content-Type": STATEMENT}
        async with self._client() as client:
            reply = await self._request(client, "POST", url, wire, headers, limit=MAX_SYNC)
        if reply.status != 200:
            raise _problem(reply)
        found = _json(reply.body).get("statements")
        wires = [_ascii(line) for line in found] if isinstance(found, list) else [None]
        if None in wires:
            raise _broken("The other side's answer to a sync is not of the protocol's form")
        return [wire for wire in wires if wire is not None]

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._tls,
            timeout=self._timeout,
            follow_redirects=False,
            headers={"User-Agent": "case-handover", "Accept-Encoding": "identity"},
            trust_env=False,
        )

    async def _request(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        content: bytes | None,
        headers: dict[str, str],
        limit: int = MAX_ANSWER,
    ) -> _Reply:
        """One request and its whole answer, within the deadline. Raises Unavailable, NotVerified
        (`peer-protocol`, retryable)."""
        try:
            with anyio.fail_after(self._deadline):
                request = client.stream(method, url, content=content, headers=headers)
                async with request as response:
                    return await _reply(response, limit)
        except TimeoutError:
            raise Unavailable(
                "peer-too-slow", "The other authority's server is too slow to answer"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(
                "peer-unreachable", f"The other authority can't be reached ({type(error).__name__})"
            ) from None


async def _reply(response: httpx.Response, limit: int) -> _Reply:
    if "Content-Encoding" in response.headers:
        raise _broken("The other side's answer is encoded, which nobody asked for")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > limit:
            raise _broken("The other side's answer is too long")
    return _Reply(response.status_code, response.headers, bytes(body))


def _under(endpoint: str, path: str) -> str:
    return endpoint.rstrip("/") + "/" + path


def _signed(reply: _Reply) -> bytes:
    """What claims to be a signed statement. A captive portal's or proxy's page does not."""
    media_type = reply.headers.get("Content-Type", "").partition(";")[0]
    if media_type != STATEMENT or not reply.body:
        raise _broken("The other side's answer is no receipt")
    return reply.body


def _upload_of(reply: _Reply, url: str, under: str) -> Upload:
    """Where the bundle is wanted: on the same server, in its own folder of uploads."""
    secret = reply.headers.get("Upload-Secret", "")
    try:
        place = urljoin(url, reply.headers.get("Location", ""))
    except ValueError:
        place = ""
    name = place.removeprefix(under)  # whole, and so no name, where it is elsewhere
    if not _UPLOAD.fullmatch(name) or not _SECRET.fullmatch(secret):
        raise _broken("The other side's answer names no upload of its own")
    return Upload(place, secret)


def _elsewhere(reply: _Reply) -> bool:
    """Whether the other side says that the upload goes on at another offset."""
    return reply.status == 409 and "Upload-Offset" in reply.headers


def _offset(reply: _Reply, size: int) -> int:
    text = reply.headers.get("Upload-Offset", "")
    if not _NUMBER.fullmatch(text) or int(text) > size:
        raise _broken("The other side names an offset that can't be")
    return int(text)


def _broken(detail: str) -> CaseHandoverError:
    return NotVerified("peer-protocol", detail, retryable=True)


def _problem(reply: _Reply) -> Refused:
    """The problem document (RFC 9457) that the other side sent, or what its status means."""
    value = _json(reply.body)
    retry_after = reply.headers.get("Retry-After", "")
    seconds = min(int(retry_after), MAX_RETRY_AFTER) if _NUMBER.fullmatch(retry_after) else None
    code = str(value.get("type", "")).removeprefix("urn:case-handover:")
    if not _CODE.fullmatch(code) or len(code) > 64:
        return Refused(
            f"http-{reply.status}",
            "The other authority's server gave no answer of the protocol",
            retryable=True,
            retry_after=seconds,
        )
    return Refused(
        code,
        "The other authority said no",
        retryable=value.get("retryable", reply.status in RETRYABLE_STATUS) is not False,
        wire=_ascii(value.get("refusal")),
        retry_after=seconds,
    )


def _json(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _ascii(value: object) -> bytes | None:
    return value.encode("ascii") if isinstance(value, str) and value.isascii() else None
