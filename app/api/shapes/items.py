"""The open things of a handover, what becomes of each, and who takes over from whom."""

from typing import Any

from pydantic import Field

from app.api.shapes.base import Shape


class Item(Shape):
    """One open thing, and what happens to it now."""

    item: str
    type: str
    child: str | None
    disposition: str | None
    since: str | None = Field(description="Day or UTC time of that answer.")


class ItemInWords(Item):
    """One open thing, as the case file has it."""

    child_name: str | None = Field(description="Null where there is none, or it is withheld.")
    answered_on: str | None = Field(
        description="Of a gap: day or UTC time when the sending authority's answer was complete."
    )
    what: str | None = Field(description="Null where a handling label withholds it from you.")
    became: dict[str, Any] | None = Field(
        description="The latest words about what happens to it: `owner`, `referred_to`, `reason`, "
        "`evidence`, `next_step`, `due_on`, as in openapi/schemas/content-disposition.json; of a "
        "gap the sending authority's `answer` and `answered_by`."
    )


class ItemsInWords(Shape):
    items: list[ItemInWords]


class NewOwner(Shape):
    """The person who takes over: never a team."""

    name: str = Field(min_length=1, max_length=500)
    role: str = Field(min_length=1, max_length=500)
    team: str | None = Field(None, min_length=1, max_length=500)
    phone: str | None = Field(None, min_length=1, max_length=500)
