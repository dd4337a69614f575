"""Directory versions ever trusted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.store import rows
from app.store.tables import directories

_NEWEST = directories.c.version.desc()
_BY_VERSION = select(directories).where(directories.c.version == bindparam("version"))
_LATEST = select(directories).order_by(_NEWEST).limit(1)
_LATEST_IMPORT = select(directories.c.version, directories.c.imported_at).order_by(_NEWEST).limit(1)


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """A signed directory, byte for byte."""

    version: int
    wire: bytes
    imported_at: datetime


def insert(connection: Connection, row: DirectoryRow) -> None:
    """Store a new version; raises Conflict if there is one of its number."""
    rows.insert(connection, directories, row)


def get(connection: Connection, version: int) -> DirectoryRow | None:
    """One version."""
    return rows.one(connection, _BY_VERSION, DirectoryRow, version=version)


def older(connection: Connection, version: int) -> DirectoryRow | None:
    """The version before this one."""
    query = select(directories).where(directories.c.version < version)
    return rows.one(connection, query.order_by(_NEWEST).limit(1), DirectoryRow)


def latest(connection: Connection) -> DirectoryRow | None:
    """The version with the highest number."""
    return rows.one(connection, _LATEST, DirectoryRow)


def latest_import(connection: Connection) -> tuple[int, datetime] | None:
    """The highest number, and when that version came, without the megabyte that it may have."""
    found = connection.execute(_LATEST_IMPORT).one_or_none()
    return None if found is None else (found.version, found.imported_at)
