"""Who may look: grants, restrictions, and protected addresses."""

from typing import Any, Literal

from pydantic import Field

from app.api.shapes.base import Shape


class NewGrant(Shape):
    """Somebody to be named for one handover."""

    subject: str = Field(description="The person's opaque id, as their token has it; no name.")
    kind: Literal["opener", "reviewer"] = Field(
        description="To open it although it is restricted, or to review this one case."
    )
    until: str = Field(description="The last day: up to 90 days ahead (opener) or 366 (reviewer).")


class Grant(Shape):
    """What somebody is, or was, granted."""

    id: str
    handover: str
    subject: str
    kind: Literal["opener", "reviewer"]
    until: str = Field(description="It counts up to this UTC time.")
    granted_by: str
    granted_at: str
    ended_at: str | None = Field(description="When it was ended or replaced before its time.")


class Grants(Shape):
    grants: list[Grant] = Field(
        description="Those that count, then those that are over, the newest first; at most 500."
    )


class NewRestriction(Shape):
    """Whether we keep a handover to named people."""

    restricted: bool


class Restriction(Shape):
    """Whether a handover is kept to named people."""

    restricted: bool = Field(description="In force: the other authority's restriction stays.")
    own: bool = Field(description="Whether we restrict it ourselves.")


class Address(Shape):
    """A protected address, in full."""

    statement: str = Field(description="The kind of statement whose words hold it.")
    address: dict[str, Any] = Field(description="As in openapi/schemas.")


class Addresses(Shape):
    addresses: list[Address]
