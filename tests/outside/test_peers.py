"""The real client against servers that misbehave: what it takes, and what it makes of the rest."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import CaseHandoverError, NotVerified, Unavailable
from app.outside import peers, replies
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


@pytest.mark.parametrize("endpoint", [nobody(), "http://no-such-host.invalid", "http://[::"])
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


# --- uploads -------------------------------------------------------------------------------------

BYTES = bytes(range(250)) * 10


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PIECE", 1000)


def uploaded(script: Script) -> bytes:
    def read_at(offset: int, n: int) -> bytes:
        return BYTES[offset : offset + n]

    with serving(script) as endpoint:
        upload = Upload(f"{endpoint}/exchange/v1/uploads/abc", "secret")
        return PEERS.upload(upload, len(BYTES), read_at)


class Receiver:
    """Takes an upload as the protocol says; a test bends one of its answers."""

    def __init__(self, held: int = 0) -> None:
        self.held = bytearray(BYTES[:held])
        self.patches: list[tuple[int, int]] = []

    def __call__(self, asked: Asked) -> None:
        assert asked.path == "/exchange/v1/uploads/abc"
        assert asked.headers["Upload-Secret"] == "secret"
        if asked.command == "HEAD":
            self.head(asked)
            return
        offset = int(asked.headers["Upload-Offset"])
        self.patches.append((offset, len(asked.body)))
        self.patch(asked, offset)

    def head(self, asked: Asked) -> None:
        asked.answer(204, Upload_Offset=str(len(self.held)), Upload_Complete="?0")

    def patch(self, asked: Asked, offset: int) -> None:
        assert offset == len(self.held)
        self.held += asked.body
        if asked.headers["Upload-Complete"] == "?1":
            asked.answer(200, RECEIPT, Content_Type=STATEMENT)
        else:
            asked.answer(204, Upload_Offset=str(len(self.held)))


@pytest.mark.parametrize(
    ("held", "patches"),
    [
        (0, [(0, 1000), (1000, 1000), (2000, 500)]),
        (1700, [(1700, 800)]),
        (2500, [(2500, 0)]),
    ],
)
def test_an_upload_goes_on_where_the_other_side_is(
    held: int, patches: list[tuple[int, int]]
) -> None:
    receiver = Receiver(held)
    assert uploaded(receiver) == RECEIPT
    assert (bytes(receiver.held), receiver.patches) == (BYTES, patches)


def test_an_upload_that_went_on_meanwhile_is_followed() -> None:
    """A cut request's bytes may count only after the next one has asked."""

    class Ahead(Receiver):
        def patch(self, asked: Asked, offset: int) -> None:
            if not self.held:
                self.held += BYTES[:1234]
                asked.answer(409, Upload_Offset="1234")
            else:
                super().patch(asked, offset)

    receiver = Ahead()
    assert uploaded(receiver) == RECEIPT
    assert receiver.patches == [(0, 1000), (1234, 1000), (2234, 266)]


def test_a_receiver_that_is_always_elsewhere_is_left_soon() -> None:
    class Elsewhere(Receiver):
        def patch(self, asked: Asked, offset: int) -> None:
            asked.answer(409, Upload_Offset=str((offset + 1) % 2))

    receiver = Elsewhere()
    with pytest.raises(Refused) as caught:
        uploaded(receiver)
    assert caught.value.retryable
    assert len(receiver.patches) == peers.CORRECTIONS + 1


@pytest.mark.parametrize("text", ["", "2501", "-1", "1.5", "²", "9" * 30, "0x10", "1000, 1000"])
@pytest.mark.parametrize("where", ["head", "patch", "conflict"])
def test_an_offset_that_cannot_be_is_no_offset(text: str, where: str) -> None:
    class Lies(Receiver):
        def head(self, asked: Asked) -> None:
            asked.answer(204, Upload_Offset=text if where == "head" else "0")

        def patch(self, asked: Asked, offset: int) -> None:
            asked.answer(409 if where == "conflict" else 204, Upload_Offset=text)

    with pytest.raises(CaseHandoverError) as caught:
        uploaded(Lies())
    assert (caught.value.code, caught.value.retryable) == ("peer-protocol", True)


@pytest.mark.parametrize("text", ["0", "999", "1001", "2500"])
def test_a_receiver_that_loses_count_is_asked_again_later(text: str) -> None:
    class LosesCount(Receiver):
        def patch(self, asked: Asked, offset: int) -> None:
            asked.answer(204, Upload_Offset=text)

    with pytest.raises(NotVerified) as caught:
        uploaded(LosesCount())
    assert (caught.value.code, caught.value.retryable) == ("peer-protocol", True)


def test_an_early_end_is_no_receipt() -> None:
    class TooEarly(Receiver):
        def patch(self, asked: Asked, offset: int) -> None:
            asked.answer(200, RECEIPT, Content_Type=STATEMENT)

    with pytest.raises(Refused) as caught:
        uploaded(TooEarly())
    assert (caught.value.code, caught.value.retryable) == ("http-200", True)


def test_an_unknown_upload_is_begun_again() -> None:
    with pytest.raises(Refused) as caught:
        uploaded(answering(404))
    assert (caught.value.code, caught.value.retryable) == ("http-404", True)


def test_a_cut_in_an_upload_is_tried_again() -> None:
    class Cuts(Receiver):
        def patch(self, asked: Asked, offset: int) -> None:
            hang_up(asked)

    with pytest.raises(Unavailable) as caught:
        uploaded(Cuts())
    assert caught.value.code == "peer-unreachable"


# --- sync ----------------------------------------------------------------------------------------


def synced(script: Script) -> list[bytes]:
    with serving(script) as endpoint:
        return PEERS.sync(endpoint, b"sync")


def test_a_sync_returns_the_statements() -> None:
    assert synced(answering(200, b'{"statements":["a","b"]}')) == [b"a", b"b"]
    assert synced(answering(200, b'{"statements":[]}')) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"statements":"ab"}',
        b'{"statements":{"a":"b"}}',
        b'{"statements":[1]}',
        b'{"statements":[null]}',
        b'{"statements":["\xc3\xa9"]}',
        b'{"statements":' + b"[" * 50_000,
    ],
)
def test_an_answer_to_a_sync_that_is_none(body: bytes) -> None:
    with pytest.raises(NotVerified) as caught:
        synced(answering(200, body))
    assert (caught.value.code, caught.value.retryable) == ("peer-protocol", True)


def test_a_sync_may_be_refused() -> None:
    with pytest.raises(Refused) as caught:
        synced(problem(404, {"type": "urn:case-handover:no-such-handover", "retryable": False}))
    assert (caught.value.code, caught.value.retryable) == ("no-such-handover", False)
