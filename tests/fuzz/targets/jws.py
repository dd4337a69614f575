"""Signed JSON: what verifies has one spelling, and only the signer's keys make it."""

from collections.abc import Iterator
from pathlib import Path

from app.crypto import jws, strictjson
from tests.vectors import make_jws
from tests.vectors.files import folder
from tests.vectors.make_jws import PAYLOAD, SENDER, TYP

LIMIT = 32 * 1024
WHOLE, SIGNED, HEADED = range(3)
"""What the first byte says of the rest: a document; a payload to be signed; or two protected
headers and a payload to be signed, with line feeds between them."""
HEADERS = [
    strictjson.canonical({"alg": alg, "kid": kid, "typ": TYP})
    for alg, kid in zip(jws.ALGORITHMS, SENDER.public.kids, strict=True)
]


def seeds() -> Iterator[bytes]:
    for vector in folder(Path(make_jws.FOLDER)):
        if vector.name.endswith(".txt"):
            yield bytes([WHOLE]) + vector.file
    yield bytes([SIGNED]) + PAYLOAD
    yield bytes([HEADED]) + b"\n".join([*HEADERS, PAYLOAD])


def one(data: bytes) -> None:
    kind, rest = data[0] % 3 if data else WHOLE, data[1:]
    if kind == SIGNED:
        rest = make_jws.raw(rest, HEADERS)
    elif kind == HEADED:
        first, _, rest = rest.partition(b"\n")
        second, _, payload = rest.partition(b"\n")
        rest = make_jws.raw(payload, [first, second])
    document = jws.parse(rest, TYP, limit=LIMIT)
    verified = jws.verify(document, SENDER.public)
    assert verified.wire == rest
    assert strictjson.canonical(verified.value) == verified.payload
    value = strictjson.parse(rest, limit=len(rest))
    assert strictjson.canonical(value) == rest
