"""The exchange between authorities, as another implementation meets it (protocol, section 6)."""

import json
import threading
from pathlib import Path
from secrets import token_bytes
from typing import Any

import anyio
import pytest

from app.api import bodies, exchange
from app.crypto.ids import digest
from app.demo import story
from app.errors import NotVerified, Unavailable
from app.flows import ledgers, receive, setup, sync, uploading
from app.flows.issue import Saying, sign
from app.handover.statement import reopen
from app.store import statements
from tests.api.asgi import call
from tests.api.conftest import CANARY, Desk, Door, Standing, code, door, new_draft
from tests.api.sender import STATEMENT, WIRE, Sent, Wanted, issued
from tests.flows.acts import everything, wire
from tests.flows.conftest import RECEIVER, SENDER, THIRD, Two, make_site
from tests.flows.test_crossing import TODAY
from tests.handover import make


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
    assert upload.patch(0, sent.bundle, "?1").status_code == 404
    assert sent.wanted().patch(0, sent.bundle, "?1").status_code == 200


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
        assert refused.status_code in (404, 415, 422), (name, value)
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
    for path in ("/exchange/v1/statements", "/exchange/v1/sync", "/exchange/v1/bundles"):
        for none in NO_STATEMENTS:
            refused = desk.ask("POST", path, WIRE, content=none)
            assert refused.status_code in (413, 422), none[:40]
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
        now = site.clock()
        again = sign(uow, site, replica, sent.handover, RECEIVER, "sender", saying, None, now)
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


def test_a_bundle_that_was_lost_over_http(sent: Sent, sending: Door, receiving: Door) -> None:
    """What the sender sealed comes back from who holds it, byte for byte."""
    assert sent.wanted().patch(0, sent.bundle, "?1").status_code == 200
    with sent.two.receiver.database.read() as uow:
        announced = statements.with_status(uow.connection, sent.handover, "entry")[0].bundle
    body: dict[str, Any] = {"bundle": announced, "offset": 5}
    _, wire = sync.question(sent.two.sender, RECEIVER, sent.handover, body)
    answer = receiving.desk(None).ask("POST", "/exchange/v1/bundles", WIRE, content=wire)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == sent.bundle[5:]
    again = receiving.desk(None).ask("POST", "/exchange/v1/bundles", WIRE, content=wire)
    assert (again.status_code, code(again)) == (409, "nonce-used")


def test_a_full_disk_says_so(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise Unavailable("storage-full", "The disk is full: make room, then try again.")

    upload = sent.wanted()
    monkeypatch.setattr(uploading, "append", full)
    refused = upload.patch(0, sent.bundle)
    assert (refused.status_code, code(refused)) == (507, "storage-full")
    assert refused.json()["retryable"] is True


# --- too much -------------------------------------------------------------------------------------


def limited(sent: Sent, **settings: Any) -> None:
    site = sent.two.receiver
    object.__setattr__(site, "settings", site.settings.model_copy(update=settings))


@pytest.mark.parametrize(
    ("settings", "status", "expected"),
    [
        ({"peer_rate": 1}, 429, "rate-limited"),
        ({"disk_reserve": 2**62}, 507, "storage-low"),
        ({"peer_uploads": 1}, 429, "upload-quota"),
    ],
)
def test_who_wants_too_much_is_told_when_to_come_back(
    sent: Sent, settings: dict[str, int], status: int, expected: str
) -> None:
    other = new_draft(sent_desk(sent), "OX/2")
    path = f"/v1/drafts/{other}/notification"
    assert sent_desk(sent).post(path, {"words": story.notification(TODAY)}).status_code == 201
    limited(sent, **settings)
    if expected != "storage-low":
        sent.wanted()
    refused = sent.post(issued(sent.two.sender, other)[0])
    assert (refused.status_code, code(refused)) == (status, expected)
    assert refused.json()["retryable"] is True
    assert int(refused.headers["Retry-After"]) > 0


def sent_desk(sent: Sent) -> Desk:
    return door(sent.two.sender).desk()


def test_a_piece_that_finds_no_room_is_asked_for_later(sent: Sent) -> None:
    upload = sent.wanted()
    limited(sent, disk_reserve=2**62)
    refused = upload.patch(0, sent.bundle, "?1")
    assert (refused.status_code, code(refused)) == (507, "storage-low")
    limited(sent, disk_reserve=0)
    assert upload.offset() == 0
    assert upload.patch(0, sent.bundle, "?1").status_code == 200


def test_an_unknown_signer_costs_nothing_stored(sent: Sent, tmp_path: Path) -> None:
    """Over HTTP: no row, no file, no upload, whatever is sent and however much of it."""
    (tmp_path / "c").mkdir()
    stranger = make_site(tmp_path / "c", THIRD, sent.two.clock, sent.two.wire, "http://127.0.0.1:3")
    site = sent.two.receiver
    unknown = wire(stranger, "fact", make.HANDOVER, to=RECEIVER)
    before = everything(site)
    for said in (unknown, unknown[:-9] + b"AAAA" + unknown[-5:], b"x" * 2**17):
        refused = sent.post(said)
        assert refused.status_code in (413, 422)
        assert "refusal" not in refused.json()
    huge = call(
        sent.peer.http.app, "POST", "/exchange/v1/statements", WIRE, iter([b"x" * 2**16] * 1000)
    )
    assert (huge.status, huge.pieces_read) == (413, 3)
    assert everything(site) == before
    stranger.database.close()


def test_a_dripped_statement_is_given_up(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the whole never does."""
    monkeypatch.setattr(bodies, "PACE", 2**22)
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    before, drops, sent_back = everything(sent.two.receiver), [], []

    async def receive() -> Any:
        await anyio.sleep(0.01)
        drops.append(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent_back.append(message)

    scope = {"type": "http", "method": "POST", "path": "/exchange/v1/statements", "headers": [],
             "query_string": b""}  # fmt: skip
    anyio.run(sent.peer.http.app, scope, receive, send)
    assert sent_back[0]["status"] == 408
    assert 1 < len(drops) < 200
    assert everything(sent.two.receiver) == before


def test_a_flood_of_strangers_is_turned_away_and_does_not_pile_up(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few are checked, a few wait, and every other one is told at once to come back."""
    may_end = threading.Event()

    def slow(*_: Any) -> Any:
        assert may_end.wait(20)
        raise NotVerified("key-unknown", "Nobody has these keys", retryable=True)

    monkeypatch.setattr(receive, "statement", slow)
    monkeypatch.setattr(exchange, "QUEUE", anyio.CapacityLimiter(4))
    statuses: list[int] = []

    async def one() -> None:
        done = await answer(sent.peer.http.app, "/exchange/v1/statements", b"x")
        statuses.append(done)
        if len(statuses) == 6:
            may_end.set()

    async def flood() -> None:
        monkeypatch.setattr(exchange, "CHECKS", anyio.CapacityLimiter(2))
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(one)

    anyio.run(flood)
    assert sorted(statuses) == [422] * 4 + [503] * 6


def test_few_bring_pieces_of_one_upload_at_once(sent: Sent) -> None:
    """Each holds its piece in memory until it is whole."""
    wanted = sent.wanted()
    app, may_end = sent.peer.http.app, anyio.Event()
    statuses: list[int] = []

    async def one() -> None:
        async def receive_() -> Any:
            await may_end.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        named = [(k.lower().encode(), v.encode()) for k, v in wanted.headers(0, "?0").items()]
        scope = {"type": "http", "method": "PATCH", "path": wanted.path, "headers": named,
                 "query_string": b""}  # fmt: skip
        await app(scope, receive_, send)

    async def flood() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(one)
            with anyio.move_on_after(20):
                while len(statuses) < 6 - exchange.PIECES_AT_ONCE:
                    await anyio.sleep(0.01)
            turned_away = list(statuses)
            may_end.set()
        assert turned_away == [503] * (6 - exchange.PIECES_AT_ONCE)

    anyio.run(flood)
    assert wanted.patch(0, sent.bundle, "?1").status_code == 200


async def answer(app: Any, path: str, body: bytes) -> int:
    """The status of one request among many."""
    statuses: list[int] = []

    async def receive_() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    await app(scope, receive_, send)
    return statuses[0]
