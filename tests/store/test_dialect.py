"""Every statement that the room can issue is one that each database takes."""

from contextlib import suppress
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError

from app.errors import CaseHandoverError
from app.store.unit_of_work import Database
from tests.store.examples import called, repository_functions

FUNCTIONS = repository_functions()


def test_the_database_takes_each(database: Database) -> None:
    """The values may be none that fit: what is said is never against the language."""
    for function in FUNCTIONS.values():
        with suppress(CaseHandoverError, IntegrityError, DataError), database.write() as uow:
            called(function, uow.connection)


def test_the_functions_are_found() -> None:
    assert {"jobs.claim", "statements.insert", "handovers.save", "meta.put"} <= set(FUNCTIONS)


def test_the_claims_of_workers_do_not_wait_for_each_other() -> None:
    """Nor do they where there is no turn to wait for, as in a replica of another version."""
    said: list[str] = []

    class Told:
        def execute(self, statement: ClauseElement) -> list[Any]:
            dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
            said.append(str(statement.compile(dialect=dialect)))
            return []

    called(FUNCTIONS["jobs.claim"], Told())
    assert "FOR UPDATE OF first SKIP LOCKED" in said[0]
