"""The access log over HTTP: for information governance, in pages, with its head."""

from typing import Any

import pytest

from app.store import access_log, tables
from app.trust.accesslog import Head, verify_chain
from tests.api.conftest import CANARY, Desk, Door, code, dispatched
from tests.flows.conftest import Two

PURPOSES = [f"To plan — {CANARY} {number}" for number in range(5)]


@pytest.fixture
def desk(two: Two, sending: Door, receiving: Door) -> Desk:
    """Information governance of the receiver, where a case has been opened five times."""
    handover = dispatched(two, sending.desk())
    for purpose in PURPOSES:
        assert receiving.desk().get(f"/v1/handovers/{handover}/casefile", purpose).is_success
    return receiving.desk("information_governance")


def page(desk: Desk, query: str = "") -> Any:
    got = desk.get(f"/v1/access-log{query}")
    assert got.status_code == 200
    return got.json()


def test_who_opened_what_and_why(two: Two, desk: Desk) -> None:
    got = page(desk)
    assert [one["purpose"] for one in got["entries"]] == PURPOSES
    first = got["entries"][0]
    assert first | {"handover": "", "purpose": ""} == {
        "number": 1,
        "at": "2026-12-18T15:00:00Z",
        "who": "user-practitioner",
        "act": "open",
        "handover": "",
        "part": "dispatch/content.json",
        "purpose": "",
    }
    with two.receiver.database.read() as uow:
        rows = access_log.after(uow.connection, 0, 100)
    assert verify_chain(row.entry for row in rows) == Head(**got["head"])
    assert got["cursor"] is None


def test_in_pages(desk: Desk) -> None:
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        got = page(desk, f"?after={after}&limit=2")
        assert got["head"]["count"] == 5
        assert len(got["entries"]) <= 2
        seen += [one["purpose"] for one in got["entries"]]
        after = got["cursor"]
    assert seen == PURPOSES
    assert page(desk, "?after=5") == {"entries": [], "cursor": None, "head": got["head"]}


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=201", f"after={CANARY}"])
def test_a_page_that_is_none(desk: Desk, query: str) -> None:
    refused = desk.get(f"/v1/access-log?{query}")
    assert (refused.status_code, code(refused)) == (422, "request-invalid")


def test_the_log_is_not_for_those_who_are_in_it(receiving: Door, desk: Desk) -> None:
    for role in ("practitioner", "head_of_service", "administrator", "performance"):
        refused = receiving.desk(role).get("/v1/access-log")
        assert (refused.status_code, code(refused)) == (403, "not-permitted")


@pytest.mark.parametrize("changed", [b"{}", b"", None])
def test_a_log_that_was_changed_says_so(two: Two, desk: Desk, changed: bytes | None) -> None:
    """Another time in the third entry is enough: its purpose no longer belongs to it."""
    table = tables.access_log
    with two.receiver.database.write() as uow:
        third = access_log.after(uow.connection, 2, 1)[0].entry
        entry = third.replace(b"T15:00", b"T16:00") if changed is None else changed
        uow.connection.execute(table.update().where(table.c.number == 3).values(entry=entry))
    refused = desk.get("/v1/access-log")
    assert (refused.status_code, code(refused)) == (422, "access-log-broken")
    assert "Entry 3 " in refused.json()["detail"]
