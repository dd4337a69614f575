"""A part of a document by `Range`: what RFC 9110 says, and logged like the whole."""

import pytest
from httpx2 import Response

from app.api.ranges import wanted
from app.demo import story
from app.errors import Malformed
from app.store import access_log
from tests.api.conftest import Standing, code
from tests.flows.test_crossing import TODAY

DATA = story.documents(TODAY)[0].data
SIZE = len(DATA)


def path(standing: Standing) -> str:
    return f"/v1/handovers/{standing.handover}/attachments/1"


def ask(standing: Standing, **headers: str | bytes) -> Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return standing.receiving.desk().ask("GET", path(standing), {"Access-Purpose": "Test", **sent})


def logged(standing: Standing) -> int:
    with standing.two.receiver.database.read() as uow:
        return len(access_log.after(uow.connection, 0, 1000))


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("Bytes=100-", 100, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        (f"bytes=3-{10**17}", 3, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        (f"bytes=-{10**17}", 0, SIZE),
    ],
)
def test_one_range_is_the_slice(standing: Standing, header: str, start: int, stop: int) -> None:
    before = logged(standing)
    got = ask(standing, Range=header)
    assert got.status_code == 206
    assert got.content == DATA[start:stop]
    assert got.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert got.headers["Content-Length"] == str(stop - start)
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert logged(standing) == before + 1


@pytest.mark.parametrize(
    "header",
    ["bytes=0-1,5-9", "bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "bytes=٣-", "0-1",
     f"bytes={'9' * 5000}-"],
)  # fmt: skip
def test_several_ranges_and_what_is_none_give_the_whole(standing: Standing, header: str) -> None:
    got = ask(standing, Range=header.encode())
    assert (got.status_code, got.content) == (200, DATA)
    assert got.headers["Accept-Ranges"] == "bytes"
    assert "Content-Range" not in got.headers


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0"])
def test_a_range_after_the_end_is_refused(standing: Standing, header: str) -> None:
    before = logged(standing)
    got = ask(standing, Range=header)
    assert (got.status_code, code(got)) == (416, "range-not-satisfiable")
    assert got.headers["Content-Range"] == f"bytes */{SIZE}"
    assert logged(standing) == before + 1


def test_if_range_holds_for_the_very_bytes_only(standing: Standing) -> None:
    tag = ask(standing).headers["ETag"]
    assert ask(standing, Range="bytes=1-3", If_Range=tag).content == DATA[1:4]
    for other in (f"W/{tag}", '"0"', "Wed, 21 Oct 2026 07:28:00 GMT"):
        got = ask(standing, Range="bytes=1-3", If_Range=other)
        assert (got.status_code, got.content) == (200, DATA)


def test_without_a_purpose_no_range_is_opened(standing: Standing) -> None:
    before = logged(standing)
    got = standing.receiving.desk().ask("GET", path(standing), {"Range": "bytes=0-0"})
    assert (got.status_code, code(got)) == (422, "access-purpose")
    assert logged(standing) == before


def test_an_empty_document_has_no_range() -> None:
    assert wanted("bytes=-5", "", '"x"', 0) is None
    with pytest.raises(Malformed, match="range-not-satisfiable"):
        wanted("bytes=0-", "", '"x"', 0)
