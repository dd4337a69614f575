"""Every statement that the room can issue is one that each database takes."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import event
from sqlalchemy.exc import DataError, IntegrityError

from app.errors import CaseHandoverError
from app.store import jobs
from app.store.unit_of_work import Database
from tests.store.examples import NOON, called, repository_functions

FUNCTIONS = repository_functions()
LEASE = timedelta(minutes=1)


def test_the_database_takes_each(database: Database) -> None:
    """The values may be none that fit: what is said is never against the language."""
    for function in FUNCTIONS.values():
        with suppress(CaseHandoverError, IntegrityError, DataError), database.write() as uow:
            called(function, uow.connection)


def test_the_functions_are_found() -> None:
    assert {"jobs.claim", "statements.insert", "handovers.save", "meta.put"} <= set(FUNCTIONS)


def test_the_claims_of_workers_do_not_wait_for_each_other(database: Database) -> None:
    """Nor do they where there is no turn to wait for, as in a replica of another version."""
    said: list[str] = []
    event.listen(
        database._writer, "before_cursor_execute", lambda _c, _u, sql, *_: said.append(sql)
    )
    with database.write() as uow:
        jobs.enqueue(uow.connection, "deliver", "a", "k", {}, NOON)
        assert jobs.claim(uow.connection, ["deliver"], NOON, LEASE, 1)
        skips = any("FOR UPDATE SKIP LOCKED" in sql for sql in said)
        assert skips == (uow.connection.dialect.name == "postgresql")
