"""A database and a blob store of one's own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import tables
from app.store.blobs import BlobStore
from app.store.unit_of_work import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'handover.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url, patience=5) as opened:
        with opened.write() as uow:
            tables.metadata.create_all(uow.connection)
        yield opened


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")
