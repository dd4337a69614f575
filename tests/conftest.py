"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from app.resources import folder
from app.store.migrate import upgrade
from app.store.unit_of_work import Database
from tests.postgres import Server, serve

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a process; each makes databases of its own in it."""
    server = serve()
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
