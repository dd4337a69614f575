"""Transactions: one flow, one unit of work, one commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, get_ident
from types import TracebackType
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import CaseHandoverError, Unavailable
from app.store import dialect
from app.store.fifo import FifoLock


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """An open transaction; what is done on its connection is kept whole or not at all."""

    connection: Connection


class Database:
    """One database: any number of readers, and one writer at a time, in order of asking.

    A thread has at most one unit of work open. A second one would wait for the first for ever, or
    read what the first has not saved: RuntimeError, because the mistake is in the program.
    """

    def __init__(self, url: str, *, patience: float = 30.0) -> None:
        """Open `url` (`sqlite:////path`, `postgresql://user@host/name`). `patience`: seconds to
        wait before Unavailable."""
        self._patience = patience
        self._kind, parsed = dialect.kind_of(url)
        self._writer, self._reader = self._kind.open_engines(parsed, patience)
        self._turn = FifoLock()
        self._guard = Lock()
        self._busy_threads: set[int] = set()
        with self._explained():
            self._writer.connect().close()

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """One unchanging view; anything written on it is refused."""
        with self._one_a_thread(), self._explained(), self._reader.connect() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Alone from the first read to the commit at the end; an exception undoes everything.

        Raises Unavailable when the turn does not come or the disk is full.
        """
        with self._alone() as connection, connection.begin():
            yield UnitOfWork(connection)

    @contextmanager
    def rebuild(self) -> Iterator[UnitOfWork]:
        """As `write`, for migrations: tables may be made anew under the rows that refer to them."""
        with self._alone() as connection, self._kind.rebuilding(connection):
            yield UnitOfWork(connection)

    def now(self) -> datetime:
        """The time of the database, the same for all processes that use it; aware. May be asked
        within a unit of work: it stands outside of all."""
        with self._explained(), self._reader.connect() as connection:
            return self._kind.now(connection)

    def close(self) -> None:
        """Close every connection; open units of work must have ended."""
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with self._one_a_thread():
            if not self._turn.acquire(self._patience):
                raise Unavailable("database-busy", "The database is busy: try again.")
            try:
                with self._explained(writing=True), self._writer.connect() as connection:
                    yield connection
            finally:
                self._turn.release()

    @contextmanager
    def _one_a_thread(self) -> Iterator[None]:
        thread = get_ident()  # kept: a generator may be finished by another thread
        with self._guard:
            if thread in self._busy_threads:
                raise RuntimeError("this thread has a unit of work open already: pass that one on")
            self._busy_threads.add(thread)
        try:
            yield
        finally:
            with self._guard:
                self._busy_threads.discard(thread)

    @contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        """Turn what the caller can do something about into our own errors. That a reader can't
        write is no news of the database, but a mistake in the program."""
        try:
            yield
        except PoolTimeout as error:
            raise Unavailable("database-busy", "The database is busy: try again.") from error
        except DBAPIError as error:
            meaning: CaseHandoverError | None = self._kind.explain(error.orig)
            if meaning is None or (meaning.code == "database-read-only" and not writing):
                raise
            raise meaning from error
