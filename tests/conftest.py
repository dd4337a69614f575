"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from app.resources import folder
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from tests.postgres import Server
from tests.postgres import serve as serve_postgres
from tests.s3 import S3
from tests.s3 import serve as serve_s3

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


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
