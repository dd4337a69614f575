"""What holds for all tests."""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Dialect, Engine

from app.resources import folder
from app.store import postgresql, sqlite
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from tests.postgres import Server
from tests.postgres import serve as serve_postgres
from tests.s3 import S3
from tests.s3 import serve as serve_s3

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


def pytest_collection_finish() -> None:
    """What stays for ever, all modules and tests, need not be looked through by each collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """A service compiles each statement once, and so does a process of tests, which has a new
    database for each: engines of one kind have one dialect, and one cache of what it made."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (sqlite, postgresql):
            shared = partial(_sharing, kind.create_engine, [], {})
            patch.setattr(kind, "create_engine", shared)
        yield


def _sharing(
    create: Callable[..., Engine],
    first: list[Dialect],
    compiled: dict[Any, Any],
    *given: Any,
    **options: Any,
) -> Engine:
    made = create(*given, **options)
    if not first:
        first.append(made.dialect)
    made.dialect = first[0]
    made.update_execution_options(compiled_cache=compiled)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a process; each makes databases of its own in it."""
    server = serve_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> Iterator[str]:
    """The name of a database after all migrations: to copy it is faster than to migrate."""
    made = postgres.create()
    with Database(made) as database:
        upgrade(database, folder("migrations"))
    yield postgres.name(made)
    postgres.drop(made)


@pytest.fixture(scope="session")
def s3_of_session() -> Iterator[S3]:
    """One server for all tests of a process; each has a prefix of its own in its bucket."""
    server = serve_s3()
    yield server
    server.stop()


@pytest.fixture
def s3(s3_of_session: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """The server, and the environment in which the program reaches it."""
    for name, value in s3_of_session.environment.items():
        monkeypatch.setenv(name, value)
    yield s3_of_session
    s3_of_session.between = None


@pytest.fixture(params=["folder", "s3"])
def blobs_setting(request: pytest.FixtureRequest) -> str:
    """An empty place of each kind, as the setting `blobs` names it."""
    if request.param == "folder":
        return str(request.getfixturevalue("tmp_path") / "blobs")
    server: S3 = request.getfixturevalue("s3")
    return server.url()
