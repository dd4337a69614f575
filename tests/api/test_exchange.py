"""The exchange between authorities, as another implementation meets it (protocol, section 6)."""

import json
from secrets import token_bytes
from typing import Any

import pytest

from app.crypto.ids import digest
from app.demo import story
from app.errors import Unavailable
from app.flows import ledgers, setup, sync, uploading
from app.flows.issue import Saying, sign
from app.handover.statement import reopen
from tests.api.asgi import call
from tests.api.conftest import CANARY, Door, Standing, code, new_draft
from tests.api.sender import STATEMENT, WIRE, Sent, Wanted, issued
from tests.flows.conftest import RECEIVER, SENDER, Two
from tests.flows.test_crossing import TODAY


@pytest.fixture
def sent(two: Two, sending: Door, receiving: Door) -> Sent:
    draft = new_draft(sending.desk())
    body = {"words": story.notification(TODAY)}
    assert sending.desk().post(f"/v1/drafts/{draft}/notification", body).status_code == 201
    return Sent(two, receiving.desk(None), draft, *issued(two.sender, draft))


def test_who_we_are(standing: Standing) -> None:
    answer = standing.receiving.desk(None).get("/.well-known/case-handover").json()
    assert (answer["authority"], answer["versions"]) == (RECEIVER, [1])
    assert "dispatch" in answer["kinds"]


def test_our_card_is_there_for_everybody(standing: Standing) -> None:
    answer = standing.receiving.desk(None).get("/.well-known/case-handover/card")
    assert answer.headers["Content-Type"] == "application/case-handover-card+jws"
    card, _ = setup.read_card(standing.receiving.site, answer.content)
    assert card.authority.identifier == standing.receiving.site.authority


def test_a_statement_its_bundle_and_its_receipt(sent: Sent) -> None:
    upload = sent.wanted()
    assert upload.offset() == 0
    half = len(sent.bundle) // 2
    progress = upload.patch(0, sent.bundle[:half])
    assert (progress.status_code, progress.headers["Upload-Offset"]) == (204, str(half))
    assert upload.offset() == half
    answer = upload.patch(half, sent.bundle[half:], "?1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, STATEMENT)
    assert answer.headers["Upload-Complete"] == "?1"
    receipt = reopen(answer.content)
    assert (receipt.kind, receipt.payload.sender, receipt.payload.place) == ("receipt", RECEIVER, 1)
    again = sent.post()
    assert (again.status_code, again.content) == (200, answer.content), "byte for byte"
    gone = sent.peer.ask("HEAD", upload.path, {"Upload-Secret": upload.secret})
    assert gone.status_code == 404


def test_asking_again_goes_on_with_the_same_upload_and_a_new_secret(sent: Sent) -> None:
    first = sent.wanted()
    first.patch(0, sent.bundle[:100])
    second = sent.wanted()
    assert (second.path, second.offset()) == (first.path, 100)
    assert second.secret != first.secret
    assert code(first.patch(100, b"x")) == "upload-unknown"


def test_what_arrived_of_a_cut_request_counts(sent: Sent) -> None:
    upload = sent.wanted()
    cut = upload.cut(0, [sent.bundle[:300], sent.bundle[300:500]])
    assert cut.status != 200
    assert upload.offset() == 500
    assert upload.patch(500, sent.bundle[500:], "?1").status_code == 200


def test_a_cut_request_is_never_the_end(sent: Sent) -> None:
    """All its bytes came, and yet it said that more belong to it."""
    upload = sent.wanted()
    assert upload.cut(0, [sent.bundle]).status != 200
    assert upload.offset() == len(sent.bundle)
    assert upload.patch(len(sent.bundle), b"", "?1").status_code == 200


def test_bytes_go_where_the_others_end(sent: Sent) -> None:
    upload = sent.wanted()
    upload.patch(0, sent.bundle[:100])
    for offset in (0, 50, 99, 101):
        refused = upload.patch(offset, b"x")
        assert (refused.status_code, code(refused)) == (409, "upload-offset")
        assert refused.json()["retryable"] is True
        assert refused.headers["Upload-Offset"] == "100"
    assert upload.offset() == 100


def test_no_more_than_was_announced(sent: Sent) -> None:
    upload = sent.wanted()
    refused = upload.patch(0, sent.bundle + b"x", "?1")
    assert (refused.status_code, code(refused)) == (413, "upload-too-large")
    assert upload.offset() == 0


def test_one_request_carries_8_mib(sent: Sent) -> None:
    upload = sent.wanted()
    done = call(
        sent.peer.http.app, "PATCH", upload.path, upload.headers(0, "?0"), [b"x" * 2**20] * 50
    )
    assert (done.status, json.loads(done.body)["type"]) == (413, "urn:case-handover:upload-piece")
    assert done.pieces_read == 9


def test_other_bytes_than_announced_are_asked_for_again(sent: Sent) -> None:
    upload = sent.wanted()
    refused = upload.patch(0, token_bytes(len(sent.bundle)), "?1")
    assert (refused.status_code, code(refused)) == (422, "bundle-digest")
    assert refused.json()["retryable"] is True
    assert upload.offset() == 0
    assert upload.patch(0, sent.bundle, "?1").status_code == 200


def test_an_end_before_the_end_is_none(sent: Sent) -> None:
    upload = sent.wanted()
    refused = upload.patch(0, sent.bundle[:100], "?1")
    assert (refused.status_code, refused.json()["retryable"]) == (409, True)
    assert upload.patch(100, sent.bundle[100:], "?1").status_code == 200


BAD_HEADERS = [
    ("Upload-Secret", CANARY),
    ("Upload-Secret", ""),
    ("Upload-Secret", "s" * 101),
    ("Upload-Secret", None),
    ("Upload-Offset", CANARY),
    ("Upload-Offset", "-1"),
    ("Upload-Offset", "1.5"),
    ("Upload-Offset", "9" * 40),
    ("Upload-Offset", None),
    ("Upload-Complete", CANARY),
    ("Upload-Complete", "1"),
    ("Upload-Complete", None),
    ("Content-Type", CANARY),
    ("Content-Type", "application/octet-stream"),
    ("Content-Type", None),
]


def test_headers_of_an_upload_that_are_wrong_or_missing(sent: Sent) -> None:
    upload = sent.wanted()
    for name, value in BAD_HEADERS:
        headers = {**upload.headers(0, "?0"), name: value}
        present = {one: text for one, text in headers.items() if text is not None}
        refused = sent.peer.ask("PATCH", upload.path, present, content=sent.bundle)
        assert refused.status_code in (404, 422), (name, value)
        assert upload.offset() == 0


def test_an_upload_is_found_by_its_secret_alone(sent: Sent) -> None:
    upload = sent.wanted()
    for path, secret in (
        (upload.path, "wrong"),
        ("/exchange/v1/uploads/" + "a" * 26, upload.secret),
        (upload.path, digest(upload.secret.encode())),
    ):
        gone = sent.peer.ask("HEAD", path, {"Upload-Secret": secret})
        assert gone.status_code == 404
        refused = Wanted(sent, path, secret).patch(0, b"x")
        assert (refused.status_code, code(refused)) == (404, "upload-unknown")


# --- statements that are none --------------------------------------------------------------------


NO_STATEMENTS = [
    b"",
    b"{}",
    b"\xff\xfe",
    CANARY.encode(),
    b"[" * 50_000,
    b"[" * 100_000,
    b"x" * (128 * 1024),
    b'{"payload":"x","signatures":[]}',
]


def test_what_is_no_statement_is_refused(standing: Standing) -> None:
    desk = standing.receiving.desk(None)
    for path in ("/exchange/v1/statements", "/exchange/v1/sync"):
        for wire in NO_STATEMENTS:
            refused = desk.ask("POST", path, WIRE, content=wire)
            assert refused.status_code in (413, 422), wire[:40]
            assert code(refused).startswith(("jws-", "json-"))


def test_a_statement_that_was_changed_is_refused(sent: Sent) -> None:
    value = json.loads(sent.wire)
    for change in ("payload", "signature"):
        changed = json.loads(sent.wire)
        place = changed if change == "payload" else changed["signatures"][1]
        place[change] = ("A" if place[change][40] != "A" else "B").join(
            (place[change][:40], place[change][41:])
        )
        wire = json.dumps(changed, separators=(",", ":")).encode()
        refused = sent.post(wire)
        assert refused.status_code == 422
        assert "refusal" not in refused.json()
    assert sent.post(json.dumps(value, separators=(",", ":")).encode()).status_code == 202


def test_a_statement_for_somebody_else_is_refused(sent: Sent, sending: Door) -> None:
    refused = sending.desk(None).ask("POST", "/exchange/v1/statements", WIRE, content=sent.wire)
    assert refused.status_code == 422
    assert code(refused) == "statement-for-other"


def test_a_final_no_is_signed_and_the_same_again(sent: Sent, sending: Door) -> None:
    """A second recall does not follow from the first; our own service would not sign it."""
    assert sent.wanted().patch(0, sent.bundle, "?1").status_code == 200
    sent.two.run()
    desk, path = sending.desk(), f"/v1/handovers/{sent.handover}/recall"
    assert desk.post(path, {"codes": {"code": "returned_home"}}).status_code == 201
    assert sent.two.run() == ["done"]
    site = sent.two.sender
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, sent.handover)
    saying = Saying("recall", {"code": "moved_on"})
    again = sign(site, replica, sent.handover, RECEIVER, "sender", saying, None, site.clock())
    wire = again.wire
    refused = sent.post(wire)
    assert (refused.status_code, refused.json()["retryable"]) == (409, False)
    refusal = reopen(refused.json()["refusal"].encode())
    assert (refusal.kind, refusal.payload.sender) == ("refusal", RECEIVER)
    assert sent.post(wire).json()["refusal"] == refused.json()["refusal"]


def test_a_sync_over_http(sent: Sent, sending: Door, receiving: Door) -> None:
    assert sent.wanted().patch(0, sent.bundle, "?1").status_code == 200
    asked: list[bytes] = []

    class Asks:
        def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
            asked.append(wire)
            answer = receiving.desk(None).ask("POST", "/exchange/v1/sync", WIRE, content=wire)
            assert answer.status_code == 200
            return [one.encode() for one in answer.json()["statements"]]

    object.__setattr__(sent.two.sender, "peers", Asks())
    assert sync.pull(sent.two.sender, RECEIVER, sent.handover) == 1
    again = receiving.desk(None).ask("POST", "/exchange/v1/sync", WIRE, content=asked[0])
    assert again.status_code == 409, "a nonce is good once"
    assert SENDER not in again.text


def test_a_full_disk_says_so(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise Unavailable("storage-full", "The disk is full: make room, then try again.")

    upload = sent.wanted()
    monkeypatch.setattr(uploading, "append", full)
    refused = upload.patch(0, sent.bundle)
    assert (refused.status_code, code(refused)) == (507, "storage-full")
    assert refused.json()["retryable"] is True
