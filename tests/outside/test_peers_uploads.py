"""Uploads and synchronisation by the real client: resumed where the other side is, lies refused."""

import pytest

from app.errors import CaseHandoverError, NotVerified, Unavailable
from app.outside import peers
from app.outside.peers import Refused, Upload
from tests.outside.servers import STATEMENT, Asked, serving
from tests.outside.test_peers import PEERS, RECEIPT, Script, answering, hang_up, problem

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
