"""The access log: who opened what, when and why."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.callers import TheCaller, TheSite
from app.api.shapes.base import Shape, When
from app.flows import audit

router = APIRouter(prefix="/v1", tags=["audit"])


class Accessed(Shape):
    """One entry."""

    number: int
    at: When
    who: str = Field(description="The opaque id of a person or system.")
    act: str = Field(description="What was done: open, download, print, export, reveal...")
    handover: str | None = Field(description="Null for what concerns no single one.")
    part: str
    purpose: str = Field(description="In their own words; it may speak of the case.")


class AccessLogHead(Shape):
    """The end of the chain, to be kept elsewhere."""

    count: int
    digest: str | None = Field(description="SHA-256 of the last entry; null before the first.")


class AccessLog(Shape):
    """Entries in order. `cursor` is `after` of the next page; null at the end."""

    entries: list[Accessed]
    cursor: int | None
    head: AccessLogHead


@router.get("/access-log")
def entries(
    site: TheSite,
    who: TheCaller,
    after: Annotated[int, Query(ge=0, le=2**62, description="The number to go on after.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AccessLog:
    """Every opening, print, export and reveal, with its purpose; for information governance."""
    page = audit.page(site, who, after, limit)
    return AccessLog(
        entries=[Accessed(**asdict(one)) for one in page.entries],
        cursor=page.cursor,
        head=AccessLogHead(**asdict(page.head)),
    )
