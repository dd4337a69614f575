"""A list of segments read, or written, as one file; and what a place that keeps them can do."""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from app.errors import Malformed, NotVerified

SEGMENT_SIZE = 8 * 1024 * 1024
_NAME = re.compile(r"[0-9]{20}")


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a blob: `size` bytes that belong at `offset`."""

    blob: str
    offset: int
    size: int

    @property
    def end(self) -> int:
        """Offset of the byte after the last."""
        return self.offset + self.size


def name_of(offset: int) -> str:
    """What a segment is called: names sort as offsets do."""
    return f"{offset:020d}"


def offset_of(name: str) -> int | None:
    """The offset that a name tells; None if it is no segment's."""
    return int(name) if _NAME.fullmatch(name) else None


class OpenSegment(Protocol):
    """A segment that is read. For one thread."""

    def read(self, start: int, n: int) -> bytes:
        """`n` bytes from `start`; fewer only if some were lost. Raises NotFound once deleted."""

    def close(self) -> None:
        """Let go of what it holds."""


class SegmentStore(Protocol):
    """A place that keeps segments. Ids are valid, offsets are never negative, data is never empty.

    Each method raises Unavailable when the place refuses.
    """

    def put(self, blob: str, offset: int, data: bytes) -> None:
        """Keep `data` for good, whole. Raises Conflict (`blob-offset`) if something is there."""

    def sizes(self, blob: str) -> dict[int, int]:
        """The size of each segment by its offset; none for an unknown blob."""

    def settle(self, blob: str) -> None:
        """Make durable whatever `sizes` has told."""

    def open(self, segment: Segment) -> OpenSegment:
        """To be closed. Raises NotFound (`blob-missing`)."""

    def delete(self, blob: str) -> None:
        """Remove all of a blob, its beginning first: cut short, nothing is at offset 0 any more."""

    def written(self) -> dict[str, datetime]:
        """When each blob was last written to, at all, by the clock that `now` tells."""

    def now(self) -> datetime:
        """The time of whoever says when something was written."""

    def sweep(self, before: datetime) -> None:
        """Remove unfinished work that was left before then."""

    def check(self) -> None:
        """That it takes what is put, and that `put` never writes over."""

    def free(self) -> int | None:
        """Bytes of room, if that is known."""


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
    """Reads segments in order, or anywhere; at most one is open. For one thread."""

    def __init__(
        self, segments: list[Segment], open_segment: Callable[[Segment], OpenSegment]
    ) -> None:
        """`segments` follow each other without a gap; there is at least one."""
        self._segments = segments
        self._starts = [segment.offset for segment in segments]
        self._position = 0
        self._open_segment = open_segment
        self._open: tuple[Segment, OpenSegment] | None = None
        self.size = segments[-1].end

    def read(self, n: int) -> bytes:
        """The next `n` bytes, fewer only at the end."""
        data = self.read_at(self._position, n)
        self._position += len(data)
        return data

    def read_at(self, offset: int, n: int) -> bytes:
        """`n` bytes from `offset`, fewer only at the end; leaves the place of `read` alone.

        Raises Malformed for a negative number, NotFound if the blob was deleted meanwhile and
        NotVerified if bytes were lost.
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
        """Close the segment that is open, if any."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _piece(self, segment: Segment, start: int, wanted: int) -> bytes:
        if self._open is None or self._open[0] is not segment:
            self.close()
            self._open = (segment, self._open_segment(segment))
        data = self._open[1].read(start, wanted)
        if len(data) != wanted:
            raise NotVerified("blob-damaged", "Stored bytes are missing: restore from a backup.")
        return data


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
