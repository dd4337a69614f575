"""Who signs in and who is refused is in the log, and nobody can fill it."""

from typing import Any

import pytest
from fastapi import Request

from app import telemetry
from app.access import Caller
from app.api import events
from app.api.events import WINDOW, Events
from app.errors import Malformed, NotAllowed
from tests.api.conftest import CANARY, Desk, Door, Standing, door
from tests.api.operations import OPERATIONS, SECURED

Line = dict[str, Any]


def told(caplog: pytest.LogCaptureFixture) -> list[Line]:
    """What was logged of sign-ins and refusals, as it gets out."""
    mine = [record for record in caplog.records if record.name == events.__name__]
    caplog.clear()
    return [
        {"message": one.msg}
        | {name: getattr(one, name) for name in telemetry.FIELDS if hasattr(one, name)}
        for one in mine
    ]


@pytest.fixture
def fresh(standing: Standing) -> Door:
    """The receiver, by an app that has seen nobody yet."""
    return door(standing.receiving.site)


@pytest.mark.parametrize("name", SECURED)
def test_a_refused_sign_in_is_logged(
    fresh: Door, standing: Standing, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    one = OPERATIONS[name]
    desk = Desk(fresh.http, {"Authorization": f"Bearer {CANARY}"})
    desk.ask(one.method, standing.path(one.path), {"Access-Purpose": CANARY})
    assert told(caplog) == [
        {"message": "refused", "operation": name, "code": "token-not-valid", "status": 401,
         "times": 1},
    ]  # fmt: skip


def test_a_sign_in_is_logged_once_an_hour(fresh: Door, caplog: pytest.LogCaptureFixture) -> None:
    desk = fresh.desk("practitioner")
    for _ in range(3):
        assert desk.get("/v1/handovers").status_code == 200
    (line,) = told(caplog)
    assert line == {
        "message": "signed in", "operation": "handovers_list_handovers",
        "who": "user-practitioner", "times": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "path", "status", "code"),
    [
        ("performance", "/v1/handovers/{handover}/casefile", 403, "not-permitted"),
        ("reviewer", "/v1/handovers/{handover}/casefile", 404, "no-such-handover"),
        ("practitioner", "/v1/access-log", 403, "not-permitted"),
    ],
)
def test_refused_access_is_logged(
    fresh: Door, standing: Standing, caplog: pytest.LogCaptureFixture,
    role: Any, path: str, status: int, code: str,
) -> None:  # fmt: skip
    """Also where the caller learns only that nothing is there."""
    refused = fresh.desk(role).get(standing.path(path), CANARY)
    assert refused.status_code == status
    signed_in, line = told(caplog)
    assert signed_in["message"] == "signed in"
    assert line.pop("operation") in OPERATIONS
    assert line == {
        "message": "refused", "who": f"user-{role}", "code": code, "status": status, "times": 1,
    }  # fmt: skip
    assert standing.handover not in repr(line)


def test_what_proves_nothing_is_logged_at_the_exchange(
    fresh: Door, standing: Standing, caplog: pytest.LogCaptureFixture
) -> None:
    missing = fresh.desk(None).ask(
        "HEAD", standing.path("/exchange/v1/uploads/{upload}"), {"Upload-Secret": CANARY}
    )
    assert missing.status_code == 404
    (line,) = told(caplog)
    assert (line["operation"], line["status"]) == ("exchange_offset", 404)


def test_other_errors_are_no_events(fresh: Door, caplog: pytest.LogCaptureFixture) -> None:
    desk = fresh.desk()
    assert desk.post("/v1/drafts", {}).status_code == 422
    assert desk.get("/nowhere").status_code == 404
    assert [line["message"] for line in told(caplog)] == ["signed in"]


def asked(who: str | None = None) -> Request:
    request = Request({"type": "http", "headers": [], "path": f"/{CANARY}"})
    if who:
        request.state.who = who
    return request


def test_nobody_can_fill_the_log_or_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    """A hundred thousand refusals are six lines, and the last says how many there were."""
    now = 0.0
    seen = Events(lambda: now)
    error = NotAllowed("token-not-valid", "No")
    for _ in range(100_000):
        seen.refused(asked(), error, 401)
    assert [line["times"] for line in told(caplog)] == [1, 10, 100, 1000, 10_000, 100_000]
    assert len(seen._seen) == 1
    now = WINDOW
    seen.refused(asked(), error, 401)
    assert [line["times"] for line in told(caplog)] == [1]


def test_each_caller_is_counted_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A flood hides nobody else's refusal."""
    seen = Events()
    error = NotAllowed("not-permitted", "No")
    for who in ("user-1", "user-1", "user-2"):
        request = asked()
        seen.signed_in(request, Caller(who, frozenset(), frozenset()))
        seen.refused(request, error, 403)
    seen.refused(asked(), Malformed("odd", "Odd"), 422)
    seen.refused(asked(), Malformed("odd", "Odd"), 429)
    found = [(line["message"], line.get("who")) for line in told(caplog)]
    assert found == [
        ("signed in", "user-1"), ("refused", "user-1"),
        ("signed in", "user-2"), ("refused", "user-2"),
        ("refused", None),
    ]  # fmt: skip
