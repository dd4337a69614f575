"""base64url without padding (RFC 7515 section 2), one spelling for one sequence of bytes."""

import base64
import binascii

from app.errors import Malformed


def encode(data: bytes) -> str:
    """The spelling of `data`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `text`. Raises Malformed `base64url` for padding, line ends, unused bits set."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        data = b""
    # Python's decoder skips what it does not know and drops unused bits: compare the spelling.
    if encode(data) != text:
        raise Malformed("base64url", "Spell binary values in base64url without padding.")
    return data
