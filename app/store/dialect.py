"""Everything that differs between databases; the rest of the room does not know which it has."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.errors import CaseHandoverError, Malformed
from app.store import sqlite

Upsert = postgresql.Insert | sqlite_dialect.Insert


def open_engines(url: str, patience: float) -> tuple[Engine, Engine]:
    """Writer and readers for a database URL; raises Malformed for one that we cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite":
        raise Malformed("database-url", "Give a database URL of the form sqlite:////path/to/file.")
    return sqlite.open_engines(parsed, patience)


def explain(error: DBAPIError) -> CaseHandoverError | None:
    """What a driver's error means to a caller, or None if it is a defect of ours."""
    return sqlite.explain(error.orig)


def rebuilding(connection: Connection) -> AbstractContextManager[None]:
    """A transaction in which tables may be made anew."""
    return sqlite.rebuilding(connection)


def upsert(connection: Connection, table: Table) -> Upsert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "sqlite":
        return sqlite_dialect.insert(table)
    return postgresql.insert(table)
