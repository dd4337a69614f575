"""Everything that differs between databases; the rest of the room does not know which it has."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import CaseHandoverError, Malformed
from app.store import postgresql, sqlite

Upsert = postgresql_dialect.Insert | sqlite_dialect.Insert


class Kind(Protocol):
    """One kind of database: a module."""

    def open_engines(self, url: URL, patience: float) -> tuple[Engine, Engine]:
        """Writer and readers; raises Malformed for a URL that it cannot use."""

    def explain(self, error: BaseException | None) -> CaseHandoverError | None:
        """What a driver's error means to a caller, or None if it is a defect of ours."""

    def rebuilding(self, connection: Connection) -> AbstractContextManager[None]:
        """A transaction in which tables may be made anew."""

    def now(self, connection: Connection) -> datetime:
        """What time it is for everybody who uses this database; aware."""

    def go_on_counting(self, connection: Connection) -> None:
        """Numbers that the database gives go on after those of the rows that are there."""


def kind_of(url: str) -> tuple[Kind, URL]:
    """Which kind a database URL names; raises Malformed (`database-url`) for one that is none."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    match parsed.get_backend_name() if parsed is not None else None, parsed:
        case "sqlite", URL() as url_of_file:
            return sqlite, url_of_file
        case "postgresql", URL() as url_of_server:
            return postgresql, url_of_server
    raise Malformed(
        "database-url",
        "Give a database URL: sqlite:////path/to/file, or postgresql://user@host/name.",
    )


def kind_by_name(name: str) -> Kind:
    """The kind that a connection's dialect names."""
    return sqlite if name == "sqlite" else postgresql


def upsert(database: str, table: Table) -> Upsert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, by the name of the
    connection's dialect."""
    if database == "sqlite":
        return sqlite_dialect.insert(table)
    return postgresql_dialect.insert(table)
