"""Random identifiers and digests, each with exactly one spelling."""

import base64
import hashlib
import secrets

ID_PATTERN = r"^[a-z2-7]{25}[aeimquy4]$"
"""26 lower-case base32 characters (RFC 4648, no padding) hold 130 bits; the last two are zero."""
DIGEST_PATTERN = r"^[0-9a-f]{64}$"


def new_id() -> str:
    """128 random bits as text that says nothing about what it names."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
