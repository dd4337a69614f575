"""Facts about this installation."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from app.store import dialect
from app.store.tables import meta

_VALUE = select(meta.c.value).where(meta.c.key == bindparam("key"))


def get(connection: Connection, key: str) -> str | None:
    """The value of a fact."""
    return connection.scalar(_VALUE, {"key": key})


def those(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Some facts; those that are not known are left out."""
    query = select(meta.c.key, meta.c.value).where(meta.c.key.in_(keys))
    return {row.key: row.value for row in connection.execute(query)}


def put(connection: Connection, key: str, value: str) -> None:
    """Store a fact, or replace it."""
    new = dialect.upsert(connection.dialect.name, meta).values(key=key, value=value)
    connection.execute(
        new.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": value})
    )
