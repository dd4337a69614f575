"""Sealed bytes as ordered segments that any process can extend, in a folder or an object store.

`uploads/{id}/{offset:020d}`: a blob *is* the list of its segments, each beginning where the one
before ends; they are never joined. A segment is put if absent, whole or not at all, and is durable
before that is said. So racing appenders of any number of machines cannot mix their bytes, and a cut
upload goes on after the last whole segment, wherever its next piece lands.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

from app.errors import Conflict, Malformed, NotFound, TooLarge
from app.store.folder import FolderSegments
from app.store.segments import (
    SEGMENT_SIZE,
    Segment,
    SegmentReader,
    SegmentStore,
    SegmentWriter,
)

SEGMENTS_PER_BLOB = 16_384
"""So that a caller who sends a byte at a time does not use up the store's names."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class BlobStore:
    """Blobs in one place. Safe for many threads, processes and machines.

    Raises Malformed for an id that is not 1 to 64 of `A-Z a-z 0-9 _ -`, NotFound for an absent
    blob, Unavailable when the disk or the object store refuses.
    """

    def __init__(self, segments: SegmentStore) -> None:
        self._store = segments

    def append(self, blob_id: str, offset: int, data: bytes) -> int:
        """Put up to 8 MiB at the end, which is at `offset`, and return the new length.

        The bytes are stored for good. Raises Conflict if the blob ends elsewhere, TooLarge for
        more than 8 MiB at once or too many pieces.
        """
        segments = self._segments(blob_id)
        if offset != _end(segments):
            raise Conflict("blob-offset", "The blob does not end there: ask for its length.")
        if len(segments) >= SEGMENTS_PER_BLOB:
            raise TooLarge("blob-pieces", "Too many small pieces: begin again with larger ones.")
        return self.put(blob_id, offset, data)

    def put(self, blob_id: str, offset: int, data: bytes) -> int:
        """`append` for one who knows that the blob ends at `offset` because it wrote that end."""
        _check(blob_id)
        if len(data) > SEGMENT_SIZE:
            raise TooLarge("segment-size", f"Append at most {SEGMENT_SIZE} bytes at once.")
        if data:
            self._store.put(blob_id, offset, data)
        return offset + len(data)

    def length(self, blob_id: str) -> int:
        """Bytes held, without a gap, from the start; 0 for an unknown id. All are durable."""
        segments = self._segments(blob_id)
        if segments:
            self._store.settle(blob_id)
        return _end(segments)

    def reader(self, blob_id: str) -> SegmentReader:
        """The blob as a file to be closed."""
        segments = self._segments(blob_id)
        if not segments:
            raise NotFound("blob-missing", "These bytes are not held here: ask for them again.")
        return SegmentReader(segments, self._store.open)

    def writer(self, blob_id: str) -> SegmentWriter:
        """A file to write to, going on from the present end, to be closed."""
        return SegmentWriter(lambda at, data: self.put(blob_id, at, data), self.length(blob_id))

    def delete(self, blob_id: str) -> None:
        """Remove the blob; nothing happens if there is none. Nobody ever sees a shorter one."""
        _check(blob_id)
        self._store.delete(blob_id)

    def check(self) -> None:
        """Raises Unavailable unless something can be written, and is not written over."""
        self._store.check()

    def free(self) -> int | None:
        """Bytes that are free for us; None where nobody counts them."""
        return self._store.free()

    def ids(self) -> list[str]:
        """Every blob that has bytes or has begun, in order of id."""
        return sorted(self._written())

    def idle(self, age: timedelta) -> list[str]:
        """Blobs to which nobody has written for `age`, in order of id."""
        before = self._store.now() - age
        return sorted(blob_id for blob_id, at in self._written().items() if at < before)

    def sweep(self, age: timedelta) -> None:
        """Remove what a crash left behind: pieces and deletions unfinished for `age`."""
        self._store.sweep(self._store.now() - age)

    def _written(self) -> dict[str, datetime]:
        return {name: at for name, at in self._store.written().items() if _ID.fullmatch(name)}

    def _segments(self, blob_id: str) -> list[Segment]:
        """Those that follow each other from 0 on."""
        _check(blob_id)
        held = self._store.sizes(blob_id)
        segments: list[Segment] = []
        while size := held.get(_end(segments)):
            segments.append(Segment(blob_id, _end(segments), size))
        return segments


def open_blobs(where: str, home: Path) -> BlobStore:
    """The store that the setting `blobs` names: a folder, or the URL of an object store.

    Raises Malformed (`blobs-url`, `blobs-driver`).
    """
    if "://" not in where:
        return BlobStore(FolderSegments(home / where))
    try:
        from app.store import objects
    except ImportError:
        raise Malformed(
            "blobs-driver", "An object store needs a driver: pip install 'case-handover[objects]'."
        ) from None
    return BlobStore(objects.ObjectSegments(objects.open_bucket(where)))


def _check(blob_id: str) -> None:
    if not _ID.fullmatch(blob_id):
        raise Malformed("blob-id", "This is not the id of a blob.")


def _end(segments: list[Segment]) -> int:
    return segments[-1].end if segments else 0
