import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import jws
from app.crypto.jwk import SigningKeys, VerifyingKeys
from app.errors import CaseHandoverError, Malformed, TooLarge
from tests.vectors import make_jws
from tests.vectors.make_jws import TYP

FOLDER = Path(__file__).parents[1] / "vectors" / "jws"
LIMIT = 65_536
KEYS = make_jws.keys("test")


class File(NamedTuple):
    name: str
    expect: str
    typ: str
    wire: bytes


def files() -> Iterator[File]:
    for path in sorted(FOLDER.glob("*.txt")):
        head, wire = path.read_bytes().split(b"\n\n", 1)
        fields = dict(line.split(": ", 1) for line in head.decode().split("\n"))
        yield File(path.stem, fields["expect"], fields["typ"], wire)


def known(name: str) -> VerifyingKeys:
    first, second = json.loads((FOLDER / "keys.json").read_text())[name]
    return VerifyingKeys.from_jwks((first, second))


def outcome(wire: bytes, keys: VerifyingKeys, typ: str = TYP) -> str:
    try:
        jws.verify(jws.parse(wire, typ, limit=LIMIT), keys)
    except CaseHandoverError as error:
        return error.code
    return "ok"


@pytest.mark.parametrize("file", list(files()), ids=lambda file: file.name)
def test_vector(file: File) -> None:
    assert outcome(file.wire, known("sender"), file.typ) == file.expect


def test_the_vectors_are_those_of_their_maker() -> None:
    made = {(vector.name, vector.expect) for vector in make_jws.vectors()}
    assert made == {(file.name, file.expect) for file in files()}


def test_every_step_has_a_vector() -> None:
    """But the order of signers, which has its own test below."""
    assert {file.expect for file in files()} == {
        "ok",
        "jws-too-large",
        "jws-not-canonical",
        "jws-members",
        "jws-signature-count",
        "jws-base64",
        "jws-header",
        "jws-alg",
        "jws-typ",
        "jws-payload",
        "jws-kid",
        "jws-signature-ed25519",
        "jws-signature-mldsa65",
    }


def test_signed_then_verified() -> None:
    signed = jws.sign({"v": 1, "name": "é"}, TYP, KEYS)
    document = jws.parse(signed.wire, TYP, limit=LIMIT)
    assert document.kids == KEYS.public.kids
    verified = jws.verify(document, KEYS.public)
    assert verified.value == {"name": "é", "v": 1}
    assert verified.payload == signed.payload == '{"name":"é","v":1}'.encode()
    assert (verified.digest, verified.wire) == (signed.digest, signed.wire)


def test_signing_again_gives_other_bytes_and_the_same_digest() -> None:
    one, other = jws.sign({"v": 1}, TYP, KEYS), jws.sign({"v": 1}, TYP, KEYS)
    assert one.wire != other.wire
    assert one.digest == other.digest


def test_every_flipped_byte_is_refused() -> None:
    wire = jws.sign({"v": 1}, TYP, KEYS).wire
    for place in range(len(wire)):
        for bit in (1, 128):
            flipped = bytearray(wire)
            flipped[place] ^= bit
            assert outcome(bytes(flipped), KEYS.public) != "ok", place


def test_every_truncation_is_refused() -> None:
    wire = jws.sign({"v": 1}, TYP, KEYS).wire
    for length in range(len(wire)):
        assert outcome(wire[:length], KEYS.public) == "jws-not-canonical", length


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    assert outcome(data, KEYS.public) == "jws-not-canonical"


def test_size_is_bounded_before_anything_is_read() -> None:
    with pytest.raises(TooLarge) as refusal:
        jws.parse(b"[" * 200_000, TYP, limit=LIMIT)
    assert refusal.value.code == "jws-too-large"


def test_the_longest_payload_fits() -> None:
    signed = jws.sign({"v": "a" * (LIMIT - 8)}, TYP, KEYS)
    assert len(signed.payload) == LIMIT
    assert outcome(signed.wire, KEYS.public) == "ok"


def test_several_signers() -> None:
    signers = [make_jws.keys(name) for name in ("one", "two", "three")]
    signed = jws.sign({"v": 1}, TYP, signers[0])
    for keys in signers[1:]:
        signed = jws.countersign(jws.parse(signed.wire, TYP, limit=LIMIT, signers=3), keys)
    document = jws.parse(signed.wire, TYP, limit=LIMIT, signers=3)
    assert sorted(document.signer_kids) == sorted(keys.public.kids for keys in signers)
    for keys in signers:
        assert jws.verify(document, keys.public).value == {"v": 1}
    with pytest.raises(Malformed) as refusal:
        jws.countersign(document, signers[1])
    assert refusal.value.code == "jws-signer-order"
    with pytest.raises(Malformed) as refusal:
        jws.parse(signed.wire, TYP, limit=LIMIT, signers=2)
    assert refusal.value.code == "jws-signature-count"


@pytest.mark.parametrize("places", [(2, 3, 0, 1), (0, 1, 0, 1)])
def test_signers_stand_in_one_order_and_once(places: tuple[int, ...]) -> None:
    one = jws.sign({"v": 1}, TYP, KEYS)
    both = jws.countersign(jws.parse(one.wire, TYP, limit=LIMIT), make_jws.keys("two"))
    document = json.loads(both.wire)
    document["signatures"] = [document["signatures"][place] for place in places]
    with pytest.raises(Malformed) as refusal:
        jws.parse(make_jws.dump(document), TYP, limit=LIMIT, signers=2)
    assert refusal.value.code == "jws-signer-order"


def test_errors_and_representations_show_nothing_of_the_payload() -> None:
    signed = jws.sign({"secret": "Zebedee"}, TYP, KEYS)
    document = jws.parse(signed.wire, TYP, limit=LIMIT)
    verified = jws.verify(document, KEYS.public)
    assert "Zebedee" not in repr((signed, document, verified))
    assert "WmViZWRlZ" not in repr((signed, document, verified))


def test_a_fresh_pair_signs() -> None:
    keys = SigningKeys.generate()
    assert outcome(jws.sign({"v": 1}, TYP, keys).wire, keys.public) == "ok"
    assert outcome(jws.sign({"v": 1}, TYP, keys).wire, KEYS.public) == "jws-kid"
