"""Which blobs the rows name: all others are lost, and can go."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select, union

from app.store.tables import bundles, draft_attachments, drafts, uploads

_NAMING = (bundles.c.blob, drafts.c.blob, draft_attachments.c.blob, uploads.c.id)


def named(connection: Connection, blobs: Collection[str]) -> frozenset[str]:
    """Those of `blobs` (at most a few hundred) that a row names."""
    query = union(*(select(column).where(column.in_(blobs)) for column in _NAMING))
    return frozenset(connection.scalars(query))


@dataclass(frozen=True, slots=True)
class Named:
    """A blob that a row names. `size` and `sha256` of its bytes, where they are known."""

    blob: str
    size: int | None = None
    sha256: str | None = None


def everything_named(connection: Connection) -> list[Named]:
    """All blobs of bundles and drafts, each once; not those of unfinished uploads."""
    query = select(bundles.c.blob, bundles.c.size, bundles.c.sha256)
    found = {one[0]: Named(*one) for one in connection.execute(query)}
    for column in (drafts.c.blob, draft_attachments.c.blob):
        for blob in connection.scalars(select(column).where(column.is_not(None))):
            found.setdefault(blob, Named(blob))
    return list(found.values())
