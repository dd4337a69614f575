"""Strict JSON: a value that everybody else reads alike, with one canonical spelling."""

import json
from collections.abc import Iterator

from app.crypto import strictjson

LIMIT = 32 * 1024
TEXTS = (
    '{"a":[1,-2,true,false,null,"é\\ud83d\\ude00"],"":{"b":9007199254740991}}',
    '[[[["\\u2028\\u0000"]]],{"x":{"x":{"x":-0}}}]',
    '{"NaN":NaN,"Infinity":-Infinity,"n":1e999,"m":0.5,"k":-0.0}',
    '{"a":1,"a":2}',
    '"\\ud800"',
    "\ufeff{}",
    '{"\U0001f600":1,"\ufb33":2}',
    "[" * 33 + "]" * 33,
)


def seeds() -> Iterator[bytes]:
    yield from (text.encode() for text in TEXTS)


def one(data: bytes) -> None:
    value = strictjson.parse(data, limit=LIMIT)
    assert repr(json.loads(data)) == repr(value)
    spelt = strictjson.canonical(value)
    again = strictjson.parse_canonical(spelt, limit=8 * LIMIT)
    assert strictjson.canonical(again) == spelt
    assert json.loads(spelt) == value
