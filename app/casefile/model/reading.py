"""From a JSON value to a model: one error, its place, and never a word of what was sent."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError

from app.casefile.model.base import Model
from app.errors import Malformed

M = TypeVar("M", bound=Model)

_SENTENCES = {
    "missing": "is required and is not there",
    "extra_forbidden": "holds a field that is not part of this format",
    "too_many_fields": "holds a field that is not part of this format",
    "invalid_key": "holds a field whose name is not text",
    "literal_error": "is none of the codes of this format",
    "string_type": "must be text",
    "string_unicode": "must be text that can be written in UTF-8",
    "string_too_short": "must not be empty; leave the field out instead",
    "string_too_long": "is longer than this format allows",
    "string_pattern_mismatch": "is not written as this format writes it",
    "less_than_equal": "is more than this format allows",
    "greater_than_equal": "is less than this format allows",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "too_long": "holds more entries than this format allows",
    "too_short": "must hold at least one entry",
    "not_a_date": "is not a day of the calendar",
    "end_before_start": "ends before it starts",
    "value_or_reason": "must hold a value, or null and the reason why there is none",
    "not_to_names": "must name people exactly when its code is `not_to`",
    "category_of_scheme": "is not a category of its scheme",
    "minutes_attached": "must name an attachment exactly when the minutes are included",
    "gap_dated": "must hold a date exactly when its reason is `coming_by`",
    "reason-not-enough-evidence": (
        "says only that there is not enough evidence; say what was asked, seen and decided, and why"
    ),
}
# The name of an unknown field came from outside, so only its parent is named.
_UNKNOWN_FIELD = frozenset({"extra_forbidden", "invalid_key"})


def read(model: type[M], value: object, *, code: str) -> M:
    """Read a JSON value as a model.

    Raises:
        Malformed: `code` (or the rule's own code), naming the first place and the count of errors;
            of each list, only its first wrong entry counts.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # `from None`: the cause holds the values that were sent.
        raise _malformed(error, code) from None


def _malformed(error: ValidationError, code: str) -> Malformed:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind, place = first["type"], list(first["loc"])
    known = place[:-1] if kind in _UNKNOWN_FIELD else place
    pointer = to_pointer(known)
    sentence = _SENTENCES.get(kind, "is not of the form that this format asks for")
    where = pointer or "The document"
    count = error.error_count()
    more = f" (This is the first of {count} errors.)" if count > 1 else ""
    own = kind if kind.startswith("reason-") else code
    return Malformed(own, f"{where} {sentence}.{more}", pointer=pointer)


def to_pointer(place: Sequence[str | int]) -> str:
    """An RFC 6901 JSON pointer."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return "".join(f"/{step}" for step in steps)
