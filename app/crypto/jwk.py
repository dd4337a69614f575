"""Pairs of signature keys: Ed25519 (RFC 8037) and ML-DSA-65 (FIPS 204, RFC 9964) as JWKs.

A pair is one signer. Neither key is ever used without the other, so that a signature holds as
long as one of the two algorithms does.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from app.crypto import base64url, strictjson
from app.errors import Malformed

Jwk: TypeAlias = dict[str, str]


@dataclass(frozen=True, eq=False)
class VerifyingKeys:
    """The public half of a pair."""

    ed25519: Ed25519PublicKey
    mldsa65: MLDSA65PublicKey

    @classmethod
    def from_jwks(cls, jwks: tuple[Jwk, Jwk]) -> "VerifyingKeys":
        """From the two JWKs, Ed25519 first. Raises Malformed `jwk-form`."""
        first, second = jwks
        try:
            keys = cls(
                Ed25519PublicKey.from_public_bytes(base64url.decode(first.get("x", ""))),
                MLDSA65PublicKey.from_public_bytes(base64url.decode(second.get("pub", ""))),
            )
        except (ValueError, Malformed):
            raise _not_a_pair() from None
        if keys.jwks() != (first, second):
            raise _not_a_pair()
        return keys

    def jwks(self) -> tuple[Jwk, Jwk]:
        """The two JWKs with their required members and no others, Ed25519 first."""
        x = base64url.encode(self.ed25519.public_bytes_raw())
        pub = base64url.encode(self.mldsa65.public_bytes_raw())
        return (
            {"crv": "Ed25519", "kty": "OKP", "x": x},
            {"alg": "ML-DSA-65", "kty": "AKP", "pub": pub},
        )

    @cached_property
    def kids(self) -> tuple[str, str]:
        """The JWK thumbprints (RFC 7638, SHA-256), Ed25519 first."""
        first, second = self.jwks()
        return thumbprint(first), thumbprint(second)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyingKeys) and self.jwks() == other.jwks()

    def __hash__(self) -> int:
        return hash(self.kids)


@dataclass(frozen=True, eq=False, repr=False)
class SigningKeys:
    """The private half of a pair. Its `repr` shows the public thumbprints only."""

    ed25519: Ed25519PrivateKey
    mldsa65: MLDSA65PrivateKey

    @classmethod
    def generate(cls) -> "SigningKeys":
        """A new pair from the system's random source."""
        return cls(Ed25519PrivateKey.generate(), MLDSA65PrivateKey.generate())

    @classmethod
    def from_seeds(cls, ed25519: bytes, mldsa65: bytes) -> "SigningKeys":
        """From two seeds of 32 bytes (RFC 8032, FIPS 204). Raises Malformed `jwk-seed`."""
        if len(ed25519) != 32 or len(mldsa65) != 32:
            raise Malformed("jwk-seed", "Give two seeds of 32 bytes.")
        return cls(
            Ed25519PrivateKey.from_private_bytes(ed25519),
            MLDSA65PrivateKey.from_seed_bytes(mldsa65),
        )

    @property
    def seeds(self) -> tuple[bytes, bytes]:
        """The two secret seeds, Ed25519 first."""
        return self.ed25519.private_bytes_raw(), self.mldsa65.private_bytes_raw()

    @property
    def public(self) -> VerifyingKeys:
        """What others need in order to verify."""
        return VerifyingKeys(self.ed25519.public_key(), self.mldsa65.public_key())

    def __repr__(self) -> str:
        return f"SigningKeys(kids={self.public.kids})"


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638 for a JWK that has its required members only: base64url of SHA-256."""
    return base64url.encode(hashlib.sha256(strictjson.canonical({**jwk})).digest())


def _not_a_pair() -> Malformed:
    return Malformed("jwk-form", "Give one Ed25519 and one ML-DSA-65 public JWK, in this order.")
