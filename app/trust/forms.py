"""What the documents of this room are made of: strict models and their field types.

Every member of a document is present, null where there is nothing to say, so that a document has
one canonical spelling (RFC 8785) and models lose nothing.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationError,
)

from app.crypto import ids, strictjson
from app.crypto.jwk import VerifyingKeys
from app.crypto.recipients import HybridRecipient
from app.crypto.strictjson import JsonValue
from app.errors import Malformed

_DAY = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_MOMENT = _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"


class Form(BaseModel):
    """A part of a document. Its validation errors never show what was given."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], payload: bytes, code: str) -> Model:
    """`payload` (canonical JSON that was checked before) as a `model`. Raises Malformed `code`."""
    pointer = ""
    try:
        made = model.model_validate_json(payload)
        if data(made) == payload:  # pydantic's Literal[1] takes true for 1
            return made
    except ValidationError as error:
        pointer = _first(error)
    raise _not_the_form(code, pointer)


def parse(model: type[Model], text: bytes, *, limit: int, code: str) -> Model:
    """JSON from a file that people may have written, of at most `limit` bytes, as a `model`.

    Raises Malformed `code`, and as `strictjson.parse` does.
    """
    return read(model, strictjson.canonical(strictjson.parse(text, limit=limit)), code)


def build(model: type[Model], members: dict[str, Any], code: str) -> Model:
    """A new `model` of Python values. Raises Malformed `code`."""
    try:
        return model.model_validate(members)
    except ValidationError as error:
        pointer = _first(error)
    raise _not_the_form(code, pointer)


def value(model: BaseModel) -> dict[str, JsonValue]:
    """`model` as JSON values."""
    return model.model_dump(mode="json")


def data(model: BaseModel) -> bytes:
    """`model` in its canonical spelling."""
    return strictjson.canonical(value(model))


def stamp(moment: datetime) -> str:
    """An aware datetime as `YYYY-MM-DDTHH:MM:SSZ` in UTC; parts of a second are dropped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole(moment: datetime) -> datetime:
    """`moment` in UTC without its parts of a second: as a document can say it."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _first(error: ValidationError) -> str:
    """JSON pointer to the first place that is wrong."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return "".join(f"/{part}" for part in first["loc"])


def _not_the_form(code: str, pointer: str) -> Malformed:
    return Malformed(code, "The document is not of the published form.", pointer=pointer)


def _moment(given: Any) -> datetime:
    if isinstance(given, str) and re.fullmatch(_MOMENT, given):
        return datetime.fromisoformat(given)
    if isinstance(given, datetime) and given.tzinfo == UTC and not given.microsecond:
        return given
    raise ValueError("a time is YYYY-MM-DDTHH:MM:SSZ")


def _day(given: Any) -> date:
    if isinstance(given, str) and re.fullmatch(_DAY, given):
        return date.fromisoformat(given)
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    raise ValueError("a day is YYYY-MM-DD")


def _keys(given: Any) -> VerifyingKeys:
    if isinstance(given, VerifyingKeys):
        return given
    match given:
        case [dict(first), dict(second)] if all(
            isinstance(text, str) for jwk in (first, second) for text in jwk.values()
        ):
            return VerifyingKeys.from_jwks((first, second))
    raise ValueError("keys are two JWKs")


def refusing(check: Any) -> Any:
    """Our errors as the ones that pydantic collects."""

    def checked(given: Any) -> Any:
        try:
            return check(given)
        except Malformed as error:
            raise ValueError(error.code) from None

    return checked


def _recipient(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("a recipient is text")  # noqa: TRY004 - the error that pydantic collects
    HybridRecipient.from_string(given)
    return given


Moment = Annotated[
    datetime,
    PlainValidator(
        _moment,
        json_schema_input_type=Annotated[str, Field(pattern=f"^{_MOMENT}$")],
    ),
    PlainSerializer(stamp, return_type=str, when_used="json"),
]
"""An instant in UTC, to the second."""

Day = Annotated[
    date,
    PlainValidator(_day, json_schema_input_type=Annotated[str, Field(pattern=f"^{_DAY}$")]),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
]

Keys = Annotated[
    VerifyingKeys,
    PlainValidator(refusing(_keys), json_schema_input_type=tuple[dict[str, str], dict[str, str]]),
    PlainSerializer(lambda keys: list(keys.jwks()), return_type=list[dict[str, str]]),
]
"""One Ed25519 and one ML-DSA-65 public JWK."""

AgeRecipient = Annotated[str, PlainValidator(refusing(_recipient), json_schema_input_type=str)]
"""`age1pq1...`: an ML-KEM-768 with X25519 hybrid recipient (c2sp.org/age)."""

Id = Annotated[str, StringConstraints(pattern=ids.ID_PATTERN)]
Digest = Annotated[str, StringConstraints(pattern=ids.DIGEST_PATTERN)]

AuthorityId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9-]{1,32}$")
]
"""`scheme:code`, for example `gss:E10000025`."""

Version = Annotated[int, Field(ge=1, le=strictjson.SAFE_INTEGER)]
