"""Kills, refusing disks and lost bytes: what was promised is there, what was not is not."""

import errno
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import CaseHandoverError, NotVerified, Unavailable
from app.store.blobs import BlobStore, open_blobs

A_DAY = timedelta(days=1)
NO_TIME = -A_DAY


def whole(store: BlobStore, blob_id: str) -> bytes:
    with store.reader(blob_id) as reader:
        return reader.read(reader.size)


# What a power cut or a kill does is tried on real processes, at every step of putting a segment.
_DIE = """
import os, sys
from pathlib import Path
from app.store.blobs import open_blobs
store = open_blobs("", Path(sys.argv[1]))
store.append("a", 0, b"kept")
name, count = sys.argv[2], int(sys.argv[3])
real = getattr(os, name)
def die(*args, **kwargs):
    global count
    count -= 1
    if not count:
        os._exit(9)
    return real(*args, **kwargs)
setattr(os, name, die)
store.append("a", 4, b" and new")
"""


@pytest.mark.parametrize(
    ("step", "count", "stored"),
    [
        ("fsync", 1, b"kept"),
        ("link", 1, b"kept"),
        ("fsync", 2, b"kept and new"),
        ("unlink", 1, b"kept and new"),
    ],
)
def test_a_process_killed_at_any_step_leaves_whole_segments(
    tmp_path: Path, step: str, count: int, stored: bytes
) -> None:
    died = subprocess.run([sys.executable, "-c", _DIE, str(tmp_path), step, str(count)])
    assert died.returncode == 9
    store = open_blobs("", tmp_path)
    assert whole(store, "a") == stored
    assert store.append("a", len(stored), b"!") == len(stored) + 1
    assert whole(store, "a") == stored + b"!"
    assert list(tmp_path.rglob("*.part"))
    store.sweep(A_DAY)
    assert list(tmp_path.rglob("*.part"))
    store.sweep(NO_TIME)
    assert not list(tmp_path.rglob("*.part"))
    assert whole(store, "a") == stored + b"!"


def test_bytes_reach_the_disk_before_their_name_and_the_name_before_the_answer(
    folder: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def note_fsync(descriptor: int) -> None:
        folders = {path.stat().st_ino: path.name for path in tmp_path.rglob("*") if path.is_dir()}
        seen = os.fstat(descriptor)
        steps.append("sync " + folders.get(seen.st_ino, f"{seen.st_size} bytes"))
        fsync(descriptor)

    def note_link(source: Path, target: Path) -> None:
        steps.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "link", note_link)
    folder.append("a", 0, b"first")
    assert steps == ["sync uploads", "sync 5 bytes", "link", "sync a"]
    folder.append("a", 5, b"second")
    assert steps[4:] == ["sync 6 bytes", "link", "sync a"]
    folder.length("a")
    assert steps[7:] == ["sync a"]  # of what a racing appender has linked and not yet synced


def test_a_deletion_cut_short_is_finished_by_the_sweep(
    folder: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    folder.append("a", 0, b"old")
    with monkeypatch.context() as patch:
        patch.setattr("app.store.folder.shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.delete("a")
    assert folder.length("a") == 0
    assert list((tmp_path / "blobs" / "uploads").iterdir())
    folder.sweep(NO_TIME)
    assert not list((tmp_path / "blobs" / "uploads").iterdir())


def test_bytes_lost_by_the_disk_are_never_passed_over(folder: BlobStore, tmp_path: Path) -> None:
    folder.append("a", 0, b"one")
    with folder.reader("a") as reader:
        (tmp_path / "blobs" / "uploads" / "a" / f"{0:020d}").write_bytes(b"o")
        with pytest.raises(NotVerified, match="blob-damaged"):
            reader.read(3)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "storage-full"),
        (errno.EDQUOT, "storage-full"),
        (errno.EIO, "storage-failed"),
    ],
)
def test_a_refusing_disk_is_said_so(
    folder: BlobStore, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CaseHandoverError) as raised:
        folder.append("a", 0, b"x")
    assert raised.value.code == code
    assert raised.value.retryable


def test_a_disk_that_takes_nothing_is_found_by_asking(folder: BlobStore, tmp_path: Path) -> None:
    folder.check()
    uploads = tmp_path / "blobs" / "uploads"
    assert list(uploads.iterdir()) == []
    uploads.rmdir()
    with pytest.raises(Unavailable, match="storage-failed"):
        folder.check()


def test_a_probe_cut_short_is_swept(folder: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "blobs" / "uploads" / "0123.part").write_bytes(b"")
    folder.sweep(NO_TIME)
    assert not list(tmp_path.rglob("*.part"))
