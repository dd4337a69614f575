"""An issuer of access tokens in the shape of Microsoft Entra ID's, and all that can be wrong with
one (`bad_tokens.py`). jwcrypto signs, so that joserfc, with which we verify, is not held against
itself; what it would not sign is put together by hand."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwcrypto.jwk  # type: ignore[import-untyped]
import jwcrypto.jws  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from app.crypto import base64url
from app.crypto.jwt import Expected

NOW = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
TENANT = "0f9e8d7c-0000-4000-8000-000000000001"
OTHER_TENANT = "0f9e8d7c-0000-4000-8000-000000000002"
PERSON = "5a5a5a5a-0000-4000-8000-000000000001"
AUDIENCE = "c0ffee00-0000-4000-8000-000000000001"
GROUP = "9d9d9d9d-0000-4000-8000-000000000001"
NAME = "Kanarienvogel"
"""Stands wherever a token holds a name, and must come back nowhere."""

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Json = dict[str, Any]


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key that is made once; `number` tells those of one size apart."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: Private, **members: str) -> Json:
    """The public key as a provider shows it."""
    jwk: Json = jwcrypto.jwk.JWK.from_pyca(key).export_public(as_dict=True)
    return {**jwk, "use": "sig", **members}


def compact(header: Json, payload: bytes, key: Private) -> str:
    """A JWS in compact form, by jwcrypto."""
    token = jwcrypto.jws.JWS(payload)
    token.allowed_algs = ["RS256", "RS512", "PS256", "ES256"]
    token.add_signature(jwcrypto.jwk.JWK.from_pyca(key), protected=json.dumps(header))
    text: str = token.serialize(compact=True)
    return text


@dataclass
class Issuer:
    """Who signs, with which keys, by name."""

    name: str = f"https://login.example/{TENANT}/v2.0"
    now: datetime = NOW
    keys: dict[str, Private] = field(
        default_factory=lambda: {"rsa": rsa_key(1), "ec": ec_key(1), "other": rsa_key(2)}
    )

    @property
    def expected(self) -> Expected:
        return Expected(self.name, AUDIENCE, TENANT)

    def jwks(self) -> Json:
        return {"keys": [public_jwk(key, kid=kid) for kid, key in self.keys.items()]}

    def claims(self, **changes: Any) -> Json:
        """Those of a practitioner; what is changed to None is left out."""
        at = int(self.now.timestamp())
        claims = {
            "aud": AUDIENCE,
            "iss": self.name,
            "iat": at,
            "nbf": at,
            "exp": at + 4000,
            "aio": "AXQAi/8TAAAA",
            "azp": "a99a99a9-0000-4000-8000-000000000001",
            "azpacr": "1",
            "email": f"{NAME}@council.example",
            "family_name": NAME,
            "groups": [GROUP],
            "name": f"{NAME} Fictional",
            "oid": PERSON,
            "preferred_username": f"{NAME}@council.example",
            "rh": "0.AX0A",
            "roles": ["practitioner"],
            "scp": "access_as_user",
            "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
            "tid": TENANT,
            "upn": f"{NAME}@council.example",
            "uti": "fqiBqXLPj0eQa82S-IYFAA",
            "ver": "2.0",
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, kid: str = "rsa", header: Json | None = None, **changes: Any) -> str:
        """A token as it should be, but for what is changed."""
        return self.signed(json.dumps(self.claims(**changes)).encode(), kid, header)

    def signed(self, payload: bytes, kid: str = "rsa", header: Json | None = None) -> str:
        alg = "ES256" if kid == "ec" else "RS256"
        head = {"typ": "JWT", "alg": alg, "kid": kid} | (header or {})
        head = {name: value for name, value in head.items() if value is not None}
        return compact(head, payload, self.keys[kid])

    def by_hand(self, header: Json | bytes, payload: bytes | None = None) -> str:
        """What no library would sign: RS256 over any header at all."""
        head = header if isinstance(header, bytes) else json.dumps(header).encode()
        body = json.dumps(self.claims()).encode() if payload is None else payload
        signing = f"{base64url.encode(head)}.{base64url.encode(body)}"
        signature = rsa_key(1).sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signing}.{base64url.encode(signature)}"
