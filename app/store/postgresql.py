"""PostgreSQL: how its connections are set up, what its errors mean, and what time it is there.

Writers of any number of processes take turns by one advisory lock, taken before a write
transaction's first read: what holds on SQLite, alone from the first read to the commit, holds here,
and no flow has to be written for two kinds of isolation. A process that dies gives its turn back
with its connection, one that hangs after a minute.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import CaseHandoverError, Conflict, Malformed, Unavailable

MIGRATION = 600.0
"""Seconds for which a process waits while another one migrates."""
_PATIENCE = "patience"
_SEEN = "seen"
_IDLE = 1.0
"""Seconds after which a connection may have lost its server without our noticing."""
_HERE = ("", "localhost", "127.0.0.1", "::1")

_TAKE_TURN = "SELECT pg_advisory_xact_lock(52046077)"
"""The writers' lock, by a number of ours; it ends with the transaction."""
_WAIT_FOR = "SELECT set_config('lock_timeout', %(milliseconds)s, %(once)s)"
_READY = """
SET TIME ZONE 'UTC'; SET idle_in_transaction_session_timeout = '60s';
SELECT set_config('synchronous_commit', 'on', false)
 WHERE current_setting('synchronous_commit') = 'off'
"""
"""What was committed is on the disk, whatever the server's default; a standby's setting stays."""

_BUSY = ("40001", "40P01", "55P03", "57014", "53300")
_GONE = ("08", "57P", "25P03")
_DAMAGED = ("XX001", "XX002")


def open_engines(url: URL, patience: float) -> tuple[Engine, Engine]:
    """The writer of one connection, and the readers, each of whose transactions sees one moment.

    Between machines TLS is checked in full unless the URL says otherwise (`sslmode`). Raises
    Malformed (`database-url`, `database-driver`).
    """
    if not url.database:
        raise Malformed("database-url", "Name a database: postgresql+psycopg://user@host/name.")
    secured = {} if "sslmode" in url.query or _is_here(url) else _VERIFIED

    def engine(**how: Any) -> Engine:
        try:
            made = create_engine(
                url.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": max(2, int(patience)), **_KEPT_ALIVE, **secured},
                hide_parameters=True,
                pool_timeout=patience,
                **how,
            )
        except (ImportError, NoSuchModuleError) as error:
            raise Malformed(
                "database-driver",
                "PostgreSQL needs a driver: pip install 'case-handover[postgresql]'.",
            ) from error
        event.listen(made, "connect", _prepare(patience))
        event.listen(made, "checkin", _returned)
        event.listen(made, "checkout", _if_still_there(made.dialect))
        event.listen(made, "handle_error", _hush)
        return made

    writer = engine(pool_size=1, max_overflow=0)
    event.listen(writer, "begin", _take_turn)
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return writer, engine(pool_size=8, max_overflow=32, execution_options=one_moment)


_VERIFIED = {"sslmode": "verify-full", "sslrootcert": "system"}
_KEPT_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
               "tcp_user_timeout": 30_000}  # fmt: skip
"""A server that has vanished is noticed within half a minute; the last is for while a question is
on its way, when TCP asks nothing to keep alive."""


def _is_here(url: URL) -> bool:
    """Whether the server is this machine's, reached by a socket or the loopback."""
    host = url.query.get("host", url.host or "")
    return isinstance(host, str) and (host in _HERE or host.startswith("/"))


def _prepare(patience: float) -> Callable[[Any, Any], None]:
    def on_connect(connection: Any, _record: Any) -> None:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise Malformed("database-encoding", "Create the database with the encoding UTF8.")
        connection.execute(_READY)
        connection.execute(_WAIT_FOR, _waiting(patience, once=False))
        connection.commit()

    return on_connect


def _returned(_: Any, record: ConnectionPoolEntry) -> None:
    record.info[_SEEN] = monotonic()


def _if_still_there(dialect: Dialect) -> Callable[[Any, ConnectionPoolEntry, Any], None]:
    """A connection that was idle is tried before it is used: its server may have been restarted.
    One that was used a moment ago is not: that would be a question more for every transaction."""

    def on_checkout(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        now = monotonic()
        if now - record.info.get(_SEEN, now) < _IDLE:
            return
        try:
            dialect.do_ping(connection)
        except Exception as error:  # whatever it is, another one is made
            raise DisconnectionError from error

    return on_checkout


def _waiting(patience: float, *, once: bool) -> dict[str, Any]:
    return {"milliseconds": str(int(patience * 1000)), "once": once}


def _hush(context: ExceptionContext) -> None:
    """The server repeats the row that it refused: of an error only its class and code are kept."""
    error = context.original_exception
    if not isinstance(context.sqlalchemy_exception, DBAPIError):
        return  # a mistake of our own, before the server was told anything
    said = f"{type(error).__name__} {getattr(error, 'sqlstate', None)}"
    for one in (error, context.sqlalchemy_exception):
        one.args = (said, *one.args[1:])


def _take_turn(connection: Connection) -> None:
    """Wait for the turn. What other processes have committed before is seen then, for at READ
    COMMITTED each statement sees it."""
    if (patience := connection.get_execution_options().get(_PATIENCE)) is not None:
        connection.exec_driver_sql(_WAIT_FOR, _waiting(patience, once=True))
    connection.exec_driver_sql(_TAKE_TURN)


def now(connection: Connection) -> datetime:
    """The server's time."""
    found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return found


def go_on_counting(connection: Connection) -> None:
    """A sequence does not notice numbers that are stored without it."""
    connection.exec_driver_sql(
        "SELECT setval(pg_get_serial_sequence('jobs', 'id'), max(id)) FROM jobs HAVING max(id) > 0"
    )


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """A transaction for migrations: one process migrates while the others wait."""
    with connection.execution_options(**{_PATIENCE: MIGRATION}).begin():
        yield


def explain(error: BaseException | None) -> CaseHandoverError | None:
    """What an error of the driver means to a caller, or None if it is a defect of ours.

    By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        # Only what never reached a server has none; the driver names nothing else.
        unreached = type(error).__name__ in ("OperationalError", "ConnectionTimeout")
        return _unreachable() if unreached else None
    if state == "23505":
        return Conflict("already-stored", "This is stored already: read what is there instead.")
    if state in _BUSY:
        return Unavailable("database-busy", "The database is busy: try again.")
    if state == "53100":
        return Unavailable("storage-full", "The disk is full: make room, then try again.")
    if state == "25006":
        return Unavailable(
            "database-read-only",
            "The database takes no changes: is it a standby? Name the primary.",
        )
    if state in _DAMAGED:
        return Unavailable(
            "database-damaged", "The database is damaged: restore it.", retryable=False
        )
    if state.startswith(_GONE) or state == "58030":
        return _unreachable()
    return None


def _unreachable() -> CaseHandoverError:
    return Unavailable("database-unreachable", "The database cannot be reached: try again.")
