"""Other authorities over HTTPS: the client half of the exchange (openapi/protocol.md).

Success is a 2xx with the answer that the protocol names, and nothing else. Redirects are never
followed, answers are bounded, and what fails says whether trying again can help. Endpoints come
from the directory alone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin

import httpx

from app.errors import CaseHandoverError, Conflict, NotVerified, Unavailable

STATEMENT = "application/case-handover-statement+jws"
MAX_ANSWER = 256 * 1024
PIECE = 4 * 2**20
"""How much one PATCH carries: a cut costs at most this."""
RETRYABLE_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 507})


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
    """The exchange over HTTP, one client for all authorities."""

    def __init__(self, timeout: float = 30.0) -> None:
        self._client = httpx.Client(
            timeout=timeout,
            follow_redirects=False,
            headers={"User-Agent": "case-handover", "Accept-Encoding": "identity"},
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        url = _under(endpoint, "exchange/v1/statements")
        response = self._request("POST", url, content=wire, headers={"Content-Type": STATEMENT})
        if response.status == 200:
            return Answer(wire=response.body)
        if response.status == 202:
            secret = response.headers.get("Upload-Secret", "")
            place = urljoin(url, response.headers.get("Location", ""))
            if not secret or not place.startswith(_under(endpoint, "exchange/v1/uploads/")):
                raise _broken("The other side's answer names no upload of its own")
            return Answer(upload=Upload(place, secret))
        raise _problem(response)

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        headers = {"Upload-Secret": upload.secret}
        offset = _offset(self._request("HEAD", upload.url, headers=headers), size)
        while True:
            piece = read_at(offset, min(PIECE, size - offset))
            last = offset + len(piece) == size
            response = self._request(
                "PATCH",
                upload.url,
                content=piece,
                headers=headers
                | {
                    "Content-Type": "application/partial-upload",
                    "Upload-Offset": str(offset),
                    "Upload-Complete": "?1" if last else "?0",
                },
            )
            if last and response.status == 200:
                return response.body
            if response.status != 204 or last:
                raise _problem(response)
            reached = _offset(response, size)
            if reached != offset + len(piece):
                raise _broken("The other side lost count of the upload")
            offset = reached

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        url = _under(endpoint, "exchange/v1/sync")
        response = self._request(
            "POST", url, content=wire, headers={"Content-Type": STATEMENT}, limit=64 * 2**20
        )
        if response.status != 200:
            raise _problem(response)
        try:
            return [bytes(line, "ascii") for line in json.loads(response.body)["statements"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _broken(
                "The other side's answer to a sync is not of the protocol's form"
            ) from None

    def _request(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        limit: int = MAX_ANSWER,
    ) -> _Reply:
        try:
            with self._client.stream(method, url, content=content, headers=headers) as response:
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > limit:
                        raise _broken("The other side's answer is too long")
                return _Reply(response.status_code, response.headers, bytes(body))
        except httpx.HTTPError as error:
            raise Unavailable(
                "peer-unreachable", f"The other authority can't be reached ({type(error).__name__})"
            ) from None


def _under(endpoint: str, path: str) -> str:
    return endpoint.rstrip("/") + "/" + path


def _offset(response: _Reply, size: int) -> int:
    if response.status not in (200, 204):
        raise _problem(response)
    text = response.headers.get("Upload-Offset", "")
    if not text.isdecimal() or len(text) > 20 or int(text) > size:
        raise _broken("The other side names an offset that can't be")
    return int(text)


def _broken(detail: str) -> CaseHandoverError:
    return NotVerified("peer-protocol", detail, retryable=True)


def _problem(response: _Reply) -> CaseHandoverError:
    """The problem document (RFC 9457) that the other side sent, or what its status means."""
    retry_after = response.headers.get("Retry-After", "")
    seconds = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else None
    try:
        value = json.loads(response.body)
        code = str(value["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1][:64]
        wire = bytes(value["refusal"], "ascii") if "refusal" in value else None
        retryable = bool(value.get("retryable", response.status in RETRYABLE_STATUS))
        return Refused(
            code, "The other authority said no", retryable=retryable, wire=wire, retry_after=seconds
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(
            f"http-{response.status}",
            "The other authority's server gave no answer of the protocol",
            retryable=True,
            retry_after=seconds,
        )
