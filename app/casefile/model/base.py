"""What every noun of the case file is made of: strict models, texts, ids and references.

Texts are kept exactly as they came: no stripping, no normalisation. Only NUL is refused (no
database, PDF or spreadsheet keeps it) and lone surrogates, which are no text.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

MAX_TEXT = 65_536
"""Characters in one text."""
MAX_SHORT = 500
"""Characters in a name, a title, a role, a telephone number."""
MAX_MANY = 1_000
"""Entries in a list, unless said otherwise."""
MAX_EVENTS = 10_000
"""Entries in the chronology."""
MAX_ATTACHMENTS = 2_000
"""Attachments beside a content (the bundle's own limit on members)."""


class Model(BaseModel):
    """A strict, immutable value: unknown fields are refused, nothing is coerced."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    key: ClassVar[str | None] = None
    """The field that others refer to this by, if any."""
    nouns: ClassVar[tuple[str, ...]] = ()
    """What this answers to in references, see `Refers`."""

    @model_validator(mode="before")
    @classmethod
    def _no_more_fields_than_there_are(cls, value: object) -> object:
        # Otherwise a million unknown fields would be a million errors.
        if isinstance(value, dict) and len(value) > len(cls.model_fields):
            raise PydanticCustomError("too_many_fields", "more fields than there are")
        return value

    def to_value(self) -> dict[str, Any]:
        """The JSON value this was parsed from: fields that were absent stay absent."""
        return self.model_dump(mode="json", exclude_unset=True)


@dataclass(frozen=True)
class Refers:
    """Marks a field that names another entry of the same document, by id or by number."""

    to: str


T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False, fail_fast=True, max_length=MAX_MANY)]
"""A list. (`strict=False` lets a JSON array become a tuple; its entries stay strict. `fail_fast`
stops at its first wrong entry: errors are bounded, however long the list.)"""

Events = Annotated[tuple[T, ...], Field(strict=False, fail_fast=True, max_length=MAX_EVENTS)]
"""A long list, as a chronology is."""


def _at_least_one(entries: tuple[T, ...]) -> tuple[T, ...]:
    # `min_length` would call entries missing that are there and wrong.
    if not entries:
        raise PydanticCustomError("too_short", "at least one")
    return entries


Some = Annotated[
    tuple[T, ...],
    Field(strict=False, fail_fast=True, max_length=MAX_MANY, json_schema_extra={"minItems": 1}),
    AfterValidator(_at_least_one),
]
"""A list of at least one."""

Text = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"^[^\x00]*$", strict=True)
]
Short = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_SHORT, pattern=r"^[^\x00]*$", strict=True)
]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", strict=True)]
"""A code of somebody's scheme."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{25}[aeimquy4]$", strict=True)]
"""128 random bits as 26 lower-case base32 characters (RFC 4648, no padding), one spelling each. It
says nothing about anyone, and nobody else ever chooses it, so entries keep theirs over every move.
"""
AuthorityId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9-]{1,32}$", strict=True)
]
"""`scheme:code`, for example `gss:E10000025`."""
Language = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}$", strict=True)
]
"""A BCP 47 (RFC 5646) language tag: `en`, `so`, `bfi` (British Sign Language)."""
Script = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$", strict=True)]
"""An ISO 15924 script code: `Latn`, `Arab`, `Cyrl`."""
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Version = Annotated[int, Field(ge=1, le=1, strict=True)]
"""Version 1 of the form. (`Literal[1]` would take `true` and `1.0` for it.)"""
Page = Annotated[int, Field(ge=1, le=100_000, strict=True)]

ChildRef = Annotated[Id, Refers("child")]
PersonRef = Annotated[Id, Refers("person")]
"""Anyone: a relative or other person, a professional, or a child."""
AddressRef = Annotated[Id, Refers("address")]
PlanRef = Annotated[Id, Refers("plan")]
OutcomeRef = Annotated[Id, Refers("outcome")]
ConcernRef = Annotated[Id, Refers("concern")]
MeetingRef = Annotated[Id, Refers("meeting")]
ReviewRef = Annotated[Id, Refers("review")]
EventRef = Annotated[Id, Refers("event")]
PartRef = Annotated[Id, Refers("part")]
"""Any entry of the case file that has an id."""
AttachmentRef = Annotated[int, Field(ge=1, le=MAX_ATTACHMENTS, strict=True), Refers("attachment")]
"""The number of an attachment: it travels as `attachments/NNNN` beside the content."""

ChildRefs = Many[ChildRef]
PersonRefs = Many[PersonRef]
AttachmentRefs = Many[AttachmentRef]
