"""The text header of an age v1 file (c2sp.org/age): one spelling, bounded, with its MAC."""

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import Malformed, NotVerified

MAX_HEADER = 64 * 1024
"""Bytes. The format sets no bound; twenty hybrid stanzas need half of this."""
MAX_STANZAS = 20
_VERSION = b"age-encryption.org/v1"
_COLUMNS = 64
_MAC = 32
_STANZA = re.compile(rb"-> [!-~]+(?: [!-~]+)*")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key: a type, its arguments and a binary body."""

    type: str
    args: tuple[str, ...]
    body: bytes

    def encode(self) -> bytes:
        text = encode64(self.body)
        # The body ends with a short line, an empty one if need be.
        lines = [text[i : i + _COLUMNS] for i in range(0, len(text) + 1, _COLUMNS)]
        return "\n".join([" ".join(["->", self.type, *self.args]), *lines, ""]).encode()


@dataclass(frozen=True, slots=True)
class Header:
    """The stanzas of one file and the MAC that binds them to its file key."""

    stanzas: tuple[Stanza, ...]
    mac: bytes

    @classmethod
    def seal(cls, stanzas: tuple[Stanza, ...], file_key: bytes) -> "Header":
        """Raises Malformed `age-header-malformed` for stanzas that no header may hold."""
        _check(stanzas)
        return cls(stanzas, _hmac(stanzas, file_key).finalize())

    @classmethod
    def parse(cls, start: bytes) -> "Header":
        """The header that `start`, the first MAX_HEADER bytes of a file, begins with.

        Raises Malformed `age-header-malformed` unless it is spelt in the one canonical way.
        """
        end = start.find(b"\n", start.find(b"\n---") + 1) + 1
        text = start[:end]
        try:
            header = _read(text.split(b"\n"))
        except (binascii.Error, IndexError):
            raise _malformed() from None
        if end > MAX_HEADER or len(header.mac) != _MAC or header.encode() != text:
            raise _malformed()
        _check(header.stanzas)
        return header

    def encode(self) -> bytes:
        return _covered(self.stanzas) + f" {encode64(self.mac)}\n".encode()

    def verify(self, file_key: bytes) -> None:
        """Raises NotVerified `age-header-mac` unless the file key's owner wrote this header."""
        try:
            _hmac(self.stanzas, file_key).verify(self.mac)
        except InvalidSignature:
            raise NotVerified(
                "age-header-mac", "The header was changed after sealing. Ask for the file again."
            ) from None


def encode64(data: bytes) -> str:
    """Standard base64 without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def decode64(text: str) -> bytes:
    """What `encode64` spells exactly so. Raises Malformed `age-header-malformed`."""
    try:
        data = _lenient64(text.encode())
    except (binascii.Error, UnicodeEncodeError):
        raise _malformed() from None
    if encode64(data) != text:
        raise _malformed()
    return data


def derive(file_key: bytes, salt: bytes | None, info: bytes) -> bytes:
    """A 32-byte key by HKDF-SHA-256."""
    return HKDF(SHA256(), 32, salt, info).derive(file_key)


def _read(lines: list[bytes]) -> Header:
    """The header by its shape only: the caller spells it again and compares."""
    stanzas = []
    at = 1
    while _STANZA.fullmatch(lines[at]):
        kind, *args = lines[at].decode("ascii").split(" ")[1:]
        at += 1
        first = at
        while len(lines[at]) == _COLUMNS:
            at += 1
        stanzas.append(Stanza(kind, tuple(args), _lenient64(b"".join(lines[first : at + 1]))))
        at += 1
    return Header(tuple(stanzas), _lenient64(lines[at][4:]))


def _lenient64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _check(stanzas: tuple[Stanza, ...]) -> None:
    alone = len(stanzas) == 1 or all(stanza.type != "scrypt" for stanza in stanzas)
    if not (1 <= len(stanzas) <= MAX_STANZAS and alone):
        raise _malformed()


def _covered(stanzas: tuple[Stanza, ...]) -> bytes:
    return b"".join([_VERSION, b"\n", *(stanza.encode() for stanza in stanzas), b"---"])


def _hmac(stanzas: tuple[Stanza, ...], file_key: bytes) -> HMAC:
    mac = HMAC(derive(file_key, None, b"header"), SHA256())
    mac.update(_covered(stanzas))
    return mac


def _malformed() -> Malformed:
    return Malformed("age-header-malformed", "Send a whole age v1 file: this header is not one.")
