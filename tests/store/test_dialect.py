"""Every statement that the room can issue is one that PostgreSQL can be told."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from tests.store.examples import example_arguments, repository_functions

FUNCTIONS = repository_functions()


class NoRows:
    """A result without rows that says that one was changed."""

    rowcount = 1

    def __iter__(self) -> Iterator[Any]:
        return iter([])

    def mappings(self) -> "NoRows":
        return self

    def one_or_none(self) -> None:
        return None

    def one(self) -> tuple[int, int]:
        return (0, 0)

    def scalar_one(self) -> int:
        return 1


class Probe:
    """Stands for a connection to PostgreSQL: compiles what it is given."""

    def __init__(self) -> None:
        self.dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        self.sql: list[str] = []

    def execute(self, statement: Any, _: Any = None) -> NoRows:
        self.sql.append(str(statement.compile(dialect=self.dialect)))
        return NoRows()

    scalars = execute

    def scalar(self, statement: Any) -> None:
        self.execute(statement)


def told(name: str) -> str:
    """The SQL that a function of the room issues on PostgreSQL."""
    probe = Probe()
    function = FUNCTIONS[name]
    function(cast("Connection", probe), *example_arguments(function))
    assert probe.sql
    return "\n".join(probe.sql)


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_it_compiles_for_postgresql(name: str) -> None:
    assert "?" not in told(name)


def test_the_functions_are_found() -> None:
    assert {"jobs.claim", "statements.insert", "handovers.save", "meta.put"} <= set(FUNCTIONS)


def test_what_only_one_of_the_two_knows_is_said_in_its_words() -> None:
    assert "FOR UPDATE OF first SKIP LOCKED" in told("jobs.claim")
    assert "ON CONFLICT DO NOTHING" in told("statements.insert")
    assert "ON CONFLICT (key) DO UPDATE" in told("meta.put")
