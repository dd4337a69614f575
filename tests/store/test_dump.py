"""Rows written from either kind of database are the same, and fill either kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer, LargeBinary, func, select

from app.errors import Malformed
from app.store import counters, dump, jobs
from app.store.tables import Moment, metadata
from app.store.unit_of_work import Database
from tests.trust.making import refused

NOON = datetime(2026, 3, 2, 12, 0, 0, 123, tzinfo=UTC)


def fill(database: Database) -> None:
    """Two rows in every table that is dumped: every column full, and every one that may be empty
    empty."""
    with database.write() as uow:
        for name in dump.TABLES:
            table = metadata.tables[name]
            for number, whole in enumerate((True, False)):
                row = {
                    column.name: value(table.name, column, number)
                    for column in table.columns
                    if whole or not column.nullable
                }
                uow.connection.execute(table.insert(), row)


def value(table: str, column: Any, number: int) -> Any:
    constrained = {
        "side": "sender", "holder": "receiver", "owes": "sender", "direction": "in",
        "status": ("entry", "pending")[number],
    }  # fmt: skip
    if column.name in constrained:
        return constrained[column.name]
    if isinstance(column.type, Moment):
        return NOON + timedelta(days=number)
    if isinstance(column.type, LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(column.type, Boolean):
        return bool(number)
    if isinstance(column.type, Integer):
        return 2**40 + number if column.name == "size" else 7 + number
    return "{}" if (table, column.name) == ("jobs", "payload") else f"{number} Łódź\n"


def everything(database: Database) -> dict[str, list[bytes]]:
    with database.read() as uow:
        return {name: list(dump.lines(uow.connection, name)) for name in dump.TABLES}


def test_every_row_comes_back_on_either_kind(database: Database, other: Database) -> None:
    fill(database)
    written = everything(database)
    assert all(len(lines) == 2 for lines in written.values())
    with other.write() as uow:
        for name, lines in written.items():
            assert dump.load(uow.connection, name, map(dump.row, lines)) == 2
        dump.go_on_counting(uow.connection)
    assert everything(other) == written
    with other.write() as uow:
        jobs.enqueue(uow.connection, "tick", "new", "new", {}, NOON)
        assert jobs.in_lane(uow.connection, "new")[0].id > 8


def test_pages_of_rows_are_all_there(database: Database, other: Database) -> None:
    with database.write() as uow:
        for number in range(1100):
            jobs.enqueue(uow.connection, "tick", "lane", f"{number}", {"n": number}, NOON)
    lines = everything(database)["jobs"]
    with other.write() as uow:
        assert dump.load(uow.connection, "jobs", map(dump.row, lines)) == 1100
        table = metadata.tables["jobs"]
        assert uow.connection.scalar(select(func.count()).select_from(table)) == 1100


def test_numbers_are_left_out(database: Database) -> None:
    with database.write() as uow:
        counters.skip(uow.connection, "fresh", 10)
        assert counters.next_value(uow.connection, "fresh") == 11
        counters.skip(uow.connection, "fresh", 10)
        assert counters.next_value(uow.connection, "fresh") == 22


@pytest.mark.parametrize(
    "line", [b"", b"[]", b'{"a":1.5}', b'{"a":[]}', b'{"a":{"base64":"*"}}', b'{"a":{"at":"x"}}']
)
def test_what_is_no_row(line: bytes) -> None:
    assert isinstance(refused(lambda: dump.row(line), "backup-row"), Malformed)
