import json

import pytest

from app.crypto import base64url, jwk
from app.crypto.jwk import Jwk, SigningKeys, VerifyingKeys
from app.errors import Malformed

PAIR = SigningKeys.from_seeds(bytes(32), bytes(range(32)))
FIRST, SECOND = PAIR.public.jwks()


def test_thumbprint_of_rfc_8037_appendix_a3() -> None:
    key = {"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert jwk.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_there_and_back() -> None:
    again = VerifyingKeys.from_jwks(PAIR.public.jwks())
    assert again == PAIR.public
    assert hash(again) == hash(PAIR.public)
    assert again.kids == (jwk.thumbprint(FIRST), jwk.thumbprint(SECOND))
    assert SigningKeys.from_seeds(*PAIR.seeds).public == PAIR.public
    assert SigningKeys.generate().public != PAIR.public


@pytest.mark.parametrize(
    "jwks",
    [
        (SECOND, FIRST),
        (FIRST, FIRST),
        ({}, {}),
        ({**FIRST, "use": "sig"}, SECOND),
        ({**FIRST, "crv": "X25519"}, SECOND),
        ({**FIRST, "x": FIRST["x"] + "="}, SECOND),
        ({**FIRST, "x": FIRST["x"][:-3]}, SECOND),
        (FIRST, {**SECOND, "alg": "ML-DSA-44"}),
        (FIRST, {**SECOND, "pub": SECOND["pub"][:-4]}),
        (FIRST, {**SECOND, "priv": "AAAA"}),
    ],
)
def test_other_keys_are_refused(jwks: tuple[Jwk, Jwk]) -> None:
    with pytest.raises(Malformed) as refusal:
        VerifyingKeys.from_jwks(jwks)
    assert refusal.value.code == "jwk-form"


@pytest.mark.parametrize(("one", "two"), [(b"", bytes(32)), (bytes(32), bytes(33))])
def test_seeds_are_32_bytes(one: bytes, two: bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        SigningKeys.from_seeds(one, two)
    assert refusal.value.code == "jwk-seed"


def test_private_parts_are_not_shown() -> None:
    keys = SigningKeys.from_seeds(b"s" * 32, b"t" * 32)
    for shown in (repr(keys), str(keys), f"{keys}", repr([keys])):
        for seed in keys.seeds:
            assert repr(seed)[2:-1] not in shown
            assert seed.hex() not in shown
            assert base64url.encode(seed) not in shown
    assert json.dumps(keys.public.jwks())


@pytest.mark.parametrize(
    "text", ["=", "A", "AA=", "AAA=", "AB", "AA\n", " AA", "+/AA", "é", "AAAAA"]
)
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(Malformed) as refusal:
        base64url.decode(text)
    assert refusal.value.code == "base64url"


def test_base64url() -> None:
    assert base64url.decode("") == b""
    assert base64url.encode(b"\xfb\xff") == "-_8"
    assert base64url.decode("-_8") == b"\xfb\xff"
