"""The case as it goes on: saying more, mending what was said, and opening it with all of that."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response, StreamingResponse

from app.api import shapes
from app.api.bodies import CASE_FILE_LIMIT, described, json_body
from app.api.callers import Purpose, TheCaller, TheSite
from app.api.handing import PARTIAL, disclosed, document
from app.api.headers import DIGITS, DISCLOSED, IfRange, Key, Range
from app.api.saying import SAY, Digest, HandoverId, said, stated
from app.api.shapes import preparing
from app.flows import adding, continuity, disclose
from app.flows import draft as drafting

router = APIRouter(prefix="/v1/handovers/{handover}", tags=["handovers"])

More = Annotated[shapes.SupplementIn, Depends(json_body(shapes.SupplementIn, CASE_FILE_LIMIT))]
Mended = Annotated[shapes.SayIn, Depends(json_body(shapes.SayIn, CASE_FILE_LIMIT))]


@router.get("/casefile/merged", responses=DISCLOSED)
def merged(site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose) -> JSONResponse:
    """Open the case as it is now: the papers with all supplements and corrections of either side,
    who said what, and where two tellings stand side by side. The opening is logged."""
    return disclosed(continuity.opened(site, who, handover, purpose))


@router.get(
    "/statements/{statement}/attachments/{number}",
    response_class=StreamingResponse,
    responses=PARTIAL,
)
def document_of(
    site: TheSite,
    who: TheCaller,
    handover: HandoverId,
    statement: Digest,
    number: Annotated[int, Path(ge=1, le=9999), DIGITS],
    purpose: Purpose,
    wanted: Range = "",
    if_range: IfRange = "",
) -> Response:
    """Open one document of one statement, such as minutes that came with a supplement; as those of
    the papers."""
    found = disclose.attachment(site, who, handover, number, purpose, statement)
    return document(found, wanted, if_range)


@router.post("/drafts", status_code=201)
def enclose(
    site: TheSite, who: TheCaller, handover: HandoverId, response: Response, key: Key = None
) -> preparing.Draft:
    """Begin to gather documents for a supplement: attach them to this draft, name it there."""
    row = drafting.enclose(site, who, handover, key)
    response.headers["Location"] = f"/v1/drafts/{row.id}"
    return preparing.Draft(**drafting.summary(site, row))


@router.post("/supplements", status_code=201, openapi_extra=described(shapes.SupplementIn))
def supplement(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: More, key: Key = None
) -> shapes.Stated:
    """More of the case, by either side: new entries in `words.parts`, and documents of a draft.
    What is open in them becomes an item."""
    return stated(adding.supplement(site, who, handover, said(asked), asked.documents, key))


@router.post("/corrections", status_code=201, openapi_extra=SAY)
def correct(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Mended, key: Key = None
) -> shapes.Stated:
    """Mend entries that our side has told: `words.supersedes` with the reason, and what takes their
    place. They stay readable. `codes` may be left out."""
    return stated(adding.correct(site, who, handover, said(asked), key))
