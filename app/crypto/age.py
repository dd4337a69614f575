"""age v1 files (c2sp.org/age): seal as a stream, open as a stream, or open any part by range.

After the header come a 16-byte nonce and the payload in chunks of 64 KiB, each sealed with
ChaCha20-Poly1305 (RFC 8439) under its number and a flag on the last one. No plaintext is released
before the chunk it came in has been authenticated.
"""

import os
from collections.abc import Callable, Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.crypto.header import MAX_HEADER, Header, derive
from app.crypto.recipients import FILE_KEY, Identity, Recipient
from app.errors import Malformed, NotVerified

Read = Callable[[int], bytes]
"""`read(n)`: at most n bytes from the front; none only at the end."""
ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, n)`: n bytes from `offset`, fewer only at the end."""

CHUNK = 64 * 1024
"""Plaintext bytes in every chunk but the last."""
_NONCE = 16
_TAG = 16
_SEALED = CHUNK + _TAG


def ciphertext_size(prefix: int, plaintext: int) -> int:
    """Size in bytes of a whole file, from those of `Encryptor.prefix` and of its plaintext."""
    return prefix + plaintext + _TAG * max(1, -(-plaintext // CHUNK))


class Encryptor:
    """Seals what is pushed: write `prefix`, each `update(...)` and `finish()`, in that order."""

    def __init__(self, recipients: Sequence[Recipient]) -> None:
        """Raises Malformed `age-header-malformed` for no, too many or ill-mixed recipients."""
        file_key, nonce = os.urandom(FILE_KEY), os.urandom(_NONCE)
        stanzas = tuple(recipient.wrap(file_key) for recipient in recipients)
        self.header = Header.seal(stanzas, file_key)
        self.prefix = self.header.encode() + nonce
        self._chunks = _Chunks(file_key, nonce)
        self._index = 0
        self._held = bytearray()

    def update(self, data: bytes) -> bytes:
        self._held += data
        full = max(0, len(self._held) - 1) // CHUNK  # what is held may still be the last chunk
        with memoryview(self._held) as view:
            sealed = b"".join(
                self._chunks.seal(self._index + i, view[i * CHUNK :][:CHUNK], last=False)
                for i in range(full)
            )
        del self._held[: full * CHUNK]
        self._index += full
        return sealed

    def finish(self) -> bytes:
        return self._chunks.seal(self._index, self._held, last=True)


class Stream:
    """An age file read from front to back."""

    def __init__(self, read: Read) -> None:
        """Raises Malformed `age-header-malformed`."""
        start = _take(read, MAX_HEADER)
        self.header = Header.parse(start)
        self._read = _resume(start[len(self.header.encode()) :], read)

    def chunks(self, identities: Sequence[Identity]) -> Iterator[bytes]:
        """The plaintext, once: each piece authenticated, the whole only when iteration ends.

        Raises NotVerified `age-no-identity-matches`, `age-header-mac`, `age-payload-chunk`,
        `age-payload-truncated`, `age-payload-trailing`; Malformed `age-nonce-missing`,
        `age-payload-empty-chunk`, and what an identity raises.
        """
        file_key = open_header(self.header, identities)
        chunks = _Chunks(file_key, _take(self._read, _NONCE))
        index, last = 0, False
        while not last:
            plain, last = chunks.open_next(index, _take(self._read, _SEALED))
            yield plain
            index += 1
        if self._read(1):
            raise NotVerified("age-payload-trailing", "Bytes follow the end. Ask for it again.")


def decrypt(read: Read, identities: Sequence[Identity]) -> Iterator[bytes]:
    """The plaintext of an age file; raises as `Stream` and `Stream.chunks` do."""
    yield from Stream(read).chunks(identities)


class Payload:
    """The plaintext of an age file of known size, any range of it at a time."""

    def __init__(self, read_at: ReadAt, size: int, identities: Sequence[Identity]) -> None:
        """`size` bytes of file. The last chunk is authenticated now, so the end is where it is.

        Raises as `Stream` and `chunks` do, save that bytes after the end are `age-payload-chunk`.
        """
        self._read_at = read_at
        self._end = size
        self.header = Header.parse(read_at(0, min(size, MAX_HEADER)))
        nonce_at = len(self.header.encode())
        self._start = nonce_at + _NONCE
        self._count = max(1, -(-(size - self._start) // _SEALED))
        self.size = size - self._start - self._count * _TAG
        """Plaintext bytes."""
        file_key = open_header(self.header, identities)
        self._chunks = _Chunks(file_key, read_at(nonce_at, _NONCE))
        last = self._count - 1
        self._chunks.open_last(last, self._exactly(self._start + last * _SEALED, size))

    def read(self, offset: int, n: int) -> bytes:
        """As `plaintext[offset : offset + n]`; memory and reading in proportion to `n`.

        Raises NotVerified `age-payload-chunk`, `age-payload-truncated`.
        """
        stop = min(offset + n, self.size)
        if not 0 <= offset < stop:
            return b""
        first, past = offset // CHUNK, -(-stop // CHUNK)
        begin = self._start + first * _SEALED
        sealed = self._exactly(begin, min(begin + (past - first) * _SEALED, self._end))
        plain = b"".join(self._open(first + i, piece) for i, piece in enumerate(_split(sealed)))
        return plain[offset - first * CHUNK : stop - first * CHUNK]

    def _open(self, index: int, sealed: bytes) -> bytes:
        if index == self._count - 1:
            return self._chunks.open_last(index, sealed)
        return self._chunks.open(index, sealed)

    def _exactly(self, begin: int, end: int) -> bytes:
        data = self._read_at(begin, end - begin) if begin < end else b""
        if len(data) != end - begin:
            raise _truncated()
        return data


def open_header(header: Header, identities: Sequence[Identity]) -> bytes:
    """The file key, by the first identity that a stanza is for; the header is then verified."""
    for identity in identities:
        file_key = identity.unwrap(header)
        if file_key is not None:
            header.verify(file_key)
            return file_key
    raise NotVerified("age-no-identity-matches", "Ask for a file sealed to a key that you hold.")


class _Chunks:
    """The cipher of one payload: its chunks by number, the last one under its flag."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        if len(nonce) != _NONCE:
            raise Malformed("age-nonce-missing", "The file ends early. Ask for it again.")
        self._cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))

    def seal(self, index: int, plain: bytearray | memoryview, *, last: bool) -> bytes:
        return self._cipher.encrypt(_counter(index, last=last), plain, None)

    def open(self, index: int, sealed: bytes) -> bytes:
        """A chunk that is not the last. Raises NotVerified `age-payload-chunk`."""
        plain = self._try(index, sealed, last=False)
        if plain is None or len(sealed) != _SEALED:
            raise _broken()
        return plain

    def open_last(self, index: int, sealed: bytes) -> bytes:
        """The last chunk; empty only where the whole payload is."""
        plain = self._try(index, sealed, last=True)
        if plain is None:
            cut = not sealed or self._try(index, sealed, last=False) is not None
            raise _truncated() if cut else _broken()
        if not plain and index:
            raise Malformed("age-payload-empty-chunk", "Seal the file again: its end is not valid.")
        return plain

    def open_next(self, index: int, sealed: bytes) -> tuple[bytes, bool]:
        """A chunk of a stream, and whether it is the last."""
        plain = self._try(index, sealed, last=False) if len(sealed) == _SEALED else None
        if plain is not None:
            return plain, False
        return self.open_last(index, sealed), True

    def _try(self, index: int, sealed: bytes, *, last: bool) -> bytes | None:
        try:
            return self._cipher.decrypt(_counter(index, last=last), sealed, None)
        except InvalidTag:
            return None


def _counter(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _split(sealed: bytes) -> Iterator[bytes]:
    for at in range(0, len(sealed), _SEALED):
        yield sealed[at : at + _SEALED]


def _take(read: Read, n: int) -> bytes:
    """Exactly `n` bytes, fewer only at the end."""
    taken = bytearray()
    while len(taken) < n and (piece := read(n - len(taken))):
        taken += piece
    return bytes(taken)


def _resume(held: bytes, read: Read) -> Read:
    """`held` first, then what `read` gives."""

    def resumed(n: int) -> bytes:
        nonlocal held
        if not held:
            return read(n)
        piece, held = held[:n], held[n:]
        return piece

    return resumed


def _truncated() -> NotVerified:
    return NotVerified("age-payload-truncated", "The file ends early. Ask for it again.")


def _broken() -> NotVerified:
    return NotVerified("age-payload-chunk", "A part of the file was changed. Ask for it again.")
