"""Handovers: lists, one of them, its ledger, its words, and what either side states about it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from app.api import ranges, shapes
from app.api.bodies import described, json_body
from app.api.callers import Purpose, TheCaller, TheSite
from app.api.headers import DIGITS, Key
from app.api.problems import problem
from app.api.shapes.people import Address, Addresses
from app.errors import Malformed
from app.flows import cursors, disclose, read, respond
from app.flows import retry as again
from app.flows.disclose import Disclosed
from app.flows.issue import Issued
from app.flows.respond import Said, Sayable

router = APIRouter(prefix="/v1", tags=["handovers"])

Id = Annotated[str, Path(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Beyond = Annotated[str | None, Query(pattern=cursors.PATTERN, description="Of the page before.")]
Say = Annotated[shapes.SayIn, Depends(json_body(shapes.SayIn))]
_SAY = described(shapes.SayIn)

_COUNT = {"schema": {"type": "integer"}}
_WITHHELD: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Withheld-Entries": {**_COUNT, "description": "Left out for their handling label."}
        }
    }
}
_DISCLOSED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            **_WITHHELD[200]["headers"],
            "Masked-Addresses": {**_COUNT, "description": "Protected addresses without a place."},
        }
    }
}


def stated(issued: Issued) -> shapes.Stated:
    """A statement of ours, as an answer."""
    return shapes.Stated(**asdict(issued))


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
def show(site: TheSite, who: TheCaller, handover: Id) -> shapes.Handover:
    """One handover: who holds the plan, who responds to harm today, clocks, items, deliveries."""
    return shapes.Handover.model_validate(read.show(site, who, handover))


@router.get("/handovers/{handover}/duties")
def duties(
    site: TheSite,
    who: TheCaller,
    handover: Id,
    on: Annotated[str | None, Query(max_length=20, description="True on this day.")] = None,
    known: Annotated[str | None, Query(max_length=20, description="Known on or at.")] = None,
) -> shapes.Duties:
    """Who held each child's plan, and who responded to harm, on a day, as it was known then."""
    return shapes.Duties.model_validate(read.duties(site, who, handover, on, known))


@router.get("/handovers/{handover}/ledger")
def ledger(site: TheSite, who: TheCaller, handover: Id) -> shapes.Ledger:
    """The ledger, with every signed statement in it."""
    return shapes.Ledger.model_validate(read.ledger(site, who, handover))


@router.get("/handovers/{handover}/casefile", responses=_DISCLOSED)
def case_file(site: TheSite, who: TheCaller, handover: Id, purpose: Purpose) -> JSONResponse:
    """Open the case file, for a stated purpose. The opening is logged."""
    return _disclosed(disclose.words(site, who, handover, "dispatch", purpose))


@router.get("/handovers/{handover}/addresses")
def addresses(site: TheSite, who: TheCaller, handover: Id, purpose: Purpose) -> Addresses:
    """Every protected address of the case in full, for a stated purpose. It is logged."""
    found = disclose.addresses(site, who, handover, purpose)
    return Addresses(addresses=[Address(**one) for one in found])


@router.get("/handovers/{handover}/items", responses=_WITHHELD)
def items(
    site: TheSite, who: TheCaller, handover: Id, purpose: Purpose, response: Response
) -> shapes.ItemsInWords:
    """Every open thing in words, so that somebody can say what happens to each. It is logged."""
    found = disclose.items(site, who, handover, purpose)
    response.headers["Withheld-Entries"] = str(sum(one["what"] is None for one in found))
    return shapes.ItemsInWords(items=[shapes.ItemInWords(**one) for one in found])


@router.get("/handovers/{handover}/words/{kind}", responses=_DISCLOSED)
def words(
    site: TheSite,
    who: TheCaller,
    handover: Id,
    kind: shapes.Kind,
    purpose: Purpose,
) -> JSONResponse:
    """Open the sealed words of the latest statement of a kind, such as who acknowledged."""
    return _disclosed(disclose.words(site, who, handover, kind, purpose))


@router.get(
    "/handovers/{handover}/attachments/{number}",
    response_class=StreamingResponse,
    responses={206: {"description": "The range that was asked for."}},
)
def attachment(
    site: TheSite,
    who: TheCaller,
    handover: Id,
    number: Annotated[int, Path(ge=1, le=9999), DIGITS],
    purpose: Purpose,
    wanted: Annotated[
        str, Header(alias="Range", description="One range of bytes; several give the whole.")
    ] = "",
    if_range: Annotated[str, Header(description="An `ETag` that was given with it.")] = "",
) -> Response:
    """Open one document, for a stated purpose: always a download, never shown in place. All of it
    is verified before any part of it is given."""
    document = disclose.attachment(site, who, handover, number, purpose)
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


@router.post("/handovers/{handover}/acknowledgement", status_code=201, openapi_extra=_SAY)
def acknowledge(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """A named person has it: `words.person` with name, role, team and telephone."""
    return _say(site, who, handover, "acknowledgement", asked, key)


@router.post("/handovers/{handover}/arrangements", status_code=201, openapi_extra=_SAY)
def arrange(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """Worker, visits, conference; may be said again as things change."""
    return _say(site, who, handover, "arrangements", asked, key)


@router.post("/handovers/{handover}/acceptance", status_code=201, openapi_extra=_SAY)
def accept(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """The conference's result. Refused, with their ids, while a concern or outcome has nobody."""
    return _say(site, who, handover, "acceptance", asked, key)


@router.post("/handovers/{handover}/decline", status_code=201, openapi_extra=_SAY)
def decline(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """Not accepted, for a coded reason. Missing papers and capacity are none."""
    return _say(site, who, handover, "decline", asked, key)


@router.post("/handovers/{handover}/recall", status_code=201, openapi_extra=_SAY)
def recall(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """Withdraw it, before it is accepted."""
    return _say(site, who, handover, "recall", asked, key)


@router.post("/handovers/{handover}/facts", status_code=201, openapi_extra=_SAY)
def state_fact(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """A dated fact: child seen, minutes shared, address confirmed..."""
    return _say(site, who, handover, "fact", asked, key)


@router.post("/handovers/{handover}/closure", status_code=201, openapi_extra=_SAY)
def close(
    site: TheSite, who: TheCaller, handover: Id, asked: Say, key: Key = None
) -> shapes.Stated:
    """Our own plan has ended, after their acceptance."""
    return _say(site, who, handover, "closure", asked, key)


@router.post("/handovers/{handover}/deliveries/{statement}/retry", status_code=204)
def retry(site: TheSite, who: TheCaller, handover: Id, statement: Digest) -> None:
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


def _disclosed(shown: Disclosed) -> JSONResponse:
    missing = {
        "Withheld-Entries": str(shown.withheld),
        "Masked-Addresses": str(shown.masked),
    }
    return JSONResponse(shown.value, headers=missing)


def _say(
    site: TheSite,
    who: TheCaller,
    handover: str,
    kind: Sayable,
    asked: shapes.SayIn,
    key: str | None,
) -> shapes.Stated:
    children = tuple(asked.children) if asked.children is not None else None
    said = Said(asked.codes, asked.words, children, asked.effective)
    return stated(respond.say(site, who, handover, kind, said, key))
