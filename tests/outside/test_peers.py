"""The real client against servers that misbehave: what it takes, and what it makes of the rest."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import NotVerified, Unavailable
from app.outside import replies
from app.outside.peers import Answer, HttpPeers, Refused, Upload
from tests.outside.servers import STATEMENT, Asked, nobody, serving

RECEIPT = b'{"payload":"receipt"}'
PEERS = HttpPeers(timeout=0.4, deadline=0.8)
Script = Callable[[Asked], None]


def posted(script: Script) -> Answer:
    with serving(script) as endpoint:
        return PEERS.post_statement(endpoint, b"statement")


def refused(script: Script) -> Refused:
    with pytest.raises(Refused) as caught:
        posted(script)
    return caught.value


def answering(status: int, content: bytes = b"", /, **headers: str) -> Script:
    return lambda asked: asked.answer(status, content, **headers)


def test_a_statement_is_posted_as_it_is_and_its_receipt_returned() -> None:
    seen = []

    def script(asked: Asked) -> None:
        seen.append((asked.command, asked.path, asked.headers["Content-Type"], asked.body))
        asked.answer(200, RECEIPT, Content_Type=STATEMENT)

    assert posted(script) == Answer(wire=RECEIPT)
    assert seen == [("POST", "/exchange/v1/statements", STATEMENT, b"statement")]


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_endpoint_may_have_a_path(slash: str) -> None:
    seen = []

    def script(asked: Asked) -> None:
        seen.append(asked.path)
        asked.answer(202, Location="uploads/abc", Upload_Secret="s")

    with serving(script) as host:
        answer = PEERS.post_statement(f"{host}/handover{slash}", b"statement")
        assert answer.upload == Upload(f"{host}/handover/exchange/v1/uploads/abc", "s")
    assert seen == ["/handover/exchange/v1/statements"]


NO_RECEIPT: dict[str, Script] = {
    "empty": answering(200, b"", Content_Type=STATEMENT),
    "a page": answering(200, b"<html>Sign in to the guest network", Content_Type="text/html"),
    "no type": answering(200, RECEIPT),
    "compressed": answering(
        200, gzip.compress(RECEIPT), Content_Type=STATEMENT, Content_Encoding="gzip"
    ),
    "too long": answering(200, b"x" * (replies.MAX_ANSWER + 1), Content_Type=STATEMENT),
}


@pytest.mark.parametrize("name", NO_RECEIPT)
def test_a_200_without_a_receipt_is_no_success(name: str) -> None:
    with pytest.raises(NotVerified) as caught:
        posted(NO_RECEIPT[name])
    assert (caught.value.code, caught.value.retryable) == ("peer-protocol", True)


@pytest.mark.parametrize("status", [201, 203, 204])
def test_no_other_success_is_one(status: int) -> None:
    no = refused(answering(status, Content_Type=STATEMENT))
    assert (no.code, no.retryable) == (f"http-{status}", True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    asked_for = []
    with serving(lambda asked: asked_for.append(asked.path)) as elsewhere:
        no = refused(answering(status, Location=f"{elsewhere}/exchange/v1/statements"))
    assert (no.code, no.retryable, asked_for) == (f"http-{status}", True, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"Location": "uploads/abc"},
        {"Location": "uploads/abc", "Upload_Secret": ""},
        {"Location": "uploads/abc", "Upload_Secret": "caf\xe9"},
        {"Location": "uploads/abc", "Upload_Secret": "s" * 101},
        {"Upload_Secret": "s"},
        {"Location": "http://127.0.0.1:9/exchange/v1/uploads/abc", "Upload_Secret": "s"},
        {"Location": "//other.example/exchange/v1/uploads/abc", "Upload_Secret": "s"},
        {"Location": "http://[", "Upload_Secret": "s"},
        {"Location": "uploads/../../../elsewhere", "Upload_Secret": "s"},
        {"Location": "uploads/%2e%2e/%2e%2e/elsewhere", "Upload_Secret": "s"},
        {"Location": "uploads/", "Upload_Secret": "s"},
        {"Location": "uploads/abc?to=elsewhere", "Upload_Secret": "s"},
        {"Location": "uploads/abc/def", "Upload_Secret": "s"},
    ],
)
def test_an_upload_is_only_taken_on_the_same_server_with_a_secret(headers: dict[str, str]) -> None:
    with pytest.raises(NotVerified) as caught:
        posted(answering(202, **headers))
    assert (caught.value.code, caught.value.retryable) == ("peer-protocol", True)


# --- too slow, too long, cut ---------------------------------------------------------------------


def cut(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("Content-Type", STATEMENT)
    asked.send_header("Content-Length", "1000")
    asked.end_headers()
    asked.wfile.write(RECEIPT)
    asked.close_connection = True


def hang_up(asked: Asked) -> None:
    asked.close_connection = True


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: " + STATEMENT.encode() + b"\r\n"
UNREACHABLE: dict[str, tuple[Script, str]] = {
    "stalls": (lambda asked: asked.stall(), "peer-unreachable"),
    "drips headers": (lambda asked: asked.drip(HEAD, b"X: y\r\n"), "peer-too-slow"),
    "drips a body": (
        lambda asked: asked.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
        "peer-too-slow",
    ),
    "cut in the answer": (cut, "peer-unreachable"),
    "hangs up": (hang_up, "peer-unreachable"),
    "is no HTTP": (lambda asked: asked.drip(b"SSH-2.0-x\r\n\r\n", b""), "peer-unreachable"),
}


@pytest.mark.parametrize("name", UNREACHABLE)
def test_what_comes_to_no_end_is_given_up_and_tried_again(name: str) -> None:
    script, code = UNREACHABLE[name]
    with pytest.raises(Unavailable) as caught:
        posted(script)
    assert (caught.value.code, caught.value.retryable) == (code, True)


def test_an_answer_without_end_is_given_up_before_its_end() -> None:
    head = HEAD + b"Content-Length: 999999999999\r\n\r\n"
    with pytest.raises(NotVerified) as caught:
        posted(lambda asked: asked.drip(head, b"x" * 2**17))
    assert caught.value.code == "peer-protocol"


@pytest.mark.parametrize(
    "endpoint",
    [nobody(), "http://no-such-host.invalid", "http://[::"],
    ids=["nobody listens", "no such host", "no address"],
)
def test_an_endpoint_where_nobody_is(endpoint: str) -> None:
    with pytest.raises(Unavailable) as caught:
        PEERS.post_statement(endpoint, b"statement")
    assert caught.value.code == "peer-unreachable"


# --- problems ------------------------------------------------------------------------------------


def problem(status: int, document: Any, **headers: str) -> Script:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return answering(status, body, Content_Type="application/problem+json", **headers)


def test_a_problem_gives_its_code_and_whether_to_try_again() -> None:
    about = {"type": "urn:case-handover:ledger-place", "retryable": True, "detail": "Jayden"}
    no = refused(problem(409, about))
    assert (no.code, no.retryable, no.wire) == ("ledger-place", True, None)
    assert "Jayden" not in str(no)
    assert not refused(problem(409, about | {"retryable": False})).retryable


def test_a_final_refusal_brings_its_signed_statement() -> None:
    about = {"type": "urn:case-handover:not-in-this-state", "retryable": False, "refusal": "{}"}
    assert refused(problem(409, about)).wire == b"{}"


@pytest.mark.parametrize(("status", "again"), [(503, True), (507, True), (429, True), (422, False)])
def test_a_problem_that_does_not_say_is_judged_by_its_status(status: int, again: bool) -> None:
    assert refused(problem(status, {"type": "urn:case-handover:x"})).retryable is again


GARBAGE: list[Any] = [
    b"",
    b"<html>Bad gateway</html>",
    b"\xff\xfe",
    b"[" * 100_000,
    b"9" * 10_000,
    [],
    "text",
    None,
    {},
    {"type": None},
    {"type": ["x"]},
    {"type": "about:blank"},
    {"type": "https://other.example/problems/out-of-credit"},
    {"type": "urn:case-handover:Jayden Sampleton was hit"},
    {"type": "urn:case-handover:" + "x" * 65},
]


@pytest.mark.parametrize("document", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_tried_again_and_its_text_goes_nowhere(document: Any) -> None:
    no = refused(problem(400, document))
    assert (no.code, no.retryable, no.wire) == ("http-400", True, None)


@pytest.mark.parametrize("refusal", [None, 5, ["{}"], "\u00e9"])
def test_a_refusal_that_is_no_text_is_none(refusal: object) -> None:
    about = {"type": "urn:case-handover:x", "retryable": "maybe", "refusal": refusal}
    no = refused(problem(409, about))
    assert (no.code, no.retryable, no.wire) == ("x", True, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("999999999999999", replies.MAX_RETRY_AFTER),
        ("-1", None),
        ("soon", None),
        ("²", None),
        ("9" * 400, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_heard_within_reason(header: str, seconds: int | None) -> None:
    assert refused(answering(503, Retry_After=header)).retry_after == seconds
    about = {"type": "urn:case-handover:storage_full"}
    assert refused(problem(507, about, Retry_After=header)).retry_after == seconds
