"""Statements, rightly signed: what is taken is written again as it was, today and from records."""

import json
from collections.abc import Iterator

from app.crypto import jws, strictjson
from app.handover.statement import VERSION, from_envelope, reopen, to_value
from app.trust.directory import reopen_directory, sign_directory
from app.trust.envelope import LIMIT, TYP, verify_statement
from tests.fuzz.structure import mutate
from tests.handover import make
from tests.vectors import parties
from tests.vectors.parties import GOOD, NOW, ROOT, ROOTS

__all__ = ["mutate", "one", "seeds"]
DIRECTORY = reopen_directory(sign_directory(parties.directory(), ROOT).wire, ROOTS)


def seeds() -> Iterator[bytes]:
    for kind in make.BODIES:
        yield json.dumps(make.value(kind)).encode()
    said = make.conference([make.result(make.ASH)], [make.disposed("bruise")])
    told = {"says": "acceptance", "body": said, "told_on": "2026-03-16", "how": "letter"}
    yield json.dumps(make.value("acceptance", said)).encode()
    yield json.dumps(make.value("attested", told)).encode()
    yield json.dumps(make.value("omen", {"new": [1]}, v=2, more="than we know")).encode()
    opened = {**make.BODIES["dispatch"], "opening": make.OPENING, "items": [make.item("bruise")]}
    yield json.dumps(make.value("dispatch", opened)).encode()


def one(data: bytes) -> None:
    value = strictjson.parse(data, limit=4 * LIMIT)
    if not isinstance(value, dict):
        return
    signed = jws.sign(value, TYP, GOOD)
    statement = from_envelope(verify_statement(signed.wire, DIRECTORY, NOW))
    again = reopen(signed.wire)
    assert (again.digest, again.payload, again.body) == (
        signed.digest, statement.payload, statement.body
    )  # fmt: skip
    if statement.payload.v == VERSION:
        assert strictjson.canonical(to_value(statement.payload)) == signed.payload
    if statement.body is not None:
        assert statement.said[0] in make.BODIES
