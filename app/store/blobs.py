"""Sealed bytes in a local folder, as ordered segments that any process can extend.

`{folder}/uploads/{id}/{offset:020d}`: a blob *is* the list of its segments, each beginning where
the one before ends; they are never joined. A segment is put if absent: written beside, synced,
linked under its name, the folder synced. So a power cut leaves whole segments or none, racing
appenders cannot mix their bytes, and a cut upload goes on after the last whole segment.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from app.errors import Conflict, Malformed, NotFound, TooLarge, Unavailable
from app.store.segments import SEGMENT_SIZE, Segment, SegmentReader, SegmentWriter

SEGMENTS_PER_BLOB = 16_384
"""So that a caller who sends a byte at a time does not use up the file system's names."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_OFFSET = re.compile(r"[0-9]{20}")


class BlobStore:
    """Blobs below one folder, readable by its owner only. Safe for many threads and processes.

    Raises Malformed for an id that is not 1 to 64 of `A-Z a-z 0-9 _ -`, NotFound for an absent
    blob, Unavailable when the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is created if need be."""
        self._uploads = folder / "uploads"
        with _disk():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._uploads.mkdir(exist_ok=True, mode=0o700)
            sync_folder(folder)

    def append(self, blob_id: str, offset: int, data: bytes) -> int:
        """Put up to 8 MiB at the end, which is at `offset`, and return the new length.

        The bytes have reached the disk. Raises Conflict if the blob ends elsewhere, TooLarge for
        more than 8 MiB at once or too many pieces.
        """
        segments = self._segments(self._folder(blob_id))
        if offset != (segments[-1].end if segments else 0):
            raise Conflict("blob-offset", "The blob does not end there: ask for its length.")
        if len(segments) >= SEGMENTS_PER_BLOB:
            raise TooLarge("blob-pieces", "Too many small pieces: begin again with larger ones.")
        return self.put(blob_id, offset, data)

    def put(self, blob_id: str, offset: int, data: bytes) -> int:
        """`append` for one who knows that the blob ends at `offset` because it wrote that end."""
        folder = self._folder(blob_id)
        if len(data) > SEGMENT_SIZE:
            raise TooLarge("segment-size", f"Append at most {SEGMENT_SIZE} bytes at once.")
        if not data:
            return offset
        with _disk():
            if offset == 0:
                folder.mkdir(exist_ok=True, mode=0o700)
                sync_folder(self._uploads)
            _put_if_absent(folder, f"{offset:020d}", data)
        return offset + len(data)

    def length(self, blob_id: str) -> int:
        """Bytes held, without a gap, from the start; 0 for an unknown id. All are on the disk."""
        folder = self._folder(blob_id)
        segments = self._segments(folder)
        if not segments:
            return 0
        with _disk():
            sync_folder(folder)  # another appender may have linked and not yet synced
        return segments[-1].end

    def reader(self, blob_id: str) -> SegmentReader:
        """The blob as a file to be closed."""
        segments = self._segments(self._folder(blob_id))
        if not segments:
            raise NotFound("blob-missing", "These bytes are not held here: ask for them again.")
        return SegmentReader(segments)

    def writer(self, blob_id: str) -> SegmentWriter:
        """A file to write to, going on from the present end, to be closed."""
        return SegmentWriter(lambda at, data: self.put(blob_id, at, data), self.length(blob_id))

    def delete(self, blob_id: str) -> None:
        """Remove the blob at one stroke; nothing happens if there is none."""
        gone = self._uploads / f"{blob_id}.{secrets.token_hex(8)}.deleted"
        with _disk():
            try:
                self._folder(blob_id).rename(gone)
            except FileNotFoundError:
                return
            sync_folder(self._uploads)
            shutil.rmtree(gone)

    def check(self) -> None:
        """Raises Unavailable unless something can be written."""
        probe = self._uploads / f"{secrets.token_hex(8)}.part"
        with _disk():
            probe.write_bytes(b"")
            probe.unlink()

    def free(self) -> int:
        """Bytes of its disk that are free for us."""
        with _disk():
            return shutil.disk_usage(self._uploads).free

    def ids(self) -> list[str]:
        """Every blob that has bytes or has begun, in order of id."""
        with _disk():
            return sorted(p.name for p in self._uploads.iterdir() if _ID.fullmatch(p.name))

    def idle(self, before: datetime) -> list[str]:
        """Blobs to which nobody has written since `before`, in order of id."""
        found = []
        with _disk():
            for blob_id in self.ids():
                with suppress(FileNotFoundError):  # it was deleted meanwhile
                    if (self._uploads / blob_id).stat().st_mtime < before.timestamp():
                        found.append(blob_id)
        return found

    def sweep(self, before: datetime) -> None:
        """Remove what a crash left behind: unfinished pieces and deletions older than `before`."""
        with _disk():
            left = [
                glob
                for name in ("*.deleted", "*.part", "*/*.part")
                for glob in self._uploads.glob(name)
            ]
            for path in left:
                with suppress(FileNotFoundError):  # somebody else has finished it meanwhile
                    if path.stat().st_mtime < before.timestamp():
                        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _folder(self, blob_id: str) -> Path:
        if not _ID.fullmatch(blob_id):
            raise Malformed("blob-id", "This is not the id of a blob.")
        return self._uploads / blob_id

    def _segments(self, folder: Path) -> list[Segment]:
        """Those that follow each other from 0 on."""
        with _disk():
            try:
                names = sorted(p.name for p in folder.iterdir() if _OFFSET.fullmatch(p.name))
            except FileNotFoundError:
                return []
            segments: list[Segment] = []
            for name in names:
                if int(name) != (segments[-1].end if segments else 0):
                    break
                path = folder / name
                segments.append(Segment(path, int(name), path.stat().st_size))
            return segments


def _put_if_absent(folder: Path, name: str, data: bytes) -> None:
    part = folder / f"{name}.{secrets.token_hex(8)}.part"
    try:
        with open(part, "xb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, folder / name)
        sync_folder(folder)
    except FileExistsError as error:
        raise Conflict(
            "blob-offset", "Another upload has come first: ask for the blob's length."
        ) from error
    except FileNotFoundError as error:
        raise Conflict("blob-deleted", "The blob was deleted meanwhile: begin again.") from error
    finally:
        part.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk() -> Iterator[None]:
    """Say what a refusing disk means to the caller."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(
                "storage-full", "The disk is full: make room, then try again."
            ) from error
        raise Unavailable(
            "storage-failed", "The folder for sealed files cannot be used: check it."
        ) from error
