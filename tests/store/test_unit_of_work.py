"""Transactions under threads: nothing lost, nobody stuck, nothing said that should not be."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import TypeVar

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.errors import Conflict, Malformed, Unavailable
from app.store import postgresql, sqlite
from app.store.tables import counters, meta, tokens
from app.store.unit_of_work import Database, UnitOfWork

set_journal = sqlite._set_journal


def put(connection: Connection, value: int) -> None:
    connection.execute(insert(counters).values(name="n", value=value))


def value(connection: Connection) -> int | None:
    return connection.scalar(select(counters.c.value))


@pytest.fixture(params=["wal", "truncate", "postgresql"])
def either(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Database]:
    """Opens a SQLite database in either journal mode, or one of PostgreSQL."""
    if request.param == "postgresql":
        of_server: str = request.getfixturevalue("postgres_url")
        return lambda: Database(of_server)
    module, _ = sqlite.choose_module()
    monkeypatch.setattr(sqlite, "choose_module", lambda: (module, request.param == "wal"))
    of_file: str = request.getfixturevalue("sqlite_url")
    return lambda: Database(of_file)


def test_racing_read_then_write_transactions_lose_nothing(either: Callable[[], Database]) -> None:
    """Two of the four writers stand for another process: they share no lock with the others."""
    writers, turns = 4, 50
    with either() as database, either() as other:
        with database.write() as uow:
            counters.create(uow.connection)
            put(uow.connection, 0)
        start = Barrier(writers)

        def count(mine: Database) -> None:
            start.wait()
            for _ in range(turns):
                with mine.write() as uow:
                    seen = value(uow.connection)
                    assert seen is not None
                    uow.connection.execute(update(counters).values(value=seen + 1))

        with ThreadPoolExecutor(writers) as pool:
            for done in [pool.submit(count, mine) for mine in (database, other) * (writers // 2)]:
                done.result()
        with database.read() as uow:
            assert value(uow.connection) == writers * turns


def test_the_journal_is_the_one_that_the_build_of_sqlite_is_safe_with(sqlite_url: str) -> None:
    _, safe = sqlite.choose_module()
    with Database(sqlite_url) as database, database.write() as uow:
        mode = uow.connection.scalar(text("PRAGMA journal_mode"))
        assert mode == ("wal" if safe else "truncate")
        assert uow.connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert uow.connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_journal_that_others_keep_open_is_not_used_by_an_unsafe_build(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _ = sqlite.choose_module()
    monkeypatch.setattr(sqlite, "choose_module", lambda: (module, True))
    with Database(sqlite_url) as database:
        with database.write() as uow:
            counters.create(uow.connection)
        monkeypatch.setattr(sqlite, "choose_module", lambda: (module, False))
        with pytest.raises(Unavailable, match="database-busy"):
            Database(sqlite_url, patience=0.05)


def test_a_journal_mode_that_was_not_obtained_is_never_used(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite answers with the mode that it has, which need not be the one asked for."""
    monkeypatch.setattr(sqlite, "_set_journal", lambda _: set_journal("another"))
    with pytest.raises(Unavailable, match="database-journal"):
        Database(sqlite_url)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_versions_with_the_wal_reset_bug(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite.wal_is_safe(version) is safe


def test_the_module_is_judged_by_the_sqlite_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr(sqlite, "wal_is_safe", lambda version: False)
    assert sqlite.choose_module() == (sqlite3, False)
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda v: v == sqlite3.sqlite_version_info)
    assert sqlite.choose_module() == (sqlite3, True)


def test_an_exception_undoes_everything(database: Database) -> None:
    def interrupted() -> None:
        with database.write() as uow:
            put(uow.connection, 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with database.read() as uow:
        assert value(uow.connection) is None


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as before:
        assert value(before.connection) is None

        def other() -> None:
            with database.write() as uow:
                put(uow.connection, 1)

        _in_another_thread(other)
        assert value(before.connection) is None
    with database.read() as after:
        assert value(after.connection) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), database.read() as uow:
        put(uow.connection, 1)


@pytest.mark.parametrize("inner", [Database.write, Database.read, Database.rebuild])
@pytest.mark.parametrize("outer", [Database.write, Database.read])
def test_a_second_unit_of_work_in_one_thread_is_a_programming_error(
    database: Database,
    outer: Callable[[Database], AbstractContextManager[UnitOfWork]],
    inner: Callable[[Database], AbstractContextManager[UnitOfWork]],
) -> None:
    with outer(database), pytest.raises(RuntimeError, match="already"), inner(database):
        pass
    with inner(database):
        pass


def test_a_turn_that_does_not_come_is_unavailable_and_does_no_harm(url: str) -> None:
    with Database(url, patience=0.05) as database:
        with database.write():
            assert _in_another_thread(lambda: _try_to_write(database)) == "database-busy"
        assert _try_to_write(database) is None


def test_another_process_that_writes_makes_us_wait_then_unavailable(url: str) -> None:
    with Database(url, patience=0.05) as one, Database(url, patience=0.05) as other:
        with one.write():
            assert _in_another_thread(lambda: _try_to_write(other)) == "database-busy"
        assert _try_to_write(other) is None


def test_writers_are_served_in_the_order_in_which_they_asked(database: Database) -> None:
    served: list[int] = []
    asked = [Event() for _ in range(6)]
    waiting = database._turn._turns

    def write(number: int) -> None:
        asked[number].set()
        with database.write():
            served.append(number)

    with database.write():
        threads = [Thread(target=write, args=(number,)) for number in range(6)]
        for number, thread in enumerate(threads):
            thread.start()
            while len(waiting) <= number:
                asked[number].wait()
    for thread in threads:
        thread.join()
    assert served == list(range(6))


def test_an_error_of_the_database_does_not_repeat_what_was_stored(database: Database) -> None:
    with database.write() as uow:
        uow.connection.execute(insert(meta).values(key="k", value="Anwen Example (fictional)"))
    with pytest.raises(Conflict, match="already-stored") as taken, database.write() as uow:
        uow.connection.execute(insert(meta).values(key="k", value="Anwen Example (fictional)"))
    with pytest.raises(IntegrityError) as missing, database.write() as uow:
        uow.connection.execute(insert(tokens).values(id="Anwen Example (fictional)"))
    for raised in (taken.value, taken.value.__cause__, missing.value):
        assert "Anwen" not in f"{raised} {raised!r}"


def test_the_files_are_for_their_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    with Database(sqlite_url) as database:
        with database.write() as uow:
            uow.connection.execute(text("CREATE TABLE t (x)"))
        files = list(tmp_path.glob("handover.db*"))
        assert files
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize(
    "address", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql://"]
)
def test_an_address_that_cannot_be_used_is_said_so(address: str) -> None:
    with pytest.raises(Malformed, match="database-url"):
        Database(address)


def test_a_file_that_is_no_database_is_said_to_be_damaged(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "handover.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Unavailable, match="database-damaged"):
        Database(sqlite_url)


def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match="database-unreachable"):
        Database(f"sqlite:///{tmp_path / 'file' / 'handover.db'}")


@pytest.mark.parametrize(("idle", "notices"), [(0.0, False), (60.0, True)])
def test_an_idle_connection_that_the_server_ended_is_made_anew_unseen(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, idle: float, notices: bool
) -> None:
    """One that was in use a moment ago fails once, with what says so."""
    others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                  "pg_backend_pid() AND datname = current_database()")  # fmt: skip
    monkeypatch.setattr(postgresql, "_IDLE", idle)
    with Database(postgres_url) as database, Database(postgres_url) as administrator:
        with database.write():
            pass
        with administrator.write() as uow:
            uow.connection.execute(others)
        assert _try_to_write(database) == ("database-unreachable" if notices else None)
        assert _try_to_write(database) is None


R = TypeVar("R")


def _in_another_thread(work: Callable[[], R]) -> R:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def _try_to_write(database: Database) -> str | None:
    try:
        with database.write():
            return None
    except Unavailable as error:
        return error.code
