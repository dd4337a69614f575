"""Strict ustar (POSIX.1-1988): of two readings of an archive, this allows none but one.

A header holds a path, mode 0600, a size and zeros. The reader makes the header that must be there
and compares all 512 bytes, so no extension (pax, GNU) can give a member another name or size.
"""

from collections.abc import Iterable, Iterator

from app.errors import Malformed

BLOCK = 512
END = bytes(2 * BLOCK)
_SIZE = slice(124, 135)


def header(path: str, size: int) -> bytes:
    """The 512 bytes before a regular file's data; `path` at most 100 ASCII characters."""
    fields = [
        path.encode("ascii").ljust(100, b"\0"),
        b"0000600\0",  # mode
        b"0000000\0" * 2,  # uid, gid
        f"{size:011o}\0".encode(),
        b"00000000000\0",  # mtime
        b" " * 8,  # checksum, reckoned as spaces
        b"0",  # a regular file
        bytes(100),  # link name
        b"ustar\x0000",
        bytes(64),  # user and group name
        b"0000000\0" * 2,  # device
        bytes(167),  # prefix, padding
    ]
    block = b"".join(fields)
    return block[:148] + f"{sum(block):06o}\0 ".encode() + block[156:]


def padding(size: int) -> bytes:
    """The zeros after `size` bytes of data."""
    return bytes(-size % BLOCK)


def extent(size: int) -> int:
    """Bytes that a member of `size` bytes takes, header and padding included."""
    return BLOCK + size + len(padding(size))


def size_in(block: bytes, path: str) -> int:
    """The size in the header of `path`. Raises Malformed `bundle-member-header`."""
    digits = block[_SIZE]
    size = int(digits, 8) if digits and not digits.strip(b"01234567") else 0
    check_header(block, path, size)
    return size


def check_header(block: bytes, path: str, size: int) -> None:
    """Raises Malformed `bundle-member-header`."""
    if block != header(path, size):
        raise Malformed(
            "bundle-member-header", "A member is not where the manifest has it. Seal it again."
        )


class Reader:
    """Takes an archive apart as its bytes arrive; holds no more than one piece of them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""

    def data(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes. Raises Malformed `bundle-truncated`."""
        while size:
            if not self._held:
                self._held = self._next()
            piece, self._held = self._held[:size], self._held[size:]
            size -= len(piece)
            yield piece

    def take(self, size: int) -> bytes:
        return b"".join(self.data(size))

    def header(self, path: str, size: int) -> None:
        """Raises Malformed `bundle-member-header`, `bundle-truncated`."""
        check_header(self.take(BLOCK), path, size)

    def first_header(self, path: str) -> int:
        """The size in a header that nothing has announced."""
        return size_in(self.take(BLOCK), path)

    def padding(self, size: int) -> None:
        """Raises Malformed `bundle-member-padding`, `bundle-truncated`."""
        zeros = padding(size)
        if self.take(len(zeros)) != zeros:
            raise Malformed("bundle-member-padding", "Fill up members with zeros only.")

    def end(self) -> None:
        """Raises Malformed `bundle-trailer`, `bundle-trailing`, `bundle-truncated`."""
        if self.take(len(END)) != END:
            raise Malformed("bundle-trailer", "End the archive with 1,024 zeros.")
        if self._held or any(self._pieces):
            raise Malformed("bundle-trailing", "Send nothing after the archive's end.")

    def _next(self) -> bytes:
        for piece in self._pieces:
            if piece:
                return piece
        raise Malformed("bundle-truncated", "The archive ends early. Seal it again.")
