"""Which blobs the rows name: all others are lost, and can go."""

from collections.abc import Collection

from sqlalchemy import Connection, select, union

from app.store.tables import bundles, draft_attachments, drafts, uploads

_NAMING = (bundles.c.blob, drafts.c.blob, draft_attachments.c.blob, uploads.c.id)


def named(connection: Connection, blobs: Collection[str]) -> frozenset[str]:
    """Those of `blobs` (at most a few hundred) that a row names."""
    query = union(*(select(column).where(column.in_(blobs)) for column in _NAMING))
    return frozenset(connection.scalars(query))
