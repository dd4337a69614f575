"""What another authority's server answers, taken apart: bounded, and of the protocol's form."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from app.errors import CaseHandoverError, Conflict, NotVerified

STATEMENT = "application/case-handover-statement+jws"
MAX_ANSWER = 256 * 1024
MAX_RETRY_AFTER = 24 * 3600
RETRYABLE_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_CODE = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"[\x21-\x7e]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Reply:
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


async def read_reply(response: httpx.Response, limit: int) -> Reply:
    if "Content-Encoding" in response.headers:
        raise broken("The other side's answer is encoded, which nobody asked for")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > limit:
            raise broken("The other side's answer is too long")
    return Reply(response.status_code, response.headers, bytes(body))


def under(endpoint: str, path: str) -> str:
    return endpoint.rstrip("/") + "/" + path


def signed(reply: Reply) -> bytes:
    """What claims to be a signed statement. A captive portal's or proxy's page does not."""
    media_type = reply.headers.get("Content-Type", "").partition(";")[0]
    if media_type != STATEMENT or not reply.body:
        raise broken("The other side's answer is no receipt")
    return reply.body


def upload_of(reply: Reply, url: str, folder: str) -> Upload:
    """Where the bundle is wanted: on the same server, in its own folder of uploads."""
    secret = reply.headers.get("Upload-Secret", "")
    try:
        place = urljoin(url, reply.headers.get("Location", ""))
    except ValueError:
        place = ""
    name = place.removeprefix(folder)  # whole, and so no name, where it is elsewhere
    if not _UPLOAD.fullmatch(name) or not _SECRET.fullmatch(secret):
        raise broken("The other side's answer names no upload of its own")
    return Upload(place, secret)


def elsewhere(reply: Reply) -> bool:
    """Whether the other side says that the upload goes on at another offset."""
    return reply.status == 409 and "Upload-Offset" in reply.headers


def offset_of(reply: Reply, size: int) -> int:
    text = reply.headers.get("Upload-Offset", "")
    if not _NUMBER.fullmatch(text) or int(text) > size:
        raise broken("The other side names an offset that can't be")
    return int(text)


def broken(detail: str) -> CaseHandoverError:
    return NotVerified("peer-protocol", detail, retryable=True)


def problem(reply: Reply) -> Refused:
    """The problem document (RFC 9457) that the other side sent, or what its status means."""
    value = json_object(reply.body)
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
        wire=ascii_bytes(value.get("refusal")),
        retry_after=seconds,
    )


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def ascii_bytes(value: object) -> bytes | None:
    return value.encode("ascii") if isinstance(value, str) and value.isascii() else None
