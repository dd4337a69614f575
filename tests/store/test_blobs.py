"""Sealed bytes survive kills, races and cuts, and nothing leads out of the folder."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Conflict, Malformed, NotFound, TooLarge
from app.store import blobs as blobs_module
from app.store import segments
from app.store.blobs import BlobStore

SMALL = 16


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_SIZE", SMALL)
    monkeypatch.setattr(blobs_module, "SEGMENT_SIZE", SMALL)


def whole(store: BlobStore, blob_id: str) -> bytes:
    with store.reader(blob_id) as reader:
        return reader.read(reader.size)


def test_what_is_appended_is_read(blobs: BlobStore) -> None:
    assert blobs.length("a") == 0
    assert blobs.append("a", 0, b"one") == 3
    assert blobs.append("a", 3, b"two") == 6
    assert blobs.length("a") == 6
    assert whole(blobs, "a") == b"onetwo"
    assert blobs.ids() == ["a"]


@pytest.mark.parametrize("offset", [0, 1, 4, 10**21])
def test_an_append_elsewhere_than_at_the_end_is_a_conflict(blobs: BlobStore, offset: int) -> None:
    blobs.append("a", 0, b"one")
    with pytest.raises(Conflict, match="blob-offset"):
        blobs.append("a", offset, b"two")
    assert whole(blobs, "a") == b"one"


@pytest.mark.usefixtures("small_segments")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(
    pieces=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8),
    ranges=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=5),
    cut=st.integers(0, 8),
)
def test_a_blob_written_in_any_pieces_reads_as_one_file(
    blobs: BlobStore, pieces: list[bytes], ranges: list[tuple[int, int]], cut: int
) -> None:
    expected = b"".join(pieces)
    for part in (pieces[:cut], pieces[cut:]):
        with blobs.writer("a") as writer:
            for piece in part:
                assert writer.write(piece) == len(piece)
    assert blobs.length("a") == writer.size == len(expected)
    with blobs.reader("a") as reader:
        assert reader.size == len(expected)
        for start, n in ranges:
            assert reader.read_at(start, n) == expected[start : start + n]
        assert b"".join(iter(lambda: reader.read(7), b"")) == expected
    blobs.delete("a")


@pytest.mark.usefixtures("small_segments")
def test_a_writer_keeps_what_arrived_before_a_cut(blobs: BlobStore) -> None:
    def receive() -> None:
        with blobs.writer("a") as writer:
            writer.write(b"x" * (SMALL + 3))
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive()
    assert blobs.length("a") == SMALL + 3


@pytest.mark.usefixtures("small_segments")
def test_a_writer_that_was_overtaken_leaves_no_gap(blobs: BlobStore) -> None:
    writer = blobs.writer("a")
    blobs.append("a", 0, b"first")
    with pytest.raises(Conflict):
        writer.write(b"x" * (SMALL + 3))
    writer.close()
    assert whole(blobs, "a") == b"first"


def test_racing_appenders_do_not_mix_their_bytes(blobs: BlobStore) -> None:
    appenders, rounds = 4, 25
    start = Barrier(appenders)

    def append(mark: int) -> list[tuple[int, bytes]]:
        done = []
        for turn in range(rounds):
            data = bytes([mark]) * (1 + (turn * 7 + mark) % 5)
            start.wait()
            at = blobs.length("a")
            try:
                blobs.append("a", at, data)
                done.append((at, data))
            except Conflict:
                pass
        return done

    with ThreadPoolExecutor(appenders) as pool:
        done = sorted(
            piece
            for each in [pool.submit(append, m) for m in range(appenders)]
            for piece in each.result()
        )
    assert len(done) >= rounds
    assert whole(blobs, "a") == b"".join(data for _, data in done)


def test_nothing_is_put_into_a_deleted_folder(folder: BlobStore) -> None:
    folder.append("a", 0, b"old")
    folder.delete("a")
    with pytest.raises(Conflict, match="blob-deleted"):
        folder.put("a", 3, b"late")


def test_a_deleted_blob_is_gone_at_once_and_may_begin_again(blobs: BlobStore) -> None:
    blobs.append("a", 0, b"old")
    with blobs.reader("a") as reader:
        blobs.delete("a")
        with pytest.raises(NotFound, match="blob-missing"):
            reader.read(3)
    blobs.delete("a")
    assert blobs.ids() == []
    with pytest.raises(NotFound, match="blob-missing"):
        blobs.reader("a")
    blobs.append("a", 0, b"new")
    assert whole(blobs, "a") == b"new"


def test_segments_after_a_gap_or_over_others_do_not_count(blobs: BlobStore) -> None:
    blobs.append("a", 0, b"one")
    for offset in (1, 9):
        blobs.put("a", offset, b"left")
    assert blobs.length("a") == 3
    assert whole(blobs, "a") == b"one"
    blobs.append("a", 3, b"two")
    assert whole(blobs, "a") == b"onetwo"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "a/b", "/etc", "a.part", "-a", "a\n", "a\0", "é", "a" * 65]
)
def test_no_name_leads_out_of_the_folder(blobs: BlobStore, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: blobs.append(name, 0, b"x"),
        lambda: blobs.put(name, 0, b"x"),
        lambda: blobs.length(name),
        lambda: blobs.reader(name),
        lambda: blobs.writer(name),
        lambda: blobs.delete(name),
    ]
    for call in calls:
        with pytest.raises(Malformed, match="blob-id"):
            call()


@pytest.mark.usefixtures("small_segments")
def test_limits(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="segment-size"):
        blobs.append("a", 0, b"x" * (SMALL + 1))
    monkeypatch.setattr(blobs_module, "SEGMENTS_PER_BLOB", 2)
    blobs.append("a", 0, b"x")
    blobs.append("a", 1, b"x")
    with pytest.raises(TooLarge, match="blob-pieces"):
        blobs.append("a", 2, b"x")
    with blobs.reader("a") as reader, pytest.raises(Malformed, match="blob-range"):
        reader.read_at(-1, 1)


def test_everything_is_for_its_owner_only(folder: BlobStore, tmp_path: Path) -> None:
    folder.append("a", 0, b"x")
    paths = [tmp_path / "blobs", *(tmp_path / "blobs").rglob("*")]
    assert len(paths) == 4
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths} == {0}
