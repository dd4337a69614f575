"""Making a service of a backup: into an empty home and an empty database, and nowhere else.

The keyring is put there last. Until then no command of ours works in that home, so a restore that
was cut off leaves nothing that could run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import Conflict
from app.flows import logbook, restored
from app.flows.backup import manifest
from app.flows.backup.manifest import BLOBS, TABLES, Manifest
from app.flows.backup.take import KEYRING
from app.flows.home import ROOTS, private_write
from app.handover.when import stamp
from app.settings import FILE, Settings
from app.store import access_log, counters, dump, migrate
from app.store.blobs import BlobStore
from app.store.dump import Value
from app.store.unit_of_work import Database
from app.trust.keyring import Keyring

__all__ = ["Keyring", "Place", "Restored", "check", "check_empty", "restore"]

AHEAD = 1_000_000
"""By so much the number of the next change jumps: programs that read lists by cursor have seen
numbers that were given after the backup, and must miss nothing."""


@dataclass(frozen=True)
class Place:
    """Where the service is to be: an empty home, database and blob store."""

    home: Path
    settings: Settings
    database: Database
    blobs: BlobStore
    migrations: Path


@dataclass(frozen=True)
class Restored:
    """`taken`: when the backup was. `left_out`: rows whose sealed file is not in it."""

    taken: str
    rows: int
    blobs: int
    left_out: int


def check(folder: Path, keyring: Keyring, *, sealed: bool = True) -> Manifest:
    """That every file of a backup is as it was written; without the `sealed` ones, which are
    compared again when they are copied. Raises as `manifest.read` and `manifest.check`."""
    found = manifest.read(folder, keyring)
    for name in found.files.keys() - (set() if sealed else _blob_files(found).keys()):
        manifest.check(folder / name, name, found.files[name], lambda _: None)
    return found


def check_empty(home: Path, settings: Settings) -> None:
    """That no service is in a home. A `handover.toml` may be there: it counts then, and not that of
    the backup. Raises Conflict (`restore-not-empty`)."""
    names = [settings.keyring, ROOTS, "handover.db"]
    for name in names:
        if (home / name).exists():
            raise _not_empty(f"there is a {name} in {home}")


def restore(
    folder: Path, keyring: Keyring, who: str, place: Place, progress: Callable[[int, int], None]
) -> Restored:
    """The service as it was when the backup was taken, which issues nothing until it has caught up.

    Raises NotVerified (`backup-cut`, `backup-changed`), Conflict (`restore-not-empty`,
    `restore-other-authority`, `database-version`).
    """
    found = check(folder, keyring, sealed=False)
    _check_place(place, found)
    migrate.upgrade(place.database, place.migrations, found.revision)
    rows, left_out = _load(folder, found, place.database)
    migrate.upgrade(place.database, place.migrations)
    _fill(folder, found, place.blobs, progress)
    _begin(place.database, keyring, who, found)
    _put_files(folder, found, place)
    return Restored(stamp(found.taken), rows, len(_blob_files(found)), left_out)


def _check_place(place: Place, found: Manifest) -> None:
    if place.settings.authority != found.authority:
        raise Conflict("restore-other-authority", f"This is a backup of {found.authority}")
    with place.database.read() as uow:
        if not dump.is_empty(uow.connection):
            raise _not_empty("its database has tables")
    if place.blobs.ids():
        raise _not_empty("there are sealed files in it")


def _load(folder: Path, found: Manifest, database: Database) -> tuple[int, int]:
    """How many rows were stored, and how many left out for want of their blob."""
    missing, left_out = set(found.missing), set[tuple[str, Value]]()

    def rows_of(name: str) -> Iterator[dict[str, Value]]:
        with (folder / TABLES / f"{name}.jsonl").open("rb") as file:
            for number, line in enumerate(file):
                row = dump.row(line)
                if row.get("blob") in missing or ("drafts", row.get("draft")) in left_out:
                    left_out.add((name, row.get("id", number)))
                else:
                    yield row

    with database.write() as uow:
        count = sum(dump.load(uow.connection, name, rows_of(name)) for name in found.tables)
        dump.go_on_counting(uow.connection)
    return count, len(left_out)


def _fill(
    folder: Path, found: Manifest, blobs: BlobStore, progress: Callable[[int, int], None]
) -> None:
    wanted = _blob_files(found)
    for done, (name, content) in enumerate(sorted(wanted.items()), 1):
        with blobs.writer(name.removeprefix(f"{BLOBS}/")) as writer:
            manifest.check(folder / name, name, content, writer.write)
        progress(done, len(wanted))


def _begin(database: Database, keyring: Keyring, who: str, found: Manifest) -> None:
    """One commit: nothing is issued from here on, and the access log says what was done."""
    now: datetime = database.now().replace(microsecond=0)
    with database.write() as uow:
        last = access_log.last(uow.connection)
        said = (
            f"Restored from the backup of {stamp(found.taken)}. Entries after number "
            f"{last.number if last else 0} that are known elsewhere were lost."
        )
        logbook.append(uow, keyring, who, None, "backup", "restore", said, now)
        counters.skip(uow.connection, "handovers", AHEAD)
        restored.begin(uow, now)


def _put_files(folder: Path, found: Manifest, place: Place) -> None:
    """Settings, unless others were chosen; roots; and at last the keys."""
    files = {ROOTS: place.home / ROOTS, KEYRING: place.home / place.settings.keyring}
    if not (place.home / FILE).exists():
        files = {FILE: place.home / FILE, **files}
    for name, path in files.items():
        if name in found.files:
            private_write(path, [(folder / name).read_bytes()])


def _blob_files(found: Manifest) -> dict[str, manifest.Content]:
    return {name: one for name, one in found.files.items() if name.startswith(f"{BLOBS}/")}


def _not_empty(why: str) -> Conflict:
    return Conflict("restore-not-empty", f"Restore into an empty home and database: {why}")
