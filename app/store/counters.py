"""Numbers that only go up."""

from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.sql import Executable

from app.store import dialect
from app.store.tables import counters


def next_value(connection: Connection, name: str) -> int:
    """1, 2, 3...: never the same twice, in order of commit, without gaps."""
    statement = _next(connection.dialect.name)
    return int(connection.execute(statement, {"name": name, "value": 1}).scalar_one())


def skip(connection: Connection, name: str, by: int) -> None:
    """Leave numbers out: the next one is later by so many."""
    new = dialect.upsert(connection.dialect.name, counters).values(name=name, value=by)
    later = {"value": counters.c.value + by}
    connection.execute(new.on_conflict_do_update(index_elements=[counters.c.name], set_=later))


@lru_cache
def _next(database: str) -> Executable:
    later = {"value": counters.c.value + 1}
    new = dialect.upsert(database, counters)
    upsert = new.on_conflict_do_update(index_elements=[counters.c.name], set_=later)
    return upsert.returning(counters.c.value)
