"""JSON without a second reading: one value for one sequence of bytes, or an error.

The language is I-JSON (RFC 7493) with whole numbers only: no duplicate names, no lone surrogates,
no floats, integers within ±(2^53-1), UTF-8 without a byte order mark, bounded size and depth.
The canonical form is RFC 8785 (JCS).
"""

import json
from typing import NoReturn, TypeAlias

import rfc8785

from app.errors import Malformed, TooLarge

JsonValue: TypeAlias = bool | int | str | list["JsonValue"] | dict[str, "JsonValue"] | None

DEPTH = 32
"""Objects and arrays inside one another: `[]` is one deep, `[[]]` two."""
SAFE_INTEGER = 2**53 - 1
_LONGEST_INTEGER = len(f"-{SAFE_INTEGER}")


def parse(data: bytes, *, limit: int, depth: int = DEPTH) -> JsonValue:
    """The one value that `data` (at most `limit` bytes) spells.

    Raises TooLarge `json-too-large`; Malformed `json-not-utf8`, `json-byte-order-mark`,
    `json-syntax`, `json-duplicate-key`, `json-number`, `json-surrogate`, `json-too-deep`.
    """
    if len(data) > limit:
        raise TooLarge("json-too-large", f"Send a JSON document of at most {limit} bytes.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("json-not-utf8", "Encode the JSON document in UTF-8.") from None
    if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
        raise Malformed("json-byte-order-mark", "Leave out the byte order mark.")
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_not_a_number,
            parse_constant=_not_a_number,
        )
    except json.JSONDecodeError:
        raise Malformed("json-syntax", "Send one valid JSON document (RFC 8259).") from None
    except RecursionError:
        raise _too_deep() from None
    _check(value, depth)
    return value


def canonical(value: JsonValue, *, depth: int = DEPTH) -> bytes:
    """`value` in its RFC 8785 spelling. Raises Malformed as `parse` does, and `json-type`."""
    _check(value, depth)
    return rfc8785.dumps(value)


def parse_canonical(data: bytes, *, limit: int, depth: int = DEPTH) -> JsonValue:
    """As `parse`, and Malformed `json-not-canonical` unless `data` is the RFC 8785 spelling."""
    value = parse(data, limit=limit, depth=depth)
    if canonical(value, depth=depth) != data:
        raise Malformed("json-not-canonical", "Spell the JSON document as RFC 8785 says.")
    return value


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("json-duplicate-key", "Name each member of a JSON object once.")
    return value


def _integer(literal: str) -> int:
    # The length first: int() of a long literal costs quadratic time, and raises past 4,300 digits.
    if len(literal) > _LONGEST_INTEGER:
        _not_a_number(literal)
    return int(literal)


def _not_a_number(_literal: str) -> NoReturn:
    raise Malformed("json-number", "Use whole numbers between -(2^53-1) and 2^53-1 only.")


def _too_deep() -> Malformed:
    return Malformed("json-too-deep", "Nest JSON arrays and objects less deeply.")


def _check(value: object, room: int) -> None:
    """Refuses what JSON text or a Python value can hold and this language can not."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int):
        if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
            _not_a_number("")
    elif isinstance(value, float):
        _not_a_number("")
    elif isinstance(value, list | dict):
        if room < 1:
            raise _too_deep()
        for item in _members(value):
            _check(item, room - 1)
    else:
        raise Malformed("json-type", "Use only null, booleans, integers, text, lists and dicts.")


def _members(value: list[object] | dict[object, object]) -> list[object]:
    if isinstance(value, list):
        return value
    for name in value:
        if not isinstance(name, str):
            raise Malformed("json-type", "Use text as the names of a JSON object.")
        _check_text(name)
    return list(value.values())


def _check_text(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("json-surrogate", "Leave out unpaired surrogates (RFC 7493).") from None
