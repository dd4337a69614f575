"""Rows of our own to and from the database: a frozen dataclass a table, a field a column."""

from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection, RowMapping, Select, Table
from sqlalchemy.sql import Executable

from app.errors import Conflict
from app.store import dialect


class Row(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=Row)


def values(row: Row) -> dict[str, Any]:
    """The row as columns and values."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


def insert(connection: Connection, table: Table, row: Row) -> None:
    """Store a new row.

    Raises Conflict if its key, or another value of which there can be one, is taken: the
    transaction remains usable.
    """
    if not insert_if_absent(connection, table, row):
        raise Conflict("already-stored", "This is stored already: read what is there instead.")


def insert_if_absent(connection: Connection, table: Table, row: Row) -> bool:
    """Store a new row unless it conflicts with one that is there; whether it was stored."""
    new = _unless_there(connection.dialect.name, table)
    return connection.execute(new, values(row)).rowcount == 1


@lru_cache
def _unless_there(database: str, table: Table) -> Executable:
    """Made once a table: to make it anew costs more than to execute it."""
    new = dialect.upsert(database, table).on_conflict_do_nothing()
    return new.execution_options(preserve_rowcount=True)


def insert_all(connection: Connection, table: Table, rows: list[Any]) -> None:
    """Store new rows of one table, of which none can be there yet."""
    if rows:
        connection.execute(table.insert(), [values(row) for row in rows])


def one(
    connection: Connection, query: Select[Any], row_type: type[R], **parameters: Any
) -> R | None:
    """The only row of a query, or None. What is asked often is a constant with parameters: to put a
    query together costs more than to execute it."""
    found = connection.execute(query, parameters).mappings().one_or_none()
    return None if found is None else _row(found, row_type)


def many(
    connection: Connection, query: Executable, row_type: type[R], **parameters: Any
) -> list[R]:
    """The rows of a query, in its order; parameters as for `one`."""
    return list(each(connection, query, row_type, **parameters))


def each(
    connection: Connection, query: Executable, row_type: type[R], **parameters: Any
) -> Iterator[R]:
    """As `many`, one after the other."""
    for found in connection.execute(query, parameters).mappings():
        yield _row(found, row_type)


def _row(found: RowMapping, row_type: type[R]) -> R:
    return row_type(**dict(found))


def require_one(changed: int, code: str, detail: str) -> None:
    """Raise Conflict unless exactly one row was changed."""
    if changed != 1:
        raise Conflict(code, detail)
