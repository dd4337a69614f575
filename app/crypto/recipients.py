"""Who can open an age file: post-quantum hybrid keys (`mlkem768x25519`) and passphrases (`scrypt`).

Source: c2sp.org/age. The hybrid wraps the file key by HPKE (RFC 9180) with the KEM that combines
ML-KEM-768 (FIPS 203) and X25519.
"""

import os
import re
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHAKE256, Hash
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.crypto import bech32
from app.crypto.header import Header, Stanza, decode64, encode64
from app.errors import Malformed

FILE_KEY = 16
"""Bytes."""
HYBRID = "mlkem768x25519"
SCRYPT = "scrypt"

_WRAPPED = FILE_KEY + 16
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"age-encryption.org/mlkem768x25519"
_ENC = 1120
_SEED = 32
_MLKEM_SEED, _MLKEM_PUBLIC, _X25519 = 64, 1184, 32
_SECRET_PREFIX, _PUBLIC_PREFIX = "age-secret-key-pq-", "age1pq"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SALT = 16


class Recipient(Protocol):
    """Who a file is sealed to."""

    def wrap(self, file_key: bytes) -> Stanza:
        """The 16-byte file key, for this recipient only."""
        ...


class Identity(Protocol):
    """Who can open a file."""

    def unwrap(self, header: Header) -> bytes | None:
        """The 16-byte file key, or None when no stanza is for this identity.

        Raises Malformed `age-stanza-malformed` for a stanza of its type with another shape.
        """
        ...


class HybridRecipient:
    """A public hybrid key, spelt `age1pq1...`: ML-KEM-768 (1,184 bytes), then X25519 (32)."""

    __slots__ = ("_key", "raw")

    def __init__(self, raw: bytes) -> None:
        """Raises Malformed `age-recipient-malformed`."""
        try:
            self._key = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC]),
                X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:]),
            )
            self.raw = raw
            self.wrap(bytes(FILE_KEY))  # an X25519 point of low order fails only when used
        except ValueError:
            raise _recipient_malformed() from None

    @classmethod
    def from_string(cls, text: str) -> "HybridRecipient":
        """Raises Malformed `age-recipient-malformed`."""
        return _recipient(text)

    def to_string(self) -> str:
        return bech32.encode(_PUBLIC_PREFIX, self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        sealed = _SUITE.encrypt(file_key, self._key, info=_INFO)
        return Stanza(HYBRID, (encode64(sealed[:_ENC]),), sealed[_ENC:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HybridRecipient) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"HybridRecipient({self.to_string()[:20]}...)"


@lru_cache(maxsize=1024)
def _recipient(text: str) -> HybridRecipient:
    """Each public key is read once: every directory, card and grant spells the same few again."""
    try:
        return HybridRecipient(bech32.decode(_PUBLIC_PREFIX, text))
    except Malformed:
        raise _recipient_malformed() from None


class HybridIdentity:
    """A private hybrid key, spelt `AGE-SECRET-KEY-PQ-1...`: a seed of 32 bytes."""

    __slots__ = ("_key", "_seed", "recipient")

    def __init__(self, seed: bytes) -> None:
        """Raises Malformed `age-identity-malformed`."""
        if len(seed) != _SEED:
            raise _identity_malformed()
        xof = Hash(SHAKE256(_MLKEM_SEED + _X25519))
        xof.update(seed)
        expanded = xof.finalize()
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED:])
        self._seed = seed
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.recipient = HybridRecipient(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> "HybridIdentity":
        return cls(os.urandom(_SEED))

    @classmethod
    def from_string(cls, text: str) -> "HybridIdentity":
        """Raises Malformed `age-identity-malformed`."""
        if text != text.upper():
            raise _identity_malformed()
        try:
            return cls(bech32.decode(_SECRET_PREFIX, text.lower()))
        except Malformed:
            raise _identity_malformed() from None

    def to_string(self) -> str:
        """The private key itself: for the keyring and for the disaster card, never for a log."""
        return bech32.encode(_SECRET_PREFIX, self._seed).upper()

    def unwrap(self, header: Header) -> bytes | None:
        for stanza in header.stanzas:
            if stanza.type != HYBRID:
                continue
            enc = decode64(_only(stanza.args))
            if len(enc) != _ENC or len(stanza.body) != _WRAPPED:
                raise _stanza_malformed()
            try:
                return _SUITE.decrypt(enc + stanza.body, self._key, info=_INFO)
            except InvalidTag:
                continue
        return None

    def __repr__(self) -> str:
        return f"HybridIdentity(for {self.recipient!r})"


class ScryptRecipient:
    """A passphrase to seal with; always the only stanza of its header."""

    __slots__ = ("_log_n", "_passphrase")

    def __init__(self, passphrase: bytes, log_n: int = 18) -> None:
        """Opening takes 2^`log_n` KiB of memory: 18 is 256 MiB and about a second."""
        self._passphrase = passphrase
        self._log_n = log_n

    def wrap(self, file_key: bytes) -> Stanza:
        salt = os.urandom(_SALT)
        key = _stretch(self._passphrase, salt, self._log_n)
        body = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
        return Stanza(SCRYPT, (encode64(salt), str(self._log_n)), body)

    def __repr__(self) -> str:
        return "ScryptRecipient(...)"


class ScryptIdentity:
    """A passphrase to open with."""

    __slots__ = ("_max_log_n", "_passphrase")

    def __init__(self, passphrase: bytes, max_log_n: int = 20) -> None:
        """A file that asks for more than 2^`max_log_n` KiB of memory is refused."""
        self._passphrase = passphrase
        self._max_log_n = max_log_n

    def unwrap(self, header: Header) -> bytes | None:
        """Also raises Malformed `age-work-factor`."""
        stanza = header.stanzas[0]
        if stanza.type != SCRYPT:
            return None
        if len(stanza.args) != 2 or len(stanza.body) != _WRAPPED:
            raise _stanza_malformed()
        salt, log_n = decode64(stanza.args[0]), stanza.args[1]
        if len(salt) != _SALT or not re.fullmatch(r"[1-9][0-9]*", log_n):
            raise _stanza_malformed()
        if len(log_n) > 2 or int(log_n) > self._max_log_n:
            raise Malformed(
                "age-work-factor", "Seal the file again with a lower scrypt work factor."
            )
        key = _stretch(self._passphrase, salt, int(log_n))
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), stanza.body, None)
        except InvalidTag:
            return None

    def __repr__(self) -> str:
        return "ScryptIdentity(...)"


def _stretch(passphrase: bytes, salt: bytes, log_n: int) -> bytes:
    return Scrypt(_SCRYPT_LABEL + salt, length=32, n=1 << log_n, r=8, p=1).derive(passphrase)


def _only(args: tuple[str, ...]) -> str:
    if len(args) != 1:
        raise _stanza_malformed()
    return args[0]


def _stanza_malformed() -> Malformed:
    return Malformed("age-stanza-malformed", "Seal the file again: a recipient stanza is broken.")


def _identity_malformed() -> Malformed:
    return Malformed("age-identity-malformed", "Use a whole key, AGE-SECRET-KEY-PQ-1 and on.")


def _recipient_malformed() -> Malformed:
    return Malformed("age-recipient-malformed", "Use a whole recipient, age1pq1 and on.")
