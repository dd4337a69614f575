"""Sealed bundles held."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.store import rows
from app.store.tables import bundles


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A bundle as announced; `result` is `stored` or `unusable:<code>` once it was verified."""

    sha256: str
    size: int
    manifest: str
    blob: str
    admitted_at: datetime | None
    result: str | None


def insert(connection: Connection, row: BundleRow) -> None:
    """Store a new bundle's facts."""
    rows.insert(connection, bundles, row)


def get(connection: Connection, sha256: str) -> BundleRow | None:
    """The bundle with this digest."""
    return rows.one(connection, select(bundles).where(bundles.c.sha256 == sha256), BundleRow)
