"""Who may open a restricted handover, or review one case; and restricting it. All of it is written
to the access log, with its reason."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.api.bodies import described, json_body
from app.api.callers import Purpose, TheCaller, TheSite
from app.api.shapes.people import Grant, Grants, NewGrant, NewRestriction, Restriction
from app.flows import grants

router = APIRouter(prefix="/v1/handovers", tags=["grants"])

Id = Annotated[str, Path(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]


@router.get("/{handover}/grants")
def every(site: TheSite, who: TheCaller, handover: Id) -> Grants:
    """Who is named for a handover, or was."""
    return Grants(grants=[Grant(**one) for one in grants.every(site, who, handover)])


@router.post("/{handover}/grants", status_code=201, openapi_extra=described(NewGrant))
def add(
    site: TheSite,
    who: TheCaller,
    handover: Id,
    purpose: Purpose,
    asked: Annotated[NewGrant, Depends(json_body(NewGrant))],
) -> Grant:
    """Name somebody for a handover, in the place of what they have of the kind."""
    made = grants.add(
        site,
        who,
        handover,
        subject=asked.subject,
        kind=asked.kind,
        until=asked.until,
        purpose=purpose,
    )
    return Grant(**made)


@router.delete("/{handover}/grants/{grant}", status_code=204)
def end(site: TheSite, who: TheCaller, handover: Id, grant: Id, purpose: Purpose) -> None:
    """End a grant now. It stays on the list."""
    grants.end(site, who, handover, grant, purpose)


@router.put("/{handover}/restriction", openapi_extra=described(NewRestriction))
def restrict(
    site: TheSite,
    who: TheCaller,
    handover: Id,
    purpose: Purpose,
    asked: Annotated[NewRestriction, Depends(json_body(NewRestriction))],
) -> Restriction:
    """Keep a handover to named people, or lift our own restriction of it."""
    return Restriction(**asdict(grants.restrict(site, who, handover, asked.restricted, purpose)))
