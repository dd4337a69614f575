"""A short run of the fault harness; the long one is a command (README, "Test it")."""

import secrets
from pathlib import Path

import pytest

from tests.acceptance.faults.run import run
from tests.postgres import serve


@pytest.mark.timeout(600)
def test_whatever_breaks_what_was_promised_holds(tmp_path: Path) -> None:
    """SQLite and one process here, PostgreSQL and two replicas with two workers there."""
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    server = serve(fsync=True)
    try:
        counted = run(tmp_path, ("", server.create()), server, seed, faults=10)
    finally:
        server.stop()
    assert counted["acknowledged"] > 0
    assert counted["notification"] > 0
