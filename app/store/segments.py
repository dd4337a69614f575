"""A list of segment files read, or written, as one file."""

import os
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.errors import Malformed, NotFound, NotVerified

SEGMENT_SIZE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a blob: `size` bytes that belong at `offset`."""

    path: Path
    offset: int
    size: int

    @property
    def end(self) -> int:
        """Offset of the byte after the last."""
        return self.offset + self.size


class _Closing:
    """`with` closes, whatever happens."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SegmentReader(_Closing):
    """Reads segments in order, or anywhere; at most one file is open. For one thread."""

    def __init__(self, segments: list[Segment]) -> None:
        """`segments` follow each other without a gap; there is at least one."""
        self._segments = segments
        self._starts = [segment.offset for segment in segments]
        self._position = 0
        self._open: tuple[Segment, int] | None = None
        self.size = segments[-1].end

    def read(self, n: int) -> bytes:
        """The next `n` bytes, fewer only at the end."""
        data = self.read_at(self._position, n)
        self._position += len(data)
        return data

    def read_at(self, offset: int, n: int) -> bytes:
        """`n` bytes from `offset`, fewer only at the end; leaves the place of `read` alone.

        Raises Malformed for a negative number, NotFound if the blob was deleted meanwhile and
        NotVerified if the disk has lost bytes.
        """
        if offset < 0 or n < 0:
            raise Malformed("blob-range", "Ask for a range that begins at 0 or later.")
        pieces = []
        end = min(offset + n, self.size)
        while offset < end:
            segment = self._segments[bisect_right(self._starts, offset) - 1]
            wanted = min(end, segment.end) - offset
            pieces.append(self._piece(segment, offset - segment.offset, wanted))
            offset += wanted
        return b"".join(pieces)

    def close(self) -> None:
        """Close the file that is open, if any."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _piece(self, segment: Segment, start: int, wanted: int) -> bytes:
        try:
            data = os.pread(self._descriptor(segment), wanted, start)
        except FileNotFoundError as error:
            raise NotFound("blob-missing", "These bytes have been deleted.") from error
        if len(data) != wanted:
            raise NotVerified("blob-damaged", "Stored bytes are missing: restore from a backup.")
        return data

    def _descriptor(self, segment: Segment) -> int:
        if self._open is None or self._open[0] is not segment:
            self.close()
            self._open = (segment, os.open(segment.path, os.O_RDONLY))
        return self._open[1]


class SegmentWriter(_Closing):
    """Cuts what is written into full segments; `close` puts the rest.

    What arrived is kept, also after an exception: an upload goes on from there.
    """

    def __init__(self, put: Callable[[int, bytes], int], length: int) -> None:
        """`put(offset, data)` stores one segment; `length` is where to go on."""
        self._put = put
        self._stored = length
        self._rest = bytearray()

    @property
    def size(self) -> int:
        """Bytes of the blob, with those not yet put."""
        return self._stored + len(self._rest)

    def write(self, data: bytes) -> int:
        """Take all of `data`; raises what the store raises."""
        self._rest += data
        while len(self._rest) >= SEGMENT_SIZE:
            piece = bytes(self._rest[:SEGMENT_SIZE])
            del self._rest[:SEGMENT_SIZE]
            self._flush(piece)
        return len(data)

    def close(self) -> None:
        """Put the rest; nothing happens the second time."""
        piece = bytes(self._rest)
        self._rest.clear()
        if piece:
            self._flush(piece)

    def _flush(self, piece: bytes) -> None:
        try:
            self._stored = self._put(self._stored, piece)
        except BaseException:
            self._rest.clear()  # a gap must not follow
            raise
