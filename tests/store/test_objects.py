"""What is different where segments are objects: a server between us and them, which may be away,
refuse, forget its answer, or not be what it seems."""

import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import CaseHandoverError, Conflict, Malformed, NotFound, NotVerified, Unavailable
from app.store import objects
from app.store import segments as segments_module
from app.store.blobs import BlobStore, open_blobs
from tests import s3 as s3_server
from tests.s3 import BUCKET, S3, Application

Answer = Iterable[bytes]
DENIED = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"


@pytest.fixture
def url(s3: S3) -> str:
    return s3.url()


@pytest.fixture
def blobs(url: str, tmp_path: Path) -> BlobStore:
    return open_blobs(url, tmp_path)


def whole(store: BlobStore, blob_id: str) -> bytes:
    with store.reader(blob_id) as reader:
        return reader.read(reader.size)


def refuse(status: str, body: bytes = b"") -> Callable[[Application, dict[str, Any], Any], Answer]:
    def between(moto: Application, environment: dict[str, Any], start_response: Any) -> Answer:
        start_response(status, [("Content-Length", str(len(body)))])
        return [body]

    return between


def test_it_is_kept_under_the_prefix_and_nowhere_else(
    blobs: BlobStore, url: str, s3: S3, tmp_path: Path
) -> None:
    blobs.append("a", 0, b"sealed")
    prefix = url.rpartition("/")[2]
    found = s3.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix + "/")["Contents"]
    assert [one["Key"] for one in found] == [f"{prefix}/probe", f"{prefix}/uploads/a/{0:020d}"]
    assert list(tmp_path.iterdir()) == []


def test_another_s_objects_are_not_ours(blobs: BlobStore, url: str, s3: S3) -> None:
    blobs.append("a", 0, b"sealed")
    prefix = url.rpartition("/")[2]
    for key in ("uploads/x", "uploads/a/note", "uploads/a/0/1", f"uploads/a.b/{0:020d}"):
        s3.client.put_object(Bucket=BUCKET, Key=f"{prefix}/{key}", Body=b"theirs")
    assert blobs.ids() == ["a"]
    assert blobs.length("a") == 6


def test_a_blob_is_as_old_as_what_was_written_last(blobs: BlobStore, url: str, s3: S3) -> None:
    for blob in ("a", "b"):
        blobs.append(blob, 0, b"one")
        blobs.append(blob, 3, b"two")
    s3.age(url, "uploads/a/", timedelta(days=31))
    s3.age(url, f"uploads/b/{0:020d}", timedelta(days=31))
    assert blobs.idle(timedelta(days=30)) == ["a"]
    assert blobs.idle(timedelta(days=32)) == []


def test_an_answer_that_was_lost_is_no_conflict(blobs: BlobStore, s3: S3) -> None:
    lost: list[list[bytes]] = []

    def between(moto: Application, environment: dict[str, Any], start_response: Any) -> Answer:
        if environment["REQUEST_METHOD"] != "PUT" or lost:
            return moto(environment, start_response)
        lost.append(list(moto(environment, lambda *_: None)))
        start_response("503 Slow Down", [("Content-Length", "0")])
        return [b""]

    blobs.check()
    s3.between = between
    assert blobs.append("a", 0, b"one") == 3
    assert lost
    assert whole(blobs, "a") == b"one"


def test_a_conflict_with_other_bytes_is_one(blobs: BlobStore) -> None:
    blobs.put("a", 0, b"one")
    assert blobs.put("a", 0, b"one") == 3
    for other in (b"two", b"on", b"ones"):
        with pytest.raises(Conflict, match="blob-offset"):
            blobs.put("a", 0, other)


def test_a_server_that_writes_over_is_never_written_to(blobs: BlobStore, s3: S3) -> None:
    def between(moto: Application, environment: dict[str, Any], start_response: Any) -> Answer:
        environment.pop("HTTP_IF_NONE_MATCH", None)
        return moto(environment, start_response)

    s3.between = between
    for call in (blobs.check, lambda: blobs.append("a", 0, b"one")):
        with pytest.raises(Unavailable, match="storage-unsafe") as raised:
            call()
        assert not raised.value.retryable
    s3.between = None
    assert blobs.ids() == []


def cut(s3: S3, after: int) -> None:
    """Whoever deletes is cut off after so many requests."""
    deleted = []

    def between(moto: Application, environment: dict[str, Any], start_response: Any) -> Answer:
        method, query = environment["REQUEST_METHOD"], environment["QUERY_STRING"]
        if method == "DELETE" or (method == "POST" and "delete" in query):
            deleted.append(method)
            if len(deleted) > after:
                return refuse("403 Forbidden", DENIED)(moto, environment, start_response)
        return moto(environment, start_response)

    s3.between = between


def test_a_deletion_cut_short_leaves_no_shorter_blob(blobs: BlobStore, s3: S3) -> None:
    for offset in range(3):
        blobs.append("a", offset, b"x")
    with blobs.reader("a") as before:
        cut(s3, after=1)
        with pytest.raises(Unavailable, match="storage-denied"):
            blobs.delete("a")
        assert blobs.length("a") == 0
        with pytest.raises(NotFound, match="blob-missing"):
            blobs.reader("a")
        with pytest.raises(NotFound, match="blob-missing"):
            before.read(3)
    assert blobs.ids() == ["a"], "what is left can be found"
    s3.between = None
    blobs.delete("a")
    assert blobs.ids() == []


def test_a_long_blob_is_deleted_whole(blobs: BlobStore) -> None:
    for offset in range(12):
        blobs.put("a", offset, b"x")
    blobs.put("ab", 0, b"x")
    blobs.delete("a")
    assert blobs.ids() == ["ab"]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        ("403 Forbidden", DENIED, "storage-denied"),
        ("401 Unauthorized", b"", "storage-denied"),
        ("404 Not Found", b"<Error><Code>NoSuchBucket</Code></Error>", "storage-failed"),
        ("400 Bad Request", b"", "storage-failed"),
        ("200 OK", b"<nonsense", "storage-failed"),
    ],
)
def test_what_the_server_says_is_explained_and_never_repeated(
    blobs: BlobStore, url: str, s3: S3, status: str, body: bytes, code: str
) -> None:
    blobs.append("a", 0, b"one")
    lists: list[Callable[[], object]] = [lambda: blobs.length("a"), blobs.ids]
    writes: list[Callable[[], object]] = [blobs.check, lambda: blobs.put("a", 3, b"two")]
    s3.between = refuse(status, body)
    for call in [*lists, *(writes if status != "200 OK" else [])]:
        with pytest.raises(Unavailable) as raised:
            call()
        assert raised.value.code == (code if call in writes else "storage-failed")
        assert_silent(raised.value, url, s3)


def test_a_server_that_is_away_is_said_so(
    blobs: BlobStore, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    away = open_blobs("s3://fictional/prefix", tmp_path)
    with pytest.raises(Unavailable, match="storage-failed") as raised:
        away.length("a")
    assert raised.value.retryable
    assert_silent(raised.value, "s3://fictional/prefix", s3)


def assert_silent(error: CaseHandoverError, url: str, s3: S3) -> None:
    said = "".join(traceback.format_exception(error)).replace(str(Path(__file__).parent), "")
    for word in (*url.split("/")[2:], "127.0.0.1", s3_server.SECRET, "FICTIONALKEYID"):
        assert word not in said


def test_bytes_that_were_lost_are_never_passed_over(blobs: BlobStore, url: str, s3: S3) -> None:
    blobs.append("a", 0, b"one")
    with blobs.reader("a") as reader:
        key = f"{url.rpartition('/')[2]}/uploads/a/{0:020d}"
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"o")
        with pytest.raises(NotVerified, match="blob-damaged"):
            reader.read(3)


def test_who_reads_on_asks_seldom_and_who_leaps_asks_for_little(
    blobs: BlobStore, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments_module, "SEGMENT_SIZE", 1000)
    data = bytes(i % 251 for i in range(2500))
    with blobs.writer("a") as writer:
        writer.write(data)
    ranges: list[str] = []

    def between(moto: Application, environment: dict[str, Any], start_response: Any) -> Answer:
        ranges.append(environment.get("HTTP_RANGE", ""))
        return moto(environment, start_response)

    reader = blobs.reader("a")
    s3.between = between
    assert b"".join(iter(lambda: reader.read(100), b"")) == data
    assert ranges == [
        "bytes=0-99", "bytes=100-999", "bytes=0-99", "bytes=100-999", "bytes=0-99", "bytes=100-499",
    ]  # fmt: skip
    ranges.clear()
    for start in (950, 30, 2200):
        assert reader.read_at(start, 20) == data[start : start + 20]
    assert ranges == ["bytes=950-969", "bytes=30-49", "bytes=200-219"]


def test_nobody_counts_what_is_free(blobs: BlobStore) -> None:
    assert blobs.free() is None


# Where it is


@pytest.mark.parametrize(
    "url",
    [
        "s3://", "s3:///prefix", "s3://b", "https://bucket/prefix", "file:///srv/blobs",
        "memory://", "s3://user:secret@bucket/prefix", "s3://bucket/prefix?endpoint=http://x",
        "s3://bucket/../other", "s3://bucket//prefix", "s3://bucket/prefix#part", "s3://buck et/",
        "s3://bucket/prefix\n", "S3://bucket/prefix", "az://container/prefix",
    ],
)  # fmt: skip
def test_other_urls_are_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(Malformed, match="blobs-url") as raised:
        open_blobs(url, tmp_path)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/a/b/", "gs://bucket/prefix",
                                 "az://container/prefix"])  # fmt: skip
def test_each_kind_opens_without_a_word_to_anybody(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "fictional")
    assert open_blobs(url, tmp_path).free() is None


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}, True),
        ({"AWS_ENDPOINT_URL": "http://localhost:9000"}, True),
        ({"AWS_ENDPOINT_URL_S3": "http://[::1]:9000"}, True),
        ({"AWS_ENDPOINT_URL": "http://s3.example:9000"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1.example"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1", "AWS_ENDPOINT": "http://10.0.0.1"}, False),
        ({"AWS_ENDPOINT_URL": "http://10.0.0.1", "AWS_ALLOW_HTTP": "true"}, False),
    ],
)
def test_plain_http_stays_on_this_machine(environment: dict[str, str], plain: bool) -> None:
    client = objects.open_bucket("s3://bucket/prefix", environment).client_options
    assert client is not None
    assert str(client["allow_http"]).lower() == str(plain).lower()
    assert objects.open_bucket("gs://bucket/prefix", environment).client_options == {
        **client, "allow_http": "false",
    }  # fmt: skip


def test_without_its_driver_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "app.store.objects")
    monkeypatch.delattr("app.store.objects")
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(Malformed, match="blobs-driver"):
        open_blobs("s3://bucket/prefix", tmp_path)
    assert open_blobs("blobs", tmp_path).ids() == []
