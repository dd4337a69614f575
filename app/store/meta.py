"""Facts about this installation."""

from sqlalchemy import Connection, select

from app.store import dialect
from app.store.tables import meta


def get(connection: Connection, key: str) -> str | None:
    """The value of a fact."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def put(connection: Connection, key: str, value: str) -> None:
    """Store a fact, or replace it."""
    new = dialect.upsert(connection.dialect.name, meta).values(key=key, value=value)
    connection.execute(
        new.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": value})
    )
