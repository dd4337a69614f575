"""Migrations go up, down and up, and lead to exactly the tables that the code declares."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from app.errors import Conflict, Unavailable
from app.store import jobs, migrate, tables
from app.store.unit_of_work import Database

OF_POSTGRESQL = """
SELECT c.relname, coalesce(pg_get_indexdef(i.indexrelid), (
    SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                a.attnotnull, a.attidentity), ', ' ORDER BY a.attname)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) || coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname)
                     FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'), ''))
  FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
   AND c.relname NOT LIKE 'alembic_version%'
"""
LOCATION = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    with Database(url, patience=5) as opened:
        yield opened


@pytest.fixture
def of_sqlite(sqlite_url: str) -> Iterator[Database]:
    with Database(sqlite_url, patience=5) as opened:
        yield opened


def shape(connection: Connection) -> dict[str, str]:
    """Every table and index by name, as the database says that it is."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(text(OF_POSTGRESQL)).all()
        return {str(row[0]): str(row[1]) for row in found}
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {
        name: _normal(sql)
        for name, sql in rows
        if not name.startswith(("sqlite_", "alembic_version"))
    }


def _normal(sql: str) -> str:
    """The same whatever the spacing and the order of columns and constraints; SQLite writes a
    column that was added into the line of the last one."""
    sql = re.sub(r", (?=\w+ [A-Z]+[^,]*, \n)", ",\n", sql)
    sql = re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql)  # one that was made anew
    lines = (" ".join(line.split()).rstrip(" ,;") for line in sql.splitlines())
    return "\n".join(sorted(line for line in lines if line))


def test_up_down_up(empty: Database) -> None:
    assert migrate.current(empty) is None
    migrate.upgrade(empty, LOCATION)
    first = migrate.current(empty)
    assert first is not None
    with empty.read() as uow:
        up = shape(uow.connection)
    migrate.upgrade(empty, LOCATION)  # nothing to do
    migrate.downgrade(empty, LOCATION)
    assert migrate.current(empty) is None
    with empty.read() as uow:
        assert shape(uow.connection) == {}
    migrate.upgrade(empty, LOCATION)
    assert migrate.current(empty) == first
    with empty.read() as uow:
        assert shape(uow.connection) == up


def test_what_is_up_to_date_waits_for_nobody(of_sqlite: Database, sqlite_url: str) -> None:
    migrate.upgrade(of_sqlite, LOCATION)
    with Database(sqlite_url, patience=0.1) as other, of_sqlite.write():
        migrate.upgrade(other, LOCATION)


def test_what_waits_outlives_a_new_column_and_its_end(empty: Database) -> None:
    migrate.upgrade(empty, LOCATION, "0003")
    with empty.write() as uow:
        uow.connection.exec_driver_sql(
            "INSERT INTO jobs (kind, lane, key, payload, due_at, fence, attempts, stopped, again)"
            " VALUES ('deliver', 'a', 'k', '{}', '2026-03-02 12:00:00', 7, 1, false, false)"
        )
    migrate.upgrade(empty, LOCATION)
    with empty.write() as uow:
        (job,) = jobs.in_lane(uow.connection, "a")
        assert (job.key, job.fence, job.share) == ("k", 7, None)
    migrate.downgrade(empty, LOCATION, "0003")
    with empty.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT key, fence FROM jobs").all() == [("k", 7)]


def test_alembic_finds_no_difference_from_the_metadata(empty: Database) -> None:
    migrate.upgrade(empty, LOCATION)
    with empty.read() as uow:
        context = MigrationContext.configure(uow.connection)
        assert compare_metadata(context, tables.metadata) == []


def test_migrations_and_metadata_lead_to_the_same(empty: Database) -> None:
    """Alembic compares neither checks nor the conditions of indexes; this does."""
    migrate.upgrade(empty, LOCATION)
    with empty.read() as uow:
        migrated = shape(uow.connection)
    migrate.downgrade(empty, LOCATION)
    with empty.write() as uow:
        tables.metadata.create_all(uow.connection)
        assert migrated == shape(uow.connection)


def test_a_database_of_a_newer_version_is_left_alone(empty: Database) -> None:
    migrate.upgrade(empty, LOCATION)
    with empty.write() as uow:
        uow.connection.execute(text("UPDATE alembic_version SET version_num = 'x999'"))
    with pytest.raises(Conflict, match="database-version"):
        migrate.upgrade(empty, LOCATION)
    assert migrate.current(empty) == "x999"


def test_a_migration_that_fails_leaves_everything_as_it_was(
    empty: Database, tmp_path: Path
) -> None:
    location = tmp_path / "50% new" / "migrations"
    (location / "versions").mkdir(parents=True)
    (location / "env.py").write_text((LOCATION / "env.py").read_text())
    (location / "versions" / "0001_fails.py").write_text(
        "from alembic import op\n"
        "import sqlalchemy as sa\n"
        "revision, down_revision = '0001', None\n"
        "def upgrade():\n"
        "    op.create_table('t', sa.Column('x', sa.Integer))\n"
        "    raise KeyboardInterrupt\n"
    )
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(empty, location)
    assert migrate.current(empty) is None
    with empty.read() as uow:
        assert shape(uow.connection) == {}


def test_a_table_made_anew_keeps_the_rows_that_refer_to_it(of_sqlite: Database) -> None:
    """With foreign keys on, dropping the old table would delete them."""
    with of_sqlite.write() as uow:
        run = uow.connection.exec_driver_sql
        run("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        run("CREATE TABLE child (id INTEGER REFERENCES parent ON DELETE CASCADE)")
        run("INSERT INTO parent VALUES (1)")
        run("INSERT INTO child VALUES (1)")
    with of_sqlite.rebuild() as uow:
        operations = Operations(MigrationContext.configure(uow.connection))
        with operations.batch_alter_table("parent", recreate="always"):
            pass
    with of_sqlite.write() as uow:
        run = uow.connection.exec_driver_sql
        assert run("SELECT count(*) FROM child").scalar() == 1
        run("DELETE FROM parent")
        assert run("SELECT count(*) FROM child").scalar() == 0


def test_a_rebuild_that_leaves_rows_without_their_parent_is_undone(of_sqlite: Database) -> None:
    with of_sqlite.write() as uow:
        run = uow.connection.exec_driver_sql
        run("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        run("CREATE TABLE child (id INTEGER REFERENCES parent)")
        run("INSERT INTO parent VALUES (1)")
        run("INSERT INTO child VALUES (1)")

    def orphan() -> None:
        with of_sqlite.rebuild() as uow:
            uow.connection.exec_driver_sql("DELETE FROM parent")

    with pytest.raises(Unavailable, match="database-references"):
        orphan()
    with of_sqlite.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1
