"""The C2SP/CCTV age vectors: each one that applies gives its stated result.

The folder `age/testdata` of a copy of that repository is named by CASE_HANDOVER_CCTV. Vectors of
the header and the payload are sealed to an X25519 identity, which this project does not have: they
are opened with the file key that they state.

| family | applies | why not |
|---|---|---|
| hybrid_*, scrypt_* | yes, but hybrid_x25519_arg | that one is a broken X25519 stanza |
| header: hmac_*, stanza_*, version_*, empty, header_* | yes | |
| stream_* | yes | |
| x25519, _grease, _multiple_recipients | yes, as header vectors | |
| x25519_* otherwise | no | the type is not implemented: recipients are post-quantum |
| armor_* | no | a bundle is binary |
| ssh, p256tag, mlkem768p256tag | none exist | not implemented either |
"""

import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from app.crypto.age import Payload, decrypt
from app.crypto.header import Header
from app.crypto.recipients import HybridIdentity, Identity, ScryptIdentity
from app.errors import CaseHandoverError
from tests.vectors.files import Vector, folder

pytestmark = pytest.mark.interop

PLAIN_X25519 = {"x25519", "x25519_grease", "x25519_multiple_recipients"}
LOW_ORDER = {"hybrid_identity", "hybrid_low_order"}
"""HPKE refuses a point of low order as it refuses any other broken encapsulation."""

CODES: dict[str, set[str | None]] = {
    "success": {None},
    "no match": {"age-no-identity-matches"},
    "HMAC failure": {"age-header-mac"},
    "header failure": {
        "age-header-malformed", "age-stanza-malformed", "age-work-factor", "age-nonce-missing",
    },
    "payload failure": {
        "age-payload-chunk", "age-payload-truncated", "age-payload-trailing",
        "age-payload-empty-chunk",
    },
}  # fmt: skip


@dataclass(frozen=True)
class KnownFileKey:
    """Stands for an X25519 identity whose stanza opens."""

    file_key: bytes

    def unwrap(self, header: Header) -> bytes | None:
        return self.file_key


def vectors() -> list[Vector]:
    place = os.environ.get("CASE_HANDOVER_CCTV")
    if not place:
        pytest.fail("Set CASE_HANDOVER_CCTV to age/testdata of a copy of github.com/C2SP/CCTV.")
    return [vector for vector in folder(Path(place)) if applies(vector.name)]


def applies(name: str) -> bool:
    if name.startswith("x25519"):
        return name in PLAIN_X25519
    return not name.startswith("armor_") and name != "hybrid_x25519_arg"


def identities(vector: Vector) -> list[Identity]:
    found: list[Identity] = [ScryptIdentity(text.encode(), 18) for text in vector.all("passphrase")]
    for text in vector.all("identity"):
        if text.startswith("AGE-SECRET-KEY-PQ-1"):
            found.append(HybridIdentity.from_string(text))
        else:
            found.append(KnownFileKey(bytes.fromhex(vector.one("file key"))))
    return found


def outcome(vector: Vector) -> tuple[str | None, bytes]:
    released = b""
    try:
        for piece in decrypt(BytesIO(vector.file).read, identities(vector)):
            released += piece
    except CaseHandoverError as error:
        return error.code, released
    return None, released


def test_every_vector_gives_its_stated_result() -> None:
    wrong = []
    seen = vectors()
    for vector in seen:
        code, released = outcome(vector)
        expected = "no match" if vector.name in LOW_ORDER else vector.one("expect")
        stated = vector.all("payload") or [hashlib.sha256(b"").hexdigest()]
        if code not in CODES[expected] or [hashlib.sha256(released).hexdigest()] != stated:
            wrong.append((vector.name, expected, code, len(released)))
    assert wrong == []
    assert len(seen) >= 98, "the folder does not hold the whole collection"


def test_ranges_are_refused_wherever_the_stream_is() -> None:
    wrong = []
    for vector in vectors():
        code, released = outcome(vector)
        data = vector.file

        def read_at(offset: int, n: int, data: bytes = data) -> bytes:
            return data[offset : offset + n]

        try:
            payload = Payload(read_at, len(data), identities(vector))
            ranged = payload.read(0, payload.size)
        except CaseHandoverError:
            ranged = None
        if ranged != (released if code is None else None):
            wrong.append(vector.name)
    assert wrong == []
