"""Tokens that must not be taken, each with one defect, and the code of what is wrong with it."""

import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.crypto import base64url
from app.crypto.jwt import LEEWAY, LIMIT
from tests.crypto.tokens import (
    AUDIENCE,
    GROUP,
    OTHER_TENANT,
    TENANT,
    Issuer,
    Json,
    compact,
    ec_key,
    public_jwk,
    rsa_key,
)

Make = Callable[[Issuer], str]
HEAD = {"typ": "JWT", "alg": "RS256", "kid": "rsa"}


def unsigned(issuer: Issuer, alg: str, signature: str) -> str:
    parts = [json.dumps(part).encode() for part in ({**HEAD, "alg": alg}, issuer.claims())]
    return ".".join([*map(base64url.encode, parts), signature])


def hmac_of(issuer: Issuer, secret: Callable[[rsa.RSAPublicKey], bytes]) -> str:
    """HS256, the public key being the secret: RFC 8725, section 2.1."""
    signing = unsigned(issuer, "HS256", "").rstrip(".")
    key = issuer.keys["rsa"].public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return f"{signing}.{base64url.encode(hmac.digest(secret(key), signing.encode(), 'sha256'))}"


def pem(key: rsa.RSAPublicKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form)


def modulus(key: rsa.RSAPublicKey) -> bytes:
    return key.public_numbers().n.to_bytes(256, "big")


def strangers(issuer: Issuer, **header: Any) -> str:
    """Signed by somebody else, whose key the header brings along."""
    return compact(HEAD | header, json.dumps(issuer.claims()).encode(), rsa_key(9))


def twisted(issuer: Issuer, part: int, twist: Callable[[str], str]) -> str:
    parts = issuer.token().split(".")
    parts[part] = twist(parts[part])
    return ".".join(parts)


def changed(part: int, twist: Callable[[str], str]) -> Make:
    return lambda issuer: twisted(issuer, part, twist)


def other_payload(text: str) -> str:
    claims = json.loads(base64url.decode(text))
    return base64url.encode(json.dumps({**claims, "roles": ["head_of_service"]}).encode())


def unused_bits(text: str) -> str:
    """The same bytes, spelt with bits that mean nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def spelled(issuer: Issuer, old: str, new: str) -> str:
    """Signed claims in another spelling of JSON."""
    text = json.dumps(issuer.claims())
    assert old in text
    return issuer.signed(text.replace(old, new).encode())


def payload(data: bytes, issuer: Issuer) -> str:
    return issuer.signed(data)


def header(issuer: Issuer, **members: Any) -> str:
    return issuer.by_hand({**HEAD, **members})


def claims(issuer: Issuer, **changes: Any) -> str:
    return issuer.token(**changes)


def at(name: str, seconds: int) -> Make:
    """A time so many seconds from now."""
    return lambda issuer: claims(issuer, **{name: int(issuer.now.timestamp()) + seconds})


JWK: Json = public_jwk(ec_key(9))
LONG = "x" * LIMIT

BAD: dict[str, tuple[Make, str]] = {
    "nothing": (lambda _: "", "jwt-form"),
    "one part": (lambda _: "eyJ", "jwt-form"),
    "two parts": (lambda issuer: issuer.token().rpartition(".")[0], "jwt-form"),
    "five parts": (lambda issuer: issuer.token() + ".e30.e30", "jwt-form"),
    "too long": (lambda _: LONG + ".", "jwt-too-large"),
    "too long, and signed": (partial(claims, aio=LONG), "jwt-too-large"),
    # The header
    "no algorithm": (partial(unsigned, alg="none", signature=""), "jwt-form"),
    "no algorithm, and a signature": (partial(unsigned, alg="none", signature="AA"), "jwt-header"),
    "no algorithm in capitals": (partial(unsigned, alg="NONE", signature="AA"), "jwt-header"),
    "HMAC by the public key's PEM": (partial(hmac_of, secret=pem), "jwt-header"),
    "HMAC by the modulus": (partial(hmac_of, secret=modulus), "jwt-header"),
    "an algorithm that is not ours": (partial(claims, header={"alg": "RS512"}), "jwt-header"),
    "an algorithm that is no text": (partial(header, alg=["RS256"]), "json-too-deep"),
    "an algorithm that is missing": (
        lambda issuer: issuer.by_hand({"typ": "JWT", "kid": "rsa"}),
        "jwt-header",
    ),
    "a type of ID tokens": (partial(claims, header={"typ": "id_token"}), "jwt-header"),
    "no type": (partial(claims, header={"typ": None}), "jwt-header"),
    "no key's name": (partial(claims, header={"kid": None}), "jwt-header"),
    "a key's name that is a number": (partial(header, kid=1), "jwt-header"),
    "a critical member": (partial(header, crit=["exp"], exp=1), "json-too-deep"),
    "a payload in clear": (partial(header, crit=["b64"], b64=False), "json-too-deep"),
    "a payload in clear, uncritically": (partial(header, b64=False), "jwt-header"),
    "a member of no standard": (partial(header, signer="us"), "jwt-header"),
    "a packed payload": (partial(header, zip="DEF"), "jwt-header"),
    "a key brought along": (partial(strangers, jwk=JWK), "json-too-deep"),
    "a key to be fetched": (partial(strangers, jku="https://evil.example/"), "jwt-header"),
    "a certificate brought along": (partial(strangers, x5c=["MIIB"]), "json-too-deep"),
    "a certificate to be fetched": (partial(strangers, x5u="https://evil.example/"), "jwt-header"),
    "a member twice": (
        lambda issuer: issuer.by_hand(b'{"typ":"JWT","alg":"none","alg":"RS256","kid":"rsa"}'),
        "json-duplicate-key",
    ),
    "a header that is a list": (lambda issuer: issuer.by_hand(b"[]"), "jwt-header"),
    "a header that is no JSON": (lambda issuer: issuer.by_hand(b"alg"), "json-syntax"),
    "a header in UTF-16": (
        lambda issuer: issuer.by_hand(json.dumps(HEAD).encode("utf-16")),
        "json-not-utf8",
    ),
    "a long header": (partial(header, kid="x" * 400), "json-too-large"),
    "padding": (changed(0, lambda text: text + "="), "base64url"),
    "a line end": (changed(2, lambda text: text[:9] + "\n" + text[9:]), "jwt-signature"),
    "letters of no alphabet": (
        changed(0, lambda text: "é" + text),
        "base64url",
    ),
    # The key and the signature
    "an unknown key": (partial(header, kid="nobody"), "unknown"),
    "a key that is a path": (partial(header, kid="../../rsa"), "unknown"),
    "the name of another key": (partial(claims, header={"kid": "other"}), "jwt-signature"),
    "the name of a key of another type": (partial(claims, header={"kid": "ec"}), "jwt-signature"),
    "another algorithm than it was": (partial(header, alg="PS256"), "jwt-signature"),
    "an algorithm of another key type": (partial(header, alg="ES256"), "jwt-signature"),
    "somebody else's signature": (strangers, "jwt-signature"),
    "other claims than were signed": (
        changed(1, other_payload),
        "jwt-signature",
    ),
    "a signature cut short": (
        changed(2, lambda text: text[:-4]),
        "jwt-signature",
    ),
    "a signature spelt otherwise": (changed(2, unused_bits), "jwt-signature"),
    "a signature of zeros": (changed(2, lambda _: "A" * 342), "jwt-signature"),
    # The claims, rightly signed
    "claims that are a list": (partial(payload, b"[]"), "jwt-claims"),
    "claims that are no JSON": (partial(payload, b"\xff"), "json-not-utf8"),
    "another token inside": (lambda issuer: issuer.signed(issuer.token().encode()), "json-syntax"),
    "a claim twice": (
        partial(spelled, old='"tid"', new=f'"tid": "{OTHER_TENANT}", "tid"'),
        "json-duplicate-key",
    ),
    "a claim twice, by an escape": (
        partial(spelled, old='"roles"', new='"r\\u006fles": [], "roles"'),
        "json-duplicate-key",
    ),
    "no number": (partial(spelled, old='"ver": "2.0"', new='"ver": NaN'), "json-number"),
    "no expiry": (partial(claims, exp=None), "jwt-claims"),
    "an expiry in words": (partial(claims, exp="4102444800"), "jwt-claims"),
    "an expiry that is true": (partial(claims, exp=True), "jwt-claims"),
    "an expiry in parts of seconds": (partial(claims, exp=4102444800.5), "json-number"),
    "an expiry beyond all times": (partial(claims, exp=10**30), "json-number"),
    "expired": (at("exp", -LEEWAY), "jwt-expired"),
    "not yet good": (at("nbf", LEEWAY + 1), "jwt-not-yet-valid"),
    "good from no time": (partial(claims, nbf="now"), "jwt-claims"),
    "issued tomorrow": (at("iat", LEEWAY + 1), "jwt-not-yet-valid"),
    "issued never": (partial(claims, iat=None), "jwt-claims"),
    "another issuer": (partial(claims, iss="https://evil.example/"), "jwt-issuer"),
    "an issuer like ours": (lambda issuer: issuer.token(iss=issuer.name + "/"), "jwt-issuer"),
    "an issuer in capitals": (lambda issuer: issuer.token(iss=issuer.name.upper()), "jwt-issuer"),
    "two issuers": (lambda issuer: issuer.token(iss=[issuer.name]), "jwt-claims"),
    "no issuer": (partial(claims, iss=None), "jwt-claims"),
    "for another": (partial(claims, aud="00000003-0000-0000-c000-000000000000"), "jwt-audience"),
    "for one whose name begins like ours": (partial(claims, aud=AUDIENCE + "0"), "jwt-audience"),
    "for part of us": (partial(claims, aud=AUDIENCE[:-1]), "jwt-audience"),
    "for others": (partial(claims, aud=["api://x", "api://y"]), "jwt-audience"),
    "for nobody": (partial(claims, aud=[]), "jwt-audience"),
    "for us and a number": (partial(claims, aud=[AUDIENCE, 1]), "jwt-claims"),
    "without an audience": (partial(claims, aud=None), "jwt-claims"),
    "another tenant": (partial(claims, tid=OTHER_TENANT), "jwt-tenant"),
    "no tenant": (partial(claims, tid=None), "jwt-tenant"),
    "a tenant that is a list": (partial(claims, tid=[TENANT]), "jwt-claims"),
    "an ID token": (partial(claims, nonce="1"), "jwt-id-token"),
    "an ID token of the code flow": (partial(claims, at_hash="x"), "jwt-id-token"),
    "no subject": (partial(claims, sub=None), "jwt-claims"),
    "a subject that is a number": (partial(claims, sub=1), "jwt-claims"),
    "an empty subject": (partial(claims, sub=""), "jwt-claims"),
    "an object id that is a number": (partial(claims, oid=1), "jwt-claims"),
    "roles in one text": (partial(claims, roles="practitioner"), "jwt-claims"),
    "roles of which one is none": (partial(claims, roles=["practitioner", None]), "jwt-claims"),
    "groups in a table": (partial(claims, groups={GROUP: True}), "jwt-claims"),
    "groups elsewhere, unreadably": (partial(claims, _claim_names="groups"), "jwt-claims"),
}
