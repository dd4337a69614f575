"""Taking a backup while the service runs, consistent between database and blobs.

The rows are those of one moment. Blobs are written before the rows that name them and never
changed, so they are copied after; what was deleted in between (a draft's old text) shows by its
absence, and then another moment is taken, of which nearly all is copied already.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import NotFound, NotVerified
from app.flows.backup import manifest
from app.flows.backup.manifest import BLOBS, PIECE, TABLES, Content, Manifest
from app.flows.home import ROOTS, private_write
from app.flows.site import Site
from app.settings import FILE
from app.store import dump, held, migrate
from app.store.folder import sync_folder
from app.store.held import Named

KEYRING = "keyring.age"
MOMENTS = 3
"""How many moments are tried until none of its blobs is gone."""


@dataclass(frozen=True)
class Taken:
    """A whole backup. `missing`: blobs that rows name and that the store has no more, or damaged:
    other authorities are asked for them after a restore."""

    folder: Path
    rows: int
    blobs: int
    size: int
    missing: tuple[str, ...]


def take(site: Site, home: Path, into: Path, progress: Callable[[int, int], None]) -> Taken:
    """A new folder in `into` with all but the passphrase; `progress(done, all)` counts blobs.

    Raises FileExistsError where one was taken this second, OSError for a disk that is full; what is
    there then has no manifest and is no backup.
    """
    now = site.clock()
    folder = into / f"handover-backup-{now:%Y%m%dT%H%M%SZ}"
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    (folder / BLOBS).mkdir(mode=0o700)
    files = {
        name: _copy(folder / name, _pieces(path)) for name, path in _own_files(site, home).items()
    }
    copied: dict[str, Content] = {}
    missing: list[str] = []
    for _ in range(MOMENTS):
        moment = _moment(site, folder)
        missing = _copy_blobs(site, folder / BLOBS, moment.named, copied, progress)
        if not missing:
            break
    for blob in copied.keys() - {one.blob for one in moment.named}:
        (folder / BLOBS / blob).unlink()
        del copied[blob]
    files |= moment.tables | {f"{BLOBS}/{blob}": content for blob, content in copied.items()}
    described = Manifest(
        v=1,
        authority=site.authority,
        taken=now,
        revision=moment.revision,
        tables=dump.TABLES,
        files=files,
        missing=tuple(sorted(missing)),
    )
    manifest.write(folder, described, site.keyring)
    sync_folder(into)
    size = sum(content.size for content in files.values())
    return Taken(folder, moment.rows, len(copied), size, described.missing)


@dataclass(frozen=True)
class _Moment:
    """The rows as they were at one moment, written down, and the blobs that they name."""

    tables: dict[str, Content]
    rows: int
    named: list[Named]
    revision: str


def _moment(site: Site, folder: Path) -> _Moment:
    shutil.rmtree(folder / TABLES, ignore_errors=True)
    (folder / TABLES).mkdir(mode=0o700)
    tables: dict[str, Content] = {}
    count = 0

    def counted(lines: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    with site.database.read() as uow:
        for name in dump.TABLES:
            file = f"{TABLES}/{name}.jsonl"
            tables[file] = _copy(folder / file, counted(dump.lines(uow.connection, name)))
        named = held.everything_named(uow.connection)
        revision = migrate.revision(uow.connection)
    assert revision is not None
    return _Moment(tables, count, named, revision)


def _copy_blobs(
    site: Site,
    folder: Path,
    named: list[Named],
    copied: dict[str, Content],
    progress: Callable[[int, int], None],
) -> list[str]:
    """Copy those that are not copied yet; returns those that are not there as they should be."""
    missing = []
    for done, one in enumerate(named, 1):
        if one.blob not in copied:
            content = _copy_blob(site, folder / one.blob, one)
            if content is None:
                missing.append(one.blob)
            else:
                copied[one.blob] = content
        progress(done, len(named))
    return missing


def _copy_blob(site: Site, path: Path, wanted: Named) -> Content | None:
    try:
        with site.blobs.reader(wanted.blob) as sealed:
            content = _copy(path, iter(lambda: sealed.read(PIECE), b""))
    except (NotFound, NotVerified):
        path.unlink(missing_ok=True)
        return None
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    known = (wanted.size, wanted.sha256)
    if wanted.sha256 is not None and known != (content.size, content.sha256):
        path.unlink()
        return None
    return content


def _own_files(site: Site, home: Path) -> dict[str, Path]:
    """Settings, keys and roots. The passphrase is kept elsewhere, or a backup would open itself."""
    files = {FILE: home / FILE, KEYRING: home / site.settings.keyring}
    return {**files, ROOTS: home / ROOTS} if (home / ROOTS).is_file() else files


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _copy(path: Path, pieces: Iterable[bytes]) -> Content:
    """A new file of its owner's, on the disk, and what it holds."""
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece

    private_write(path, counted())
    return Content(size=size, sha256=digest.hexdigest())
