import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import strictjson
from app.crypto.strictjson import JsonValue
from app.errors import CaseHandoverError, Malformed, TooLarge

LIMIT = 1 << 20
MOST = 2**53 - 1

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-MOST, MOST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-syntax"),
        (b" ", "json-syntax"),
        (b"{} {}", "json-syntax"),
        (b"{}x", "json-syntax"),
        (b"{} \x00", "json-syntax"),
        (b'{"a":1,}', "json-syntax"),
        (b"[1,]", "json-syntax"),
        (b"{'a':1}", "json-syntax"),
        (b"// no\n1", "json-syntax"),
        (b"01", "json-syntax"),
        (b"+1", "json-syntax"),
        (b"0x1", "json-syntax"),
        ("١".encode(), "json-syntax"),
        (b'"\t"', "json-syntax"),
        (b'"\\x41"', "json-syntax"),
        (b'"\\u12"', "json-syntax"),
        (b'"\\u 123"', "json-syntax"),
        (b'"open', "json-syntax"),
        (b"undefined", "json-syntax"),
        (b"\xff", "json-not-utf8"),
        (b'"\xc0\x80"', "json-not-utf8"),
        (b'"\xed\xa0\x80"', "json-not-utf8"),
        ("{}".encode("utf-16"), "json-not-utf8"),
        (b"\xef\xbb\xbf{}", "json-byte-order-mark"),
        (b'{"a":1,"a":1}', "json-duplicate-key"),
        (b'{"a":1,"\\u0061":2}', "json-duplicate-key"),
        (b'[{"b":{"a":1,"a":1}}]', "json-duplicate-key"),
        (b"NaN", "json-number"),
        (b"[Infinity]", "json-number"),
        (b"[-Infinity]", "json-number"),
        (b"1.0", "json-number"),
        (b"1e2", "json-number"),
        (b"1e999", "json-number"),
        (b"-0.0", "json-number"),
        (b"9007199254740992", "json-number"),
        (b"-9007199254740992", "json-number"),
        (b"9" * 100_000, "json-number"),
        (b'"\\ud800"', "json-surrogate"),
        (b'"\\udc00\\ud800"', "json-surrogate"),
        (b'{"\\udfff":1}', "json-surrogate"),
        (b"[" * 33 + b"]" * 33, "json-too-deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "json-too-deep"),
        (b"[" * 400_000, "json-too-deep"),
        (b'{"a":' * 200_000, "json-too-deep"),
    ],
)
def test_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        strictjson.parse(data, limit=LIMIT)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" [ ] ", []),
        (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
        (b"9007199254740991", MOST),
        (b"-9007199254740991", -MOST),
        (b'"\\ud83d\\ude00"', "😀"),
        ('{"é":null}'.encode(), {"é": None}),
        (b"true", True),
    ],
)
def test_read(data: bytes, value: JsonValue) -> None:
    assert strictjson.parse(data, limit=LIMIT) == value


def test_size_is_bounded() -> None:
    assert strictjson.parse(b'"aa"', limit=4) == "aa"
    with pytest.raises(TooLarge) as refusal:
        strictjson.parse(b'"aaa"', limit=4)
    assert refusal.value.code == "json-too-large"


def test_a_shallow_stack_is_a_refusal_too() -> None:
    """The caller's own depth must not turn a long document into a RecursionError."""

    def deep(left: int) -> str:
        if left:
            return deep(left - 1)
        try:
            strictjson.parse(b"[" * 5_000, limit=LIMIT, depth=10_000)
        except CaseHandoverError as error:
            return error.code
        return "read"

    assert deep(sys.getrecursionlimit() // 2) == "json-too-deep"


@pytest.mark.parametrize(
    ("data", "same"),
    [
        (b'{"a":1,"b":2}', True),
        (b'{"b":2,"a":1}', False),
        (b'{"a": 1}', False),
        (b"-0", False),
        (b'"\\u0061"', False),
        (b'"\\/"', False),
        (b'"\\u001F"', False),
        (b'"\\u001f"', True),
        (b"[]\n", False),
        # UTF-16 order, not code point order: U+1F600 (D83D DE00) comes before U+FB33.
        ('{"\U0001f600":1,"\ufb33":2}'.encode(), True),
        ('{"\ufb33":2,"\U0001f600":1}'.encode(), False),
    ],
)
def test_canonical_spelling(data: bytes, same: bool) -> None:
    if same:
        value = strictjson.parse_canonical(data, limit=LIMIT)
        assert strictjson.canonical(value) == data
        return
    with pytest.raises(Malformed) as refusal:
        strictjson.parse_canonical(data, limit=LIMIT)
    assert refusal.value.code == "json-not-canonical"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "json-number"),
        (float("nan"), "json-number"),
        (2**53, "json-number"),
        ([["\ud800"]], "json-surrogate"),
        ({"\ud800": 1}, "json-surrogate"),
        ({1: 1}, "json-type"),
        (b"bytes", "json-type"),
        ((1, 2), "json-type"),
    ],
)
def test_values_that_have_no_spelling(value: JsonValue, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        strictjson.canonical(value)
    assert refusal.value.code == code


def test_a_value_that_holds_itself() -> None:
    knot: list[JsonValue] = []
    knot.append(knot)
    with pytest.raises(Malformed) as refusal:
        strictjson.canonical(knot)
    assert refusal.value.code == "json-too-deep"


@given(VALUES)
def test_there_and_back(value: JsonValue) -> None:
    data = strictjson.canonical(value)
    assert strictjson.parse_canonical(data, limit=LIMIT) == value
    assert json.loads(data) == value


@given(st.binary(max_size=40) | TEXT.map(str.encode))
def test_any_bytes_give_a_value_or_our_error(data: bytes) -> None:
    try:
        value = strictjson.parse(data, limit=LIMIT)
    except Malformed:
        return
    assert json.loads(data) == value
