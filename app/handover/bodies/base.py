"""What all bodies share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.handover import codes
from app.handover.codes import Id

MAX_ITEMS = 400
"""Open things of one statement; with the timetable they fit a payload of 64 KiB."""


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Item(Body):
    """One open thing that the receiving authority takes over by name."""

    id: Id
    type: codes.ItemType
    child: Id | None = None


class Disposed(Body):
    """What happens to one item now. `same_as` names the item that it repeats."""

    item: Id
    disposition: codes.Disposition
    same_as: Id | None = None

    @model_validator(mode="after")
    def _duplicates_name_the_other(self) -> "Disposed":
        if (self.disposition == "duplicate_of") != (self.same_as is not None):
            raise ValueError("`same_as` goes with `duplicate_of` alone")
        return self


def _each_once(dispositions: tuple[Disposed, ...]) -> tuple[Disposed, ...]:
    if len({disposed.item for disposed in dispositions}) != len(dispositions):
        raise ValueError("an item has one disposition in a statement")
    return dispositions


Items = Annotated[tuple[Item, ...], Field(max_length=MAX_ITEMS)]
Dispositions = Annotated[
    tuple[Disposed, ...], Field(max_length=MAX_ITEMS), AfterValidator(_each_once)
]
"""What happens to items, each named once."""
