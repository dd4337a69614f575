"""Handing out what was opened: words, and documents or parts of them."""

from typing import Any
from urllib.parse import quote

from fastapi.responses import JSONResponse, Response, StreamingResponse

from app.api import ranges
from app.api.problems import problem
from app.errors import Malformed
from app.flows.disclose import Disclosed, Document

PARTIAL: dict[int | str, dict[str, Any]] = {206: {"description": "The range that was asked for."}}


def disclosed(shown: Disclosed, more: dict[str, str] | None = None) -> JSONResponse:
    """Words, with how much of them is left out."""
    missing = {
        "Withheld-Entries": str(shown.withheld),
        "Masked-Addresses": str(shown.masked),
    }
    return JSONResponse(shown.value, headers={**missing, **(more or {})})


def document(document: Document, wanted: str, if_range: str) -> Response:
    """A document, or the part of it that `Range` asks for."""
    tag = ranges.etag(document.sha256)
    try:
        part = ranges.wanted(wanted, if_range, tag, document.size)
    except Malformed as error:
        return problem(error, {"Content-Range": f"bytes */{document.size}"})
    start, stop = part or (0, document.size)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
        "Content-Length": str(stop - start),
        "Handling-Labels": ", ".join(document.labels),
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{document.size}"
    return StreamingResponse(
        document.part(start, stop), 206 if part else 200, headers, document.media_type
    )
