"""Directory versions ever trusted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.store import rows
from app.store.tables import directories


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
    query = select(directories).where(directories.c.version == version)
    return rows.one(connection, query, DirectoryRow)


def older(connection: Connection, version: int) -> DirectoryRow | None:
    """The version before this one."""
    query = select(directories).where(directories.c.version < version)
    return rows.one(connection, query.order_by(directories.c.version.desc()).limit(1), DirectoryRow)


def latest(connection: Connection) -> DirectoryRow | None:
    """The version with the highest number."""
    query = select(directories).order_by(directories.c.version.desc()).limit(1)
    return rows.one(connection, query, DirectoryRow)
