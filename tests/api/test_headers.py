"""What stands around a body: its type and encoding, headers given twice, odd values of each."""

import gzip
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.headers import ONCE
from app.demo import story
from app.flows.site import Site
from app.store.tables import metadata
from tests.api.conftest import CANARY, Standing, check, code
from tests.api.operations import OPERATIONS, TAKE_JSON, TAKE_STATEMENT
from tests.flows.conftest import RECEIVER
from tests.flows.test_crossing import TODAY

TAKE_BYTES = ["drafts_attach", "exchange_append"]
BODIES = [*TAKE_JSON, *TAKE_STATEMENT, *TAKE_BYTES]
ATTACHED = {
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename*=UTF-8''a.pdf",
}


def kept(site: Site) -> tuple[dict[str, int], list[str]]:
    """How much is stored: rows and blobs."""
    with site.database.read() as uow:
        rows = {
            table.name: uow.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    return rows, sorted(site.blobs.ids())


@pytest.fixture
def nothing_kept(standing: Standing) -> Any:
    desks = standing.sending.desk(), standing.receiving.desk()
    assert all(desk.headers for desk in desks)  # their tokens are stored by now
    before = kept(standing.two.sender), kept(standing.two.receiver)
    yield
    assert (kept(standing.two.sender), kept(standing.two.receiver)) == before


def test_the_bodies_of_bytes_are_still_called_so() -> None:
    takes = {one.takes for one in OPERATIONS.values()} - {None}
    known = {OPERATIONS[name].takes for name in BODIES}
    assert takes == known


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "br", "deflate", "gzip, identity", CANARY])
@pytest.mark.parametrize("operation", BODIES)
def test_a_body_with_an_encoding_is_refused(
    standing: Standing, operation: str, encoding: str
) -> None:
    one = OPERATIONS[operation]
    headers = ATTACHED if operation == "drafts_attach" else {"Content-Type": str(one.takes)}
    refused = standing.sending.desk().ask(
        one.method,
        standing.path(one.path),
        headers | {"Content-Encoding": encoding},
        content=gzip.compress(b"{}"),
    )
    assert (refused.status_code, code(refused)) == (415, "content-encoding")


TYPES = ["text/plain", "text/json", "application/xml", "multipart/form-data; boundary=x",
         "application/json-seq", "", CANARY, "application/x-www-form-urlencoded"]  # fmt: skip


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("operation", [*TAKE_JSON, *TAKE_STATEMENT])
def test_a_body_of_another_type_is_refused(standing: Standing, operation: str) -> None:
    one = OPERATIONS[operation]
    other = TAKE_STATEMENT if operation in TAKE_JSON else TAKE_JSON
    for said in [*TYPES, str(OPERATIONS[other[0]].takes)]:
        refused = standing.sending.desk().ask(
            one.method, standing.path(one.path), {"Content-Type": said}, content=b"{}"
        )
        assert (refused.status_code, code(refused)) == (415, "content-type"), said


def test_the_right_type_is_taken_in_every_spelling(standing: Standing) -> None:
    asked = {"words": {CANARY: 1}}
    for said in ("application/json", "Application/JSON", "application/json; charset=utf-8"):
        path = standing.path("/v1/drafts/{draft}/notification")
        answer = standing.sending.desk().post(path, asked, **{"Content-Type": said})
        assert code(answer) == "content-invalid"


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("header", ONCE)
@pytest.mark.parametrize("operation", BODIES)
def test_a_header_given_twice_is_refused(standing: Standing, operation: str, header: str) -> None:
    one = OPERATIONS[operation]
    desk = standing.sending.desk()
    mine = [(name, value) for name, value in desk.headers.items() if name != header]
    twice = [(header, desk.headers.get(header, "0")), (header, CANARY)]
    refused = desk.http.request(
        one.method, standing.path(one.path), headers=[*mine, *twice], content=b"{}"
    )
    assert (refused.status_code, code(refused)) == (422, "header-repeated")


ODD = [CANARY, "", " ", "-1", "0", "²", "٣", "1e3", "0x1", str(2**63), "9" * 5000, "?1 ", "?2",
       "%00", "%ff", "..", "x" * 10_000, "\x7f", "a,b", "Bearer", "Bearer  ", "bytes=0-,1-",
       'attachment; filename="' + "a" * 10_000]  # fmt: skip


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("header", sorted({*ONCE, "Host", "Accept"} - {"Content-Length"}))
@pytest.mark.parametrize("operation", [*TAKE_BYTES, "drafts_create", "exchange_statements"])
def test_odd_values_of_a_header_are_no_fault_of_ours(
    standing: Standing, operation: str, header: str
) -> None:
    """Each beside a request that is refused anyhow."""
    one = OPERATIONS[operation]
    for value in ODD:
        headers = {**standing.sending.desk().headers, header: value}
        answer = standing.sending.http.request(
            one.method,
            standing.path(one.path).replace(standing.draft, "a" * 26),
            headers=[(name.encode(), text.encode()) for name, text in headers.items()],
            content=b"[]",
        )
        assert 400 <= answer.status_code < 500, (value, answer.text)


IN_PATHS = ["%2e%2e", "..%2f..%2fetc", "%00", "a%00", "%ff", "%c0%ae", "%u0041", "%", "%zz",
            "-1", "²", "٣", "１", str(2**63), str(2**64), "9" * 5000, "x" * 10_000, "1e3", "0x1",
            "1_0", " 1", "%0a1", "null", CANARY, "a;b", "*", "'", "\u202ea"]  # fmt: skip


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("operation", [n for n, one in OPERATIONS.items() if "{" in one.path])
def test_odd_parts_of_a_path_lead_nowhere(standing: Standing, operation: str) -> None:
    one = OPERATIONS[operation]
    desk = standing.sending.desk()
    parts = [part for part in one.path.split("/") if part.startswith("{")]
    for part in parts:
        for odd in IN_PATHS:
            path = standing.path(one.path.replace(part, odd.replace("{", "")))
            answer = desk.ask(one.method, path, {"Access-Purpose": "x"} | ATTACHED)
            assert 400 <= answer.status_code < 500, (path, answer.text)


@pytest.mark.parametrize(
    "name", ["state", "direction", "own_reference", "cursor", "limit", "overdue", "after", CANARY]
)
def test_odd_queries_are_no_fault_of_ours(standing: Standing, name: str) -> None:
    for odd in [*IN_PATHS, "", f"1&{name}=2"]:
        answer = standing.sending.desk().get(f"/v1/handovers?{name}={odd}")
        assert answer.status_code in (200, 404, 422), (odd, answer.text)


LISTS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/drafts/{draft}/dispatch", {"running": [{"code": "visited"}] * 10_000}),
    ("/v1/drafts/{draft}/notification", {"words": {"v": 1, "children": [{}] * 10_000}}),
    ("/v1/handovers/{handover}/facts", {"codes": {"code": "child_seen"}, "children": [1] * 10_000}),
    ("/v1/drafts", {"recipient": RECEIVER, "own_reference": "OX/9", "transfer": "cp_permanent",
                    "case_file": story.case_file(TODAY) | {"concerns": [{}] * 10_000}}),
]  # fmt: skip


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(("path", "value"), LISTS)
def test_long_lists_are_refused(standing: Standing, path: str, value: Any) -> None:
    refused = standing.sending.desk().post(standing.path(path), value)
    check(refused)
    assert refused.status_code in (409, 413, 422)
