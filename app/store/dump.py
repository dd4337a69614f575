"""All rows of a database as lines of JSON, the same from every kind of database and for every kind.

A value is a JSON value, or `{"at": "<RFC 3339, UTC>"}` for an instant, or `{"base64": "..."}` for
bytes; so whoever loads lines needs no tables but those that are there.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, select

from app.errors import Malformed
from app.store import dialect
from app.store.tables import metadata, uploads

Value = str | int | bool | bytes | datetime | None
_PAGE = 500
LEFT_OUT = frozenset({uploads.name})
"""Unfinished uploads: whoever began one sends its statement again."""

TABLES = tuple(table.name for table in metadata.sorted_tables if table.name not in LEFT_OUT)
"""What is dumped, in the order in which it can be loaded."""


def lines(connection: Connection, name: str) -> Iterator[bytes]:
    """The rows of a table, in order of their key, a line each."""
    table = metadata.tables[name]
    query = select(table).order_by(*table.primary_key.columns)
    options = {"stream_results": True, "yield_per": _PAGE}
    for row in connection.execute(query, execution_options=options).mappings():
        written = {column: _written(value) for column, value in row.items()}
        yield json.dumps(written, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def row(line: bytes) -> dict[str, Value]:
    """The row of a line. Raises Malformed (`backup-row`)."""
    try:
        found = json.loads(line)
        return {str(column): _read(value) for column, value in found.items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Malformed("backup-row", "This is no row of a backup: use another one.") from None


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all."""
    return not inspect(connection).get_table_names()


def load(connection: Connection, name: str, rows: Iterable[Mapping[str, Value]]) -> int:
    """Store rows in an empty table as it stands in the database; returns how many."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    in_utc = connection.dialect.name == "sqlite"
    count, page = 0, list[dict[str, Value]]()
    for one in rows:
        page.append({column: _stored(value, in_utc) for column, value in one.items()})
        if len(page) == _PAGE:
            count += _insert(connection, table, page)
    return count + _insert(connection, table, page)


def go_on_counting(connection: Connection) -> None:
    """What the database numbers by itself goes on after what was loaded."""
    dialect.kind_by_name(connection.dialect.name).go_on_counting(connection)


def _insert(connection: Connection, table: Table, page: list[dict[str, Value]]) -> int:
    count = len(page)
    if page:
        connection.execute(table.insert(), page)
        page.clear()
    return count


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"base64": b64encode(value).decode()} if isinstance(value, bytes) else value


def _read(value: Any) -> Value:
    match value:
        case {"at": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"base64": str(text)}:
            return b64decode(text, validate=True)
        case None | str() | int():
            return value
    raise ValueError


def _stored(value: Value, in_utc: bool) -> Value:
    """SQLite keeps instants without their zone: that is UTC (`tables.types.Moment`)."""
    if isinstance(value, datetime) and in_utc:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
