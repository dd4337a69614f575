"""SQLite: which build of it, how its connections are set up, what its errors mean.

Plain BEGIN lets two transactions read, then refuses one of them the write, whatever its patience;
so every write transaction is BEGIN IMMEDIATE, on an engine of one connection.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from app.errors import CaseHandoverError, Conflict, Malformed, Unavailable

_BUSY = 5
_LOCKED = 6
_READ_ONLY = 8
_IO = 10
_DAMAGED = 11
_FULL = 13
_CANNOT_OPEN = 14
_CONSTRAINT = 19
_NOT_A_DATABASE = 26


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether write-ahead logging cannot corrupt the file: https://sqlite.org/wal.html#walresetbug."""
    return not (3, 7, 0) <= version <= (3, 51, 2)


def choose_module() -> tuple[ModuleType, bool]:
    """The database module to use, and whether its SQLite is safe with WAL.

    Judged by the SQLite inside: a `pysqlite3` built from source links the system's.
    """
    standard = importlib.import_module("sqlite3")
    try:
        candidates = [importlib.import_module("pysqlite3.dbapi2"), standard]
    except ImportError:
        candidates = [standard]
    for module in candidates:
        if wal_is_safe(module.sqlite_version_info):
            return module, True
    return standard, False


def open_engines(url: URL, patience: float) -> tuple[Engine, Engine]:
    """The writer of one connection, and the readers.

    Raises Malformed unless `url` names a file.
    """
    if url.database in (None, "", ":memory:"):
        raise Malformed("database-url", "Name a database file, as in sqlite:////srv/handover.db.")
    _create_private(Path(str(url.database)))
    module, wal = choose_module()
    journal = "wal" if wal else "truncate"
    busy = f"busy_timeout={int(patience * 1000)}"

    def engine(begin: str, pragmas: list[str], **pool: Any) -> Engine:
        made = create_engine(
            url, module=module, hide_parameters=True, pool_timeout=patience, **pool
        )
        event.listen(made, "connect", _prepare([busy, "foreign_keys=ON", *pragmas]))
        event.listen(made, "begin", lambda connection: connection.exec_driver_sql(begin))
        return made

    writer = engine("BEGIN IMMEDIATE", ["synchronous=FULL"], pool_size=1, max_overflow=0)
    event.listen(writer, "connect", _set_journal(journal))
    return writer, engine("BEGIN", ["query_only=ON"], pool_size=8, max_overflow=32)


def _create_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its journals the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Unavailable(
            "database-unreachable", "The database file cannot be opened: check its folder."
        ) from error


def _prepare(pragmas: list[str]) -> Callable[[Any, Any], None]:
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions, not the module
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return on_connect


def _set_journal(mode: str) -> Callable[[Any, Any], None]:
    def on_connect(connection: Any, _record: Any) -> None:
        (actual,) = connection.execute(f"PRAGMA journal_mode={mode}").fetchone()
        if actual != mode:
            raise Unavailable(
                "database-journal",
                f"The database could not be put into journal mode {mode}: "
                "stop the other programs that use it and start again.",
            )

    return on_connect


def explain(error: BaseException | None) -> CaseHandoverError | None:
    """What an error of the module means to a caller, or None if it is a defect of ours."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # Which constraint is in the words only: pysqlite3 has no extended codes.
    if code == _CONSTRAINT and str(error).startswith("UNIQUE"):
        return Conflict("already-stored", "This is stored already: read what is there instead.")
    if code in (_BUSY, _LOCKED):
        return Unavailable("database-busy", "The database is busy: try again.")
    if code == _FULL:
        return Unavailable("storage-full", "The disk is full: make room, then try again.")
    if code == _READ_ONLY:
        return Unavailable(
            "database-read-only", "The database file takes no changes: check its disk and owner."
        )
    if code in (_CANNOT_OPEN, _IO):
        return Unavailable(
            "database-unreachable", "The database file cannot be used: check its disk."
        )
    if code in (_DAMAGED, _NOT_A_DATABASE):
        return Unavailable(
            "database-damaged", "The database file is damaged: restore it.", retryable=False
        )
    return None


def now(_: Connection) -> datetime:
    """This machine's time: all who use the file are on it."""
    return datetime.now(UTC)


def go_on_counting(_: Connection) -> None:
    """It does by itself: AUTOINCREMENT goes on after the highest number that was stored."""


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Foreign keys off, which is possible only between transactions, and checked at the end.

    SQLite alters many things by making a table anew; dropping the old one would take along
    every row that refers to it.
    """
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise Unavailable(
                    "database-references",
                    "The change would leave rows that refer to nothing: it was not made.",
                    retryable=False,
                )
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
