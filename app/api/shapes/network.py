"""The network round a family."""

from typing import Any, Literal

from pydantic import Field

from app.api.shapes.base import Shape


class Contact(Shape):
    """Somebody by name, as far as is known."""

    name: str | None
    role: str | None
    agency_name: str | None
    phone: str | None


class Link(Shape):
    """One entry of the case file in a role."""

    entry: str
    kind: Literal["professional", "service", "registration"]
    follows: bool = Field(description="Of the new area; else of the one that is left.")
    who: Contact | None = Field(description="Null where a handling label withholds it from you.")
    after_move: str | None
    successor: Contact | None
    successor_from: str | None
    told: bool | None = Field(description="Whether they were told of the move; null: not recorded.")
    item: str | None = Field(description="The item that asks for a successor.")
    disposition: str | None
    became: dict[str, Any] | None = Field(description="As in the items.")


class Role(Shape):
    """Who does one thing for one child, before the move and after it."""

    child: str | None = Field(description="Null: for the family.")
    child_name: str | None = Field(description="Null where there is none, or it is withheld.")
    role: str
    expected: bool = Field(description="A child of this age has one.")
    state: Literal["empty", "nobody_yet", "successor_named", "continues", "ends"]
    told: bool | None
    links: list[Link]


class Network(Shape):
    roles: list[Role] = Field(description="Those of the family first, then child by child.")
