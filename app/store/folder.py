"""Segments as files: written beside, synced, linked under their name, the folder synced. So a power
cut leaves whole segments or none."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.errors import Conflict, NotFound, Unavailable
from app.store.segments import Segment, name_of, offset_of


class FolderSegments:
    """`{folder}/uploads/{id}/{offset:020d}`, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is created if need be."""
        self._uploads = folder / "uploads"
        with _disk():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._uploads.mkdir(exist_ok=True, mode=0o700)
            sync_folder(folder)

    def put(self, blob: str, offset: int, data: bytes) -> None:
        folder = self._uploads / blob
        with _disk():
            if offset == 0:
                folder.mkdir(exist_ok=True, mode=0o700)
                sync_folder(self._uploads)
            _put_if_absent(folder, name_of(offset), data)

    def sizes(self, blob: str) -> dict[int, int]:
        found = {}
        with _disk(), suppress(FileNotFoundError):
            for path in (self._uploads / blob).iterdir():
                if (offset := offset_of(path.name)) is not None:
                    found[offset] = path.stat().st_size
            return found
        return {}

    def settle(self, blob: str) -> None:
        """Another appender may have linked and not yet synced."""
        with _disk():
            sync_folder(self._uploads / blob)

    def open(self, segment: Segment) -> "_OpenFile":
        return _OpenFile(self._uploads / segment.blob / name_of(segment.offset))

    def delete(self, blob: str) -> None:
        """At one stroke."""
        gone = self._uploads / f"{blob}.{secrets.token_hex(8)}.deleted"
        with _disk():
            try:
                (self._uploads / blob).rename(gone)
            except FileNotFoundError:
                return
            sync_folder(self._uploads)
            shutil.rmtree(gone)

    def check(self) -> None:
        self.now()

    def now(self) -> datetime:
        """As a file gets it: a shared folder's server has a clock of its own."""
        probe = self._uploads / f"{secrets.token_hex(8)}.part"
        with _disk():
            probe.write_bytes(b"")
            try:
                return _written(probe)
            finally:
                probe.unlink()

    def free(self) -> int:
        """What its disk has free."""
        with _disk():
            return shutil.disk_usage(self._uploads).free

    def written(self) -> dict[str, datetime]:
        found = {}
        with _disk():
            for path in self._uploads.iterdir():
                with suppress(FileNotFoundError):  # it was deleted meanwhile
                    found[path.name] = _written(path)
        return found

    def sweep(self, before: datetime) -> None:
        with _disk():
            left = [
                glob
                for name in ("*.deleted", "*.part", "*/*.part")
                for glob in self._uploads.glob(name)
            ]
            for path in left:
                with suppress(FileNotFoundError):  # somebody else has finished it meanwhile
                    if _written(path) < before:
                        shutil.rmtree(path) if path.is_dir() else path.unlink()


class _OpenFile:
    def __init__(self, path: Path) -> None:
        with _disk():
            try:
                self._descriptor = os.open(path, os.O_RDONLY)
            except FileNotFoundError as error:
                raise NotFound("blob-missing", "These bytes have been deleted.") from error

    def read(self, start: int, n: int) -> bytes:
        with _disk():
            return os.pread(self._descriptor, n, start)

    def close(self) -> None:
        os.close(self._descriptor)


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


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


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
