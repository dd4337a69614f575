"""age files and keys: read as a stream and by range they are the same, or refused both ways."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from app.crypto import bech32
from app.crypto.age import CHUNK, Payload, Stream
from app.crypto.header import Header, derive, encode64
from app.crypto.recipients import (
    FILE_KEY,
    HybridIdentity,
    HybridRecipient,
    Identity,
    ScryptIdentity,
)
from app.errors import CaseHandoverError
from tests.vectors.files import folder

VECTORS = Path(__file__).parents[2] / "vectors" / "age"
WHOLE, HEADER, PAYLOAD, KEY = range(4)
"""What the first byte says of the rest: a file; a header whose MAC is to be made right, and what
follows it; the pieces of a payload that are to be sealed; or the data and the text of a key."""
ME = HybridIdentity(bytes(32))
KNOWN = bytes(range(FILE_KEY))
NONCE = bytes(16)


class Anybody:
    """An identity that every header is for, so that what stands behind the stanzas is reached."""

    def unwrap(self, header: Header) -> bytes | None:
        return KNOWN


IDENTITIES: list[Identity] = [ME, ScryptIdentity(b"phrase", 6), Anybody()]


def seeds() -> Iterator[bytes]:
    for vector in folder(VECTORS):
        if len(vector.file) < 16 * 1024:
            yield bytes([WHOLE]) + vector.file
            yield bytes([HEADER]) + vector.file
    yield bytes([PAYLOAD]) + b"\x01last piece"
    yield bytes([PAYLOAD]) + b"\x80\x01\xff"
    yield bytes([KEY]) + ME.recipient.raw + b"\n" + ME.recipient.to_string().encode()
    yield bytes([KEY]) + bytes(32) + b"\n" + ME.to_string().encode()


def one(data: bytes) -> None:
    kind, rest = data[0] % 4 if data else WHOLE, data[1:]
    if kind == KEY:
        return _key(rest)
    if kind == HEADER:
        rest = _with_mac(rest)
    elif kind == PAYLOAD:
        rest = _sealed(rest)
    streamed, ranged = _opened(_stream, rest), _opened(_range, rest)
    assert streamed == ranged
    return None


def _opened(read: Callable[[bytes], bytes], file: bytes) -> bytes | None:
    """What is released, if anything. (Where a file is wrong twice, either may be said.)"""
    with suppress(CaseHandoverError):
        return read(file)
    return None


def _stream(file: bytes) -> bytes:
    stream = Stream(BytesIO(file).read)
    assert file.startswith(stream.header.encode())
    return b"".join(stream.chunks(IDENTITIES))


def _range(file: bytes) -> bytes:
    payload = Payload(lambda offset, n: file[offset : offset + n], len(file), IDENTITIES)
    return payload.read(0, payload.size)


def _with_mac(file: bytes) -> bytes:
    covered, marker, after = file.partition(b"\n---")
    mac = HMAC(derive(KNOWN, None, b"header"), SHA256())
    mac.update(covered + marker)
    _, _, body = after.partition(b"\n")
    return covered + marker + b" " + encode64(mac.finalize()).encode() + b"\n" + body


def _sealed(pieces: bytes) -> bytes:
    """A file of the pieces: each begins with a byte, whose first bit says that it is a whole chunk
    of zeros and whose last that it is sealed as the last; any other is up to the next byte 0."""
    cipher, sealed, number = ChaCha20Poly1305(derive(KNOWN, NONCE, b"payload")), b"", 0
    while pieces:
        about, rest = pieces[0], pieces[1:]
        if about & 0x80:
            plain, pieces = bytes(CHUNK), rest
        else:
            plain, _, pieces = rest.partition(b"\0")
        sealed += cipher.encrypt(number.to_bytes(11, "big") + bytes([about & 1]), plain, None)
        number += 1
    return _with_mac(b"age-encryption.org/v1\n-> x\n\n--- \n" + NONCE + sealed)


def _key(data: bytes) -> None:
    raw, _, text = data.rpartition(b"\n")
    spelt = text.decode("latin-1")
    assert bech32.decode("age1pq", bech32.encode("age1pq", raw[:40])) == raw[:40]
    for read in (HybridRecipient.from_string, HybridIdentity.from_string):
        try:
            assert read(spelt).to_string() == spelt
        except CaseHandoverError:
            continue
    recipient = HybridRecipient(raw)
    assert HybridRecipient.from_string(recipient.to_string()) == recipient
