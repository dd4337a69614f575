"""Handovers: lists, one of them, its ledger, its words, and what either side states about it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from app.api import shapes
from app.api.callers import Purpose, TheCaller, TheSite
from app.api.handing import PARTIAL, disclosed, document
from app.api.headers import AS_SENT, DIGITS, DISCLOSED, IfRange, Key, Range
from app.api.saying import SAY, Digest, HandoverId, Say, say
from app.api.shapes.people import Address, Addresses
from app.flows import continuity, cursors, disclose, read
from app.flows import retry as again

router = APIRouter(prefix="/v1", tags=["handovers"])

Beyond = Annotated[str | None, Query(pattern=cursors.PATTERN, description="Of the page before.")]


@router.get("/handovers")
def list_handovers(
    site: TheSite,
    who: TheCaller,
    direction: Annotated[
        Literal["sent", "received"] | None, Query(description="Sent by us, or received.")
    ] = None,
    state: Annotated[str | None, Query(pattern="^[a-z]{1,20}$")] = None,
    overdue: bool = False,
    own_reference: Annotated[str | None, Query(pattern="^[A-Z0-9/-]{1,32}$")] = None,
    cursor: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> shapes.Rows:
    """Handovers that you may see, in order of their latest change."""
    page = read.list_handovers(
        site,
        who,
        side={"sent": "sender", "received": "receiver", None: None}[direction],
        state=state,
        overdue=overdue,
        own_reference=own_reference,
        after=cursor,
        limit=limit,
    )
    return shapes.Rows(handovers=[shapes.Row(**row) for row in page.rows], cursor=page.cursor)


@router.get("/handovers/{handover}")
def show(site: TheSite, who: TheCaller, handover: HandoverId) -> shapes.Handover:
    """One handover: who holds the plan, who responds to harm today, clocks, items, deliveries."""
    return shapes.Handover.model_validate(read.show(site, who, handover))


@router.get("/handovers/{handover}/duties")
def duties(
    site: TheSite,
    who: TheCaller,
    handover: HandoverId,
    on: Annotated[str | None, Query(max_length=20, description="True on this day.")] = None,
    known: Annotated[str | None, Query(max_length=20, description="Known on or at.")] = None,
) -> shapes.Duties:
    """Who held each child's plan, and who responded to harm, on a day, as it was known then."""
    return shapes.Duties.model_validate(read.duties(site, who, handover, on, known))


@router.get("/handovers/{handover}/ledger")
def ledger(site: TheSite, who: TheCaller, handover: HandoverId) -> shapes.Ledger:
    """The ledger, with every signed statement in it."""
    return shapes.Ledger.model_validate(read.ledger(site, who, handover))


@router.get("/handovers/{handover}/casefile", responses=AS_SENT)
def case_file(
    site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose
) -> JSONResponse:
    """Open the case file exactly as it was sent, for a stated purpose. The opening is logged. The
    header `Later-Statements` says how many supplements and corrections it does not have in it: see
    `/casefile/merged`."""
    shown = disclose.words(site, who, handover, "dispatch", purpose)
    return disclosed(shown, {"Later-Statements": str(continuity.later(site, handover))})


@router.get("/handovers/{handover}/addresses")
def addresses(site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose) -> Addresses:
    """Every protected address of the case in full, for a stated purpose. It is logged."""
    found = disclose.addresses(site, who, handover, purpose)
    return Addresses(addresses=[Address(**one) for one in found])


@router.get("/handovers/{handover}/words/{kind}", responses=DISCLOSED)
def words(
    site: TheSite,
    who: TheCaller,
    handover: HandoverId,
    kind: shapes.Kind,
    purpose: Purpose,
) -> JSONResponse:
    """Open the sealed words of the latest statement of a kind, such as who acknowledged."""
    return disclosed(disclose.words(site, who, handover, kind, purpose))


@router.get(
    "/handovers/{handover}/attachments/{number}",
    response_class=StreamingResponse,
    responses=PARTIAL,
)
def attachment(
    site: TheSite,
    who: TheCaller,
    handover: HandoverId,
    number: Annotated[int, Path(ge=1, le=9999), DIGITS],
    purpose: Purpose,
    wanted: Range = "",
    if_range: IfRange = "",
) -> Response:
    """Open one document, for a stated purpose: always a download, never shown in place. All of it
    is verified before any part of it is given."""
    found = disclose.attachment(site, who, handover, number, purpose)
    return document(found, wanted, if_range)


@router.post("/handovers/{handover}/acknowledgement", status_code=201, openapi_extra=SAY)
def acknowledge(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """A named person has it: `words.person` with name, role, team and telephone."""
    return say(site, who, handover, "acknowledgement", asked, key)


@router.post("/handovers/{handover}/arrangements", status_code=201, openapi_extra=SAY)
def arrange(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """Worker, visits, conference; may be said again as things change."""
    return say(site, who, handover, "arrangements", asked, key)


@router.post("/handovers/{handover}/decline", status_code=201, openapi_extra=SAY)
def decline(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """Not accepted, for a coded reason. Missing papers and capacity are none."""
    return say(site, who, handover, "decline", asked, key)


@router.post("/handovers/{handover}/recall", status_code=201, openapi_extra=SAY)
def recall(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """Withdraw it, before it is accepted."""
    return say(site, who, handover, "recall", asked, key)


@router.post("/handovers/{handover}/facts", status_code=201, openapi_extra=SAY)
def state_fact(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """A dated fact: child seen, minutes shared, address confirmed..."""
    return say(site, who, handover, "fact", asked, key)


@router.post("/handovers/{handover}/closure", status_code=201, openapi_extra=SAY)
def close(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Say, key: Key = None
) -> shapes.Stated:
    """Our own plan has ended, after their acceptance."""
    return say(site, who, handover, "closure", asked, key)


@router.post("/handovers/{handover}/deliveries/{statement}/retry", status_code=204)
def retry(site: TheSite, who: TheCaller, handover: HandoverId, statement: Digest) -> None:
    """Send a statement again now that was stopped, or waits for its next try."""
    again.retry(site, who, handover, statement)


@router.get("/overdue")
def overdue(site: TheSite, who: TheCaller, cursor: Beyond = None) -> shapes.DueList:
    """Everything that is overdue, the longest first: step, days, source, and who owes it."""
    return _due(read.overdue(site, who, cursor))


@router.get("/due-soon")
def due_soon(site: TheSite, who: TheCaller, cursor: Beyond = None) -> shapes.DueList:
    """What falls due in the next ten days."""
    return _due(read.due_soon(site, who, cursor))


def _due(page: read.Page) -> shapes.DueList:
    return shapes.DueList(clocks=[shapes.Due(**one) for one in page.rows], cursor=page.cursor)
