"""A database of either kind and a blob store of one's own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import tables
from app.store.blobs import BlobStore, open_blobs
from app.store.unit_of_work import Database
from tests.postgres import Server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'handover.db'}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    made = postgres.create()
    yield made
    postgres.drop(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on."""
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, kind: str) -> str:
    """An empty database."""
    found: str = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    return found


@pytest.fixture
def database(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Database]:
    """One with the tables, and nothing in them."""
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        made = server.create(request.getfixturevalue("postgres_template"))
        with Database(made, patience=5) as opened:
            yield opened
        server.drop(made)
    else:
        with Database(f"sqlite:///{tmp_path / 'tables.db'}", patience=5) as opened:
            with opened.write() as uow:
                tables.metadata.create_all(uow.connection)
            yield opened


@pytest.fixture
def blobs(blobs_setting: str, tmp_path: Path) -> BlobStore:
    """An empty store of each kind."""
    return open_blobs(blobs_setting, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> BlobStore:
    """An empty store in a folder."""
    return open_blobs("blobs", tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A second one of each kind."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        made = server.create(request.getfixturevalue("postgres_template"))
        with Database(made, patience=5) as opened:
            yield opened
        server.drop(made)
    else:
        with Database(f"sqlite:///{tmp_path / 'other.db'}", patience=5) as opened:
            with opened.write() as uow:
                tables.metadata.create_all(uow.connection)
            yield opened
