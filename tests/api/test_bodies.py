"""Bodies that are none: refused as problems, at every endpoint, without an echo."""

import json
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from app.api import bodies
from tests.api.asgi import call
from tests.api.conftest import CANARY, Standing, code
from tests.api.operations import OPERATIONS, TAKE_JSON, TAKE_STATEMENT

BAD_JSON: dict[str, tuple[bytes, str]] = {
    "not JSON": (CANARY.encode(), "json-syntax"),
    "cut": (b'{"words": {"a": "' + CANARY.encode(), "json-syntax"),
    "two documents": (b"{}{}", "json-syntax"),
    "same name twice": (f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode(), "json-duplicate-key"),
    "NaN": (b'{"words": NaN}', "json-number"),
    "infinity": (b'{"words": -Infinity}', "json-number"),
    "overflow": (b'{"words": 1e999}', "json-number"),
    "fraction": (b'{"words": 0.5}', "json-number"),
    "long integer": (b'{"words": ' + b"9" * 10_000 + b"}", "json-number"),
    "integer of 300 digits": (b'{"words": ' + b"9" * 300 + b"}", "json-number"),
    "lone surrogate": (b'{"words": "\\ud800"}', "json-surrogate"),
    "lone surrogate as a name": (b'{"\\udfff": 1}', "json-surrogate"),
    "not UTF-8": (b'{"words": "\xff"}', "json-not-utf8"),
    "UTF-16": ("{}".encode("utf-16"), "json-not-utf8"),
    "byte order mark": (b"\xef\xbb\xbf{}", "json-byte-order-mark"),
    "byte order mark of UTF-16": (b"\xff\xfe{\x00}\x00", "json-not-utf8"),
    "cut UTF-8": (b'{"words": "\xf0\x9f', "json-not-utf8"),
    "overlong UTF-8": (b'{"words": "\xc0\xaf"}', "json-not-utf8"),
    "NUL": (b'{"words": "\x00"}', "json-syntax"),
    "NUL after it": (b"{}\x00", "json-syntax"),
    "33 deep": (b'{"words": ' + b"[" * 32 + b"]" * 32 + b"}", "json-too-deep"),
    "deep lists": (b'{"words": ' + b"[" * 100_000, "json-too-deep"),
    "deep objects": (b'{"a":' * 40 + b"1" + b"}" * 40, "json-too-deep"),
    "a list": (json.dumps([CANARY]).encode(), "json-object"),
    "a text": (json.dumps(CANARY).encode(), "json-object"),
    "a number": (b"1", "json-object"),
    "null": (b"null", "json-object"),
    "10,000 unknown members": (
        json.dumps({f"{CANARY}{n}": n for n in range(10_000)}).encode(),
        "request-invalid",
    ),
    "a list of 10,000": (json.dumps({CANARY: [CANARY] * 10_000}).encode(), "request-invalid"),
    "an unknown member": (json.dumps({CANARY: CANARY}).encode(), "request-invalid"),
}


@pytest.mark.parametrize("operation", TAKE_JSON)
def test_what_is_no_json_object_is_refused(standing: Standing, operation: str) -> None:
    one = OPERATIONS[operation]
    desk = standing.sending.desk()
    for name, (body, expected) in BAD_JSON.items():
        refused = desk.ask(one.method, standing.path(one.path), content=body)
        assert (refused.status_code, code(refused)) == (422, expected), name


@pytest.mark.parametrize("operation", TAKE_STATEMENT)
def test_what_is_no_signed_json_is_refused(standing: Standing, operation: str) -> None:
    one = OPERATIONS[operation]
    for name, (body, _) in {**BAD_JSON, "nothing": (b"", "")}.items():
        refused = standing.sending.desk(None).ask(one.method, one.path, content=body)
        assert refused.status_code in (413, 422), name
        assert code(refused).startswith(("jws-", "body-too-large")), name


WRONG_FORMS: list[tuple[str, Any, str]] = [
    ("/v1/drafts", {"recipient": [CANARY]}, "/recipient"),
    ("/v1/drafts", {"recipient": CANARY, "own_reference": "A", "transfer": CANARY}, "/transfer"),
    ("/v1/drafts/{draft}/notification", {"words": CANARY}, "/words"),
    ("/v1/drafts/{draft}/dispatch", {"running": CANARY}, "/running"),
    ("/v1/handovers/{handover}/facts", {"children": [1]}, "/children/0"),
    ("/v1/handovers/{handover}/facts", {"codes": {}, CANARY: 1}, ""),
]


@pytest.mark.parametrize(("path", "value", "pointer"), WRONG_FORMS)
def test_a_wrong_form_is_pointed_at(
    standing: Standing, path: str, value: Any, pointer: str
) -> None:
    refused = standing.sending.desk().post(standing.path(path), value)
    assert (refused.status_code, code(refused)) == (422, "request-invalid")
    assert refused.json()["pointer"] == pointer


WRONG_CONTENT: list[tuple[str, Any]] = [
    ("/v1/drafts/{draft}/notification", {"words": {}}),
    ("/v1/drafts/{draft}/notification", {"words": {"v": 1, CANARY: CANARY}}),
    ("/v1/drafts/{draft}/notification", {"words": {"v": 1, "immediate_risk": [CANARY]}}),
    ("/v1/handovers/{handover}/acknowledgement", {"words": {}}),
    ("/v1/handovers/{handover}/acknowledgement", {}),
    ("/v1/handovers/{handover}/acknowledgement", {"words": {"person": {CANARY: 1}}}),
    ("/v1/handovers/{handover}/arrangements", {"codes": {CANARY: CANARY}}),
    ("/v1/handovers/{handover}/arrangements", {"codes": {"worker": CANARY}, "words": {}}),
    ("/v1/handovers/{handover}/acceptance", {}),
    ("/v1/handovers/{handover}/acceptance", {"codes": {"results": CANARY}}),
    ("/v1/handovers/{handover}/decline", {"codes": {"reason": CANARY}}),
    ("/v1/handovers/{handover}/facts", {"codes": {"code": CANARY, "on": "2026-12-18"}}),
    ("/v1/handovers/{handover}/facts", {"codes": {"code": "child_seen", "on": CANARY}}),
    ("/v1/handovers/{handover}/facts", {"codes": {"code": "child_seen", "on": None}}),
    ("/v1/handovers/{handover}/facts", {"codes": {"code": "child_seen", "on": "2026-02-30"}}),
]


@pytest.mark.parametrize(("path", "value"), WRONG_CONTENT)
def test_wrong_codes_and_words_are_refused(standing: Standing, path: str, value: Any) -> None:
    side = standing.receiving if "handovers" in path else standing.sending
    refused = side.desk().post(standing.path(path), value)
    assert refused.status_code == 422


SEEN = {"code": "child_seen", "on": "2026-12-18"}
ODD: dict[str, list[dict[str, Any]]] = {
    "effective": [{"effective": text} for text in (CANARY, "", "2026-02-30", "2026-12-18T15:00")],
    "children": [{"children": ids} for ids in ([CANARY], ["a" * 26], [], ["a"] * 5000)],
    "ends of time": [{"effective": "9999-12-31T23:59:59Z"}, {"effective": "9999-12-31"}],
    "words": [{"words": {"text": "x" * 900_000}}, {"words": {"v": CANARY}}, {"words": {"v": 2}}],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_surroundings_of_a_fact_are_no_fault_of_ours(standing: Standing, name: str) -> None:
    for more in ODD[name]:
        said = standing.receiving.desk().post(
            standing.path("/v1/handovers/{handover}/facts"), {"codes": SEEN} | more
        )
        assert said.status_code in (409, 413, 422), (more, said.text)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("operation", [*TAKE_JSON, *TAKE_STATEMENT])
def test_a_body_of_50_mb_is_refused_without_reading_it(
    standing: Standing, operation: str, announced: bool
) -> None:
    one = OPERATIONS[operation]
    desk = standing.sending.desk()
    headers = desk.headers | ({"Content-Length": str(50 * 2**20)} if announced else {})

    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 2**20

    app = standing.sending.http.app
    done = call(app, one.method, standing.path(one.path), headers, endless())
    assert done.status == 413
    assert json.loads(done.body)["type"] == "urn:case-handover:body-too-large"
    assert done.pieces_read <= (0 if announced else 34)


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "²"])
def test_a_length_that_is_none_is_no_fault_of_ours(standing: Standing, length: str) -> None:
    headers = standing.sending.desk().headers | {"Content-Length": length}
    done = call(standing.sending.http.app, "POST", "/v1/drafts", headers, [b"x"])
    assert done.status in (413, 422)


def test_nobodys_body_is_read(standing: Standing) -> None:
    app = standing.sending.http.app
    done = call(app, "POST", "/v1/drafts", {}, iter([b" " * 2**20] * 50))
    assert (done.status, done.pieces_read) == (401, 0)


def test_a_body_that_does_not_come_is_given_up(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.01)
    sent = []

    async def receive() -> Any:
        await anyio.sleep_forever()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(k.lower().encode(), v.encode()) for k, v in standing.sending.desk().headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/v1/drafts", "headers": headers,
             "query_string": b""}  # fmt: skip
    anyio.run(standing.sending.http.app, scope, receive, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["type"] == "urn:case-handover:body-too-slow"


@pytest.mark.parametrize("where", ["/v1/drafts", "/exchange/v1/statements"])
def test_a_caller_who_hangs_up_is_nobodys_error(
    standing: Standing, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = standing.sending.desk().headers
    done = call(standing.sending.http.app, "POST", where, headers, [b"{"], cut=True)
    assert done.status is None
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


ODD_PATHS = [
    "/v1/drafts/" + CANARY,
    "/v1/drafts/%ff%fe",
    "/v1/drafts/%00",
    "/v1/drafts/" + "a" * 5000,
    "/v1/handovers/..%2f..%2fetc",
    "/v1/handovers/" + CANARY + "/ledger",
    "/v1/handovers?state=" + CANARY,
    "/v1/handovers?direction=" + CANARY,
    "/v1/handovers?own_reference=" + CANARY.lower(),
    "/v1/handovers?cursor=" + CANARY,
    "/v1/handovers?cursor=" + "9" * 5000,
    "/v1/handovers?limit=0",
    "/v1/handovers?overdue=" + CANARY,
    "/" + CANARY,
    "/v1/drafts/?" + CANARY,
]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_paths_and_parameters_are_not_echoed(standing: Standing, path: str) -> None:
    refused = standing.sending.desk().get(path)
    assert refused.status_code in (404, 422)


def test_a_wrong_method_says_which_are_right(standing: Standing) -> None:
    refused = standing.sending.desk().ask("DELETE", "/v1/handovers")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")
