"""A document whose stored bytes are damaged: a problem, written down, and not a cut answer."""

import os
from pathlib import Path

import pytest

from app.api.app import create_app
from app.flows import send
from app.store import access_log
from app.trust import accesslog
from tests.api.asgi import call
from tests.api.conftest import Door, code
from tests.flows import acts
from tests.flows.conftest import WORKER, Two

SIZE = 3 << 20


@pytest.fixture
def path(two: Two, sending: Door) -> str:
    """Of a document of many chunks that has arrived."""
    handover = acts.notified(two)
    put = sending.desk().attach(handover, 1, "a.bin", os.urandom(SIZE))
    assert put.status_code == 201, put.text
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    return f"/v1/handovers/{handover}/attachments/1"


def stored(folder: Path) -> Path:
    """The receiver's largest segment: it has the document."""
    return max((folder / "b" / "blobs").rglob("0*"), key=lambda one: one.stat().st_size)


def damage(segment: Path) -> None:
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-0"}])
def test_a_damaged_document_is_a_problem_and_no_part_of_it_is_given(
    two: Two, tmp_path: Path, receiving: Door, path: str, headers: dict[str, str]
) -> None:
    asked = {"Access-Purpose": "Test", **headers}
    assert receiving.desk().ask("GET", path, asked).is_success
    damage(stored(tmp_path))
    refused = receiving.desk().ask("GET", path, asked)
    assert (refused.status_code, code(refused)) == (422, "age-payload-chunk")
    with two.receiver.database.read() as uow:
        rows = access_log.after(uow.connection, 0, 100)
    assert [accesslog.access_of(row.entry).act for row in rows] == ["download", "download"]


def test_a_file_is_open_only_while_somebody_reads_it(
    two: Two, tmp_path: Path, receiving: Door, path: str
) -> None:
    """Also where it is damaged, and where whoever asked goes away."""
    headers = {**receiving.desk().headers, "Access-Purpose": "Test"}
    app = create_app(two.receiver)
    assert len(call(app, "GET", path, headers, []).body) == SIZE
    gone = call(app, "GET", path, headers, [], cut=True)
    assert (gone.status, len(gone.body) < SIZE) == (200, True)
    assert opened(stored(tmp_path)) == 0
    damage(stored(tmp_path))
    assert call(app, "GET", path, headers, []).status == 422
    assert opened(stored(tmp_path)) == 0


def opened(file: Path) -> int:
    """How often this process has it open."""
    links = list(Path("/proc/self/fd").iterdir())
    return sum(os.path.realpath(link) == str(file.resolve()) for link in links)
