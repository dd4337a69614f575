"""Short texts sealed at rest under one key: ChaCha20-Poly1305 (RFC 8439), its nonce in front.

A nonce is 96 random bits, so a key may seal up to 2^32 texts.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.errors import Malformed, NotVerified

KEY = 32
"""Bytes."""
_NONCE = 12


def seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """`aad` says where the box belongs and must be given again to open it.

    Raises Malformed `box-key` unless `key` is 32 bytes.
    """
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, plaintext, aad)


def open_(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises NotVerified `box-broken`, Malformed `box-key`."""
    cipher = _cipher(key)
    try:
        return cipher.decrypt(sealed[:_NONCE].ljust(_NONCE), sealed[_NONCE:], aad)
    except InvalidTag:
        raise NotVerified(
            "box-broken", "This text was sealed under another key or elsewhere, or was changed."
        ) from None


def _cipher(key: bytes) -> ChaCha20Poly1305:
    if len(key) != KEY:
        raise Malformed("box-key", "Use a key of 32 bytes.")
    return ChaCha20Poly1305(key)
