"""Drafts: prepare a handover, attach its documents, notify, dispatch."""

import re
from typing import Annotated, Any
from urllib.parse import unquote

import anyio
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, Header, Path, Request, Response

from app.api import shapes
from app.api.bodies import CASE_FILE_LIMIT, described, json_body, pieces
from app.api.callers import TheCaller, TheSite
from app.api.headers import DIGITS, Key
from app.api.saying import stated
from app.api.shapes import preparing
from app.api.shapes.readiness import Readiness
from app.errors import Malformed
from app.flows import draft as drafting
from app.flows import readiness, send
from app.flows.attaching import AttachmentSink

router = APIRouter(prefix="/v1/drafts", tags=["drafts"])
UPLOADS = CapacityLimiter(8)
"""Threads that documents are sealed in: slow uploads never use up those of other requests."""
_PIECE = 256 * 1024
_PARAMETER = r'; *([^\s;="]+)=("[^"]*"|[^\s;"]*) *'
_DISPOSITION = re.compile(rf"[a-z-]+ *((?:{_PARAMETER})*)(?:; *)?", re.I)
_ENCODED_NAME = re.compile(r"utf-8'[a-z-]*'((?:%[0-9a-f]{2}|[!#$&+.^_`|~a-z0-9-])+)", re.I)
_QUOTED_NAME = re.compile(r'"([ !#-[\]-~]+)"')

Id = Annotated[str, Path(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]


@router.post("", status_code=201, openapi_extra=described(preparing.NewDraft))
def create(
    site: TheSite,
    who: TheCaller,
    asked: Annotated[preparing.NewDraft, Depends(json_body(preparing.NewDraft, CASE_FILE_LIMIT))],
    response: Response,
    key: Key = None,
) -> preparing.Draft:
    """Begin a handover."""
    row = drafting.create(
        site,
        who,
        recipient=asked.recipient,
        own_reference=asked.own_reference,
        transfer=asked.transfer,
        team=asked.team,
        case_file=asked.case_file,
        key=key,
    )
    response.headers["Location"] = f"/v1/drafts/{row.id}"
    return preparing.Draft(**drafting.summary(site, row))


@router.get("/{draft}")
def show(site: TheSite, who: TheCaller, draft: Id) -> preparing.Draft:
    """What a draft holds so far."""
    return preparing.Draft(**drafting.summary(site, drafting.find(site, who, draft)))


@router.put("/{draft}/case-file", openapi_extra=described(preparing.NewCaseFile))
def replace_case_file(
    site: TheSite,
    who: TheCaller,
    draft: Id,
    asked: Annotated[
        preparing.NewCaseFile, Depends(json_body(preparing.NewCaseFile, CASE_FILE_LIMIT))
    ],
) -> preparing.Draft:
    """Another case file, until the case is dispatched."""
    row = drafting.replace_case_file(site, who, draft, asked.case_file)
    return preparing.Draft(**drafting.summary(site, row))


@router.delete("/{draft}", status_code=204)
def discard(site: TheSite, who: TheCaller, draft: Id) -> None:
    """Throw the draft away. What was sent stays."""
    drafting.discard(site, who, draft)


@router.put(
    "/{draft}/attachments/{number}",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def attach(
    request: Request,
    site: TheSite,
    who: TheCaller,
    draft: Id,
    number: Annotated[int, DIGITS],
    content_disposition: Annotated[
        str, Header(description="`attachment; filename*=UTF-8''...`: the document's real name.")
    ] = "",
    content_type: Annotated[str, Header(include_in_schema=False)] = "application/octet-stream",
    handling_labels: Annotated[
        str, Header(description="Handling labels, parted by commas; `open` if absent.")
    ] = "open",
) -> preparing.Attached:
    """Attach a document: its bytes as they are, sealed as they arrive."""
    name = _file_name(content_disposition)
    media_type = content_type.partition(";")[0].strip().lower()
    labels = [label.strip() for label in handling_labels.split(",")]

    async def push(function: Any, *arguments: Any) -> Any:
        return await anyio.to_thread.run_sync(function, *arguments, limiter=UPLOADS)

    sink = await push(AttachmentSink, site, who, draft, number, name, media_type, labels)
    held = bytearray()
    try:
        async for piece in pieces(request):
            held += piece
            if len(held) >= _PIECE:
                await push(sink.feed, bytes(held))
                held.clear()
        await push(sink.feed, bytes(held))
        row = await push(sink.finish)
    except BaseException:
        sink.abort()
        raise
    return preparing.Attached(number=row.number, size=row.size, sha256=row.sha256)


@router.post("/{draft}/readiness")
def check(site: TheSite, who: TheCaller, draft: Id) -> Readiness:
    """What the case file lacks today, the most serious first; what has been explained; and what
    will travel as declared. It stops nothing."""
    return Readiness.model_validate(readiness.of_draft(site, who, draft))


@router.post(
    "/{draft}/notification", status_code=201, openapi_extra=described(preparing.NotificationIn)
)
def notify(
    site: TheSite,
    who: TheCaller,
    draft: Id,
    asked: Annotated[preparing.NotificationIn, Depends(json_body(preparing.NotificationIn))],
    key: Key = None,
) -> shapes.Stated:
    """Tell the receiving authority that the family moves. The clocks start."""
    return stated(send.notify(site, who, draft, asked.words, asked.effective, key))


@router.post("/{draft}/dispatch", status_code=201, openapi_extra=described(preparing.DispatchIn))
def dispatch(
    site: TheSite,
    who: TheCaller,
    draft: Id,
    asked: Annotated[preparing.DispatchIn, Depends(json_body(preparing.DispatchIn))],
    key: Key = None,
) -> shapes.Stated:
    """Send the case with its documents."""
    return stated(send.dispatch(site, who, draft, asked.running, key))


def _file_name(content_disposition: str) -> str:
    """The name as RFC 6266 has it: exactly, from UTF-8 percent-encoded, or plain ASCII in quotes.

    Raises Malformed (`attachment-name`).
    """
    given = _parameters(content_disposition)
    try:
        if encoded := _ENCODED_NAME.fullmatch(given.get("filename*", "")):
            return unquote(encoded[1], errors="strict")
        if quoted := _QUOTED_NAME.fullmatch(given.get("filename", "")):
            return quoted[1]
    except UnicodeDecodeError:
        pass
    raise Malformed(
        "attachment-name",
        "Name the document: Content-Disposition: attachment; filename*=UTF-8''... in "
        "percent-encoded UTF-8",
    )


def _parameters(content_disposition: str) -> dict[str, str]:
    """By name, in small letters; none where one is given twice, which has two readings."""
    whole = _DISPOSITION.fullmatch(content_disposition)
    pairs = re.findall(_PARAMETER, whole[1]) if whole else []
    given = {name.lower(): value for name, value in pairs}
    return given if len(given) == len(pairs) else {}
