"""The exchange between authorities (openapi/protocol.md, section 6)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import anyio
from anyio import CapacityLimiter
from fastapi import APIRouter, Header, Path, Request, Response
from starlette.requests import ClientDisconnect

from app.api import shapes
from app.api.bodies import pieces, whole
from app.api.callers import TheSite
from app.api.headers import DIGITS, check_media_type
from app.api.problems import problem
from app.errors import Conflict, Malformed, TooLarge, Unavailable
from app.flows import papers, receive, setup, sync, uploading
from app.flows.receive import Answered
from app.flows.site import Site

router = APIRouter(tags=["exchange"])
STATEMENT = "application/case-handover-statement+jws"
SEGMENT = 8 * 2**20
"""The most that one PATCH carries."""
MAX_WIRE = 128 * 1024
UPLOADS = CapacityLimiter(8)
"""Threads for bundles: their verification never holds up statements."""
CHECKS = CapacityLimiter(4)
"""Threads for statements and questions, most of which may be anybody's."""
QUEUE = CapacityLimiter(64)
"""Places for requests that are checked or wait for it; each holds its body meanwhile."""
PIECES_AT_ONCE = 2
"""Requests that bring pieces of one upload: one whose connection hangs, and one that goes on. Each
holds its piece in memory, and the number of uploads has its quota."""
RETRY_AFTER = 5
_BRINGING: Counter[str] = Counter()

_SIGNED = {STATEMENT: {"schema": {"type": "string"}}}
_TAKES_STATEMENT = {"requestBody": {"required": True, "content": _SIGNED}}
_TAKES_BYTES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/partial-upload": {"schema": {"type": "string", "format": "binary"}}
        },
    }
}
_RECEIPT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The receipt.", "content": _SIGNED},
}
BYTES = "application/octet-stream"
_PIECE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Its bytes from the offset on, as many as one answer carries.",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    },
}
_WANTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The bundle is wanted.",
        "headers": {
            "Location": {"schema": {"type": "string"}, "description": "Of the upload; relative."},
            "Upload-Secret": {"schema": {"type": "string"}},
        },
    }
}
_REACHED: dict[int | str, dict[str, Any]] = {
    204: {
        "description": "How much is here.",
        "headers": {
            "Upload-Offset": {"schema": {"type": "integer"}},
            "Upload-Complete": {"schema": {"type": "string", "enum": ["?0"]}},
        },
    }
}

Id = Annotated[str, Path(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]
Secret = Annotated[str, Header(max_length=100)]


@router.get("/.well-known/case-handover")
def who_we_are(site: TheSite) -> dict[str, Any]:
    """Who answers here, and what it understands."""
    return setup.who_we_are(site)


@router.get("/.well-known/case-handover/card", response_class=Response)
def card(site: TheSite) -> Response:
    """Our card as it is now. Whoever trusts our present keys may take the new ones from it."""
    wire, _ = setup.card(site)
    return Response(wire, media_type="application/case-handover-card+jws")


@router.post(
    "/exchange/v1/statements",
    response_class=Response,
    openapi_extra=_TAKES_STATEMENT,
    responses=_RECEIPT | _WANTED,
)
async def statements(request: Request, site: TheSite) -> Response:
    """Take a statement: the receipt, or where its bundle is wanted."""
    check_media_type(request, STATEMENT)
    wire = await whole(request, MAX_WIRE)
    outcome = await _check(receive.statement, site, wire)
    if isinstance(outcome, Answered):
        return Response(outcome.wire, 200, media_type=STATEMENT)
    headers = {"Location": f"uploads/{outcome.upload}", "Upload-Secret": outcome.secret}
    return Response(status_code=202, headers=headers)


@router.head(
    "/exchange/v1/uploads/{upload}",
    status_code=204,
    response_class=Response,
    responses=_REACHED,
)
def offset(site: TheSite, upload: Id, upload_secret: Secret) -> Response:
    """How far an upload has come."""
    return _progress(uploading.reached(site, upload, upload_secret))


@router.patch(
    "/exchange/v1/uploads/{upload}",
    response_class=Response,
    openapi_extra=_TAKES_BYTES,
    responses=_RECEIPT | _REACHED,
)
async def append(
    request: Request,
    site: TheSite,
    upload: Id,
    upload_secret: Secret,
    upload_offset: Annotated[int, Header(ge=0, le=2**40), DIGITS],
    upload_complete: Annotated[str, Header(pattern=r"^\?[01]$")],
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """More of a bundle; the receipt after its last byte. What arrived of a cut request counts."""
    if content_type != "application/partial-upload":
        raise Malformed("upload-content-type", "Send application/partial-upload")
    await _run(uploading.find, site, upload, upload_secret)
    with _bringing(upload):
        piece, cut = await _segment(request)
        put = (uploading.append, site, upload, upload_secret, upload_offset, piece)
        try:
            reached = await _run(*put)
        except Conflict as error:
            if error.code != "upload-offset":
                raise
            here = await _run(uploading.reached, site, upload, upload_secret)
            return problem(error, {"Upload-Offset": str(here), "Upload-Complete": "?0"})
        if cut or upload_complete == "?0":
            return _progress(reached)
        answered = await _run(receive.complete, site, upload, upload_secret)
    headers = {"Upload-Offset": str(reached), "Upload-Complete": "?1"}
    return Response(answered.wire, 200, headers, STATEMENT)


@router.post("/exchange/v1/sync", openapi_extra=_TAKES_STATEMENT)
async def synchronise(request: Request, site: TheSite) -> shapes.Statements:
    """What the asking authority lacks of a ledger."""
    check_media_type(request, STATEMENT)
    wire = await whole(request, MAX_WIRE)
    wires = await _check(sync.answer, site, wire)
    return shapes.Statements(statements=[one.decode() for one in wires])


@router.post(
    "/exchange/v1/bundles",
    response_class=Response,
    openapi_extra=_TAKES_STATEMENT,
    responses=_PIECE,
)
async def bundles(request: Request, site: TheSite) -> Response:
    """Some of a sealed bundle that the asking authority has lost."""
    check_media_type(request, STATEMENT)
    wire = await whole(request, MAX_WIRE)
    return Response(await _check(papers.answer, site, wire), 200, media_type=BYTES)


@contextmanager
def _bringing(upload: str) -> Iterator[None]:
    """Raises Unavailable (`exchange-busy`) where as many bring pieces of it as may."""
    if _BRINGING[upload] >= PIECES_AT_ONCE:
        raise _busy()
    _BRINGING[upload] += 1
    try:
        yield
    finally:
        _BRINGING[upload] -= 1
        if not _BRINGING[upload]:
            del _BRINGING[upload]


def _busy() -> Unavailable:
    return Unavailable("exchange-busy", "Too many ask at once: come back", retry_after=RETRY_AFTER)


async def _segment(request: Request) -> tuple[bytes, bool]:
    """The bytes of one PATCH, and whether the connection was cut before its end."""
    held = bytearray()
    try:
        async for piece in pieces(request, SEGMENT):
            held += piece
            if len(held) > SEGMENT:
                raise TooLarge("upload-piece", f"Send at most {SEGMENT} bytes in one PATCH")
    except ClientDisconnect:
        return bytes(held), True
    return bytes(held), False


async def _check(function: Any, site: Site, wire: bytes) -> Any:
    """Raises Unavailable (`exchange-busy`) rather than let a flood of strangers pile up."""
    place = object()
    try:
        QUEUE.acquire_on_behalf_of_nowait(place)
    except anyio.WouldBlock:
        raise _busy() from None
    try:
        return await anyio.to_thread.run_sync(function, site, wire, limiter=CHECKS)
    finally:
        QUEUE.release_on_behalf_of(place)


async def _run(function: Any, *arguments: Any) -> Any:
    return await anyio.to_thread.run_sync(function, *arguments, limiter=UPLOADS)


def _progress(reached: int) -> Response:
    headers = {
        "Upload-Offset": str(reached),
        "Upload-Complete": "?0",
        "Cache-Control": "no-store",
    }
    return Response(status_code=204, headers=headers)
