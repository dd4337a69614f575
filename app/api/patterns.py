"""Patterns of a case: figures with the entries they come from, and a small plot of each."""

from fastapi import APIRouter, Response

from app.api.callers import Purpose, TheCaller, TheSite
from app.api.headers import WITHHELD
from app.api.saying import HandoverId
from app.flows import patterns as counting
from app.flows.patterns import Name, Patterns

router = APIRouter(prefix="/v1/handovers/{handover}", tags=["handovers"])

SVG = "image/svg+xml"


@router.get("/patterns", responses=WITHHELD)
def patterns(
    site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose, response: Response
) -> Patterns:
    """Patterns of the case as it is now, each with the entries it comes from; counts and dates,
    never a verdict. It is logged as an opening of the case."""
    found = counting.count(site, who, handover, purpose)
    response.headers["Withheld-Entries"] = str(found.withheld)
    return found


@router.get(
    "/patterns/{pattern}.svg",
    response_class=Response,
    responses={200: {**WITHHELD[200], "content": {SVG: {"schema": {"type": "string"}}}}},
)
def plot(
    site: TheSite, who: TheCaller, handover: HandoverId, pattern: Name, purpose: Purpose
) -> Response:
    """One pattern as a picture, with its figures in words inside it. It is logged as an opening of
    the case."""
    found = counting.count(site, who, handover, purpose)
    headers = {
        "Content-Disposition": f'attachment; filename="{pattern}.svg"',
        "Withheld-Entries": str(found.withheld),
    }
    return Response(counting.plot(found, pattern), headers=headers, media_type=SVG)
