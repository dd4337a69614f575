"""Numbers that only go up."""

from sqlalchemy import Connection

from app.store import dialect
from app.store.tables import counters


def next_value(connection: Connection, name: str) -> int:
    """1, 2, 3...: never the same twice, in order of commit, without gaps."""
    new = dialect.upsert(connection.dialect.name, counters).values(name=name, value=1)
    statement = new.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + 1}
    )
    return int(connection.execute(statement.returning(counters.c.value)).scalar_one())


def skip(connection: Connection, name: str, by: int) -> None:
    """Leave numbers out: the next one is later by so many."""
    new = dialect.upsert(connection.dialect.name, counters).values(name=name, value=by)
    later = {"value": counters.c.value + by}
    connection.execute(new.on_conflict_do_update(index_elements=[counters.c.name], set_=later))
