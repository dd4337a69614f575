"""Every statement that the room can issue is one that each database takes."""

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import ClauseElement
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError

from app.errors import CaseHandoverError
from app.store.unit_of_work import Database
from tests.store.examples import example_arguments, repository_functions

FUNCTIONS = repository_functions()


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_the_database_takes_it(name: str, database: Database) -> None:
    """The values may be none that fit: what is said is never against the language."""
    function = FUNCTIONS[name]
    with database.write() as uow, suppress(CaseHandoverError, IntegrityError, DataError):
        function(uow.connection, *example_arguments(function))


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

    function = FUNCTIONS["jobs.claim"]
    function(Told(), *example_arguments(function))
    assert "FOR UPDATE OF first SKIP LOCKED" in said[0]
