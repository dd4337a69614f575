"""Two sites, the real client and the real app: a case crosses, is cut at 70 %, and goes on."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from app.crypto.ids import digest
from app.demo import story
from app.errors import Unavailable
from app.flows import disclose, papers, read, respond, send, sync
from app.flows.attaching import AttachmentSink
from app.flows.respond import Said
from app.outside import peers
from app.store import bundles, statements
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Clock, Two, Wire, pair
from tests.flows.test_crossing import PERSON, TODAY, begin
from tests.outside.network import Cable, cable, listening, real_site, serving_app

LARGE = Random(1).randbytes(3 * 2**20)


@dataclass
class Net:
    two: Two
    cable: Cable


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    monkeypatch.setattr(peers, "PIECE", 2**20)
    clock = Clock()
    with ExitStack() as stack:
        near, near_endpoint = stack.enter_context(listening())
        far, far_endpoint = stack.enter_context(listening())
        wire, cut_endpoint = stack.enter_context(cable(far_endpoint))
        sender = real_site(tmp_path / "a", SENDER, clock, near_endpoint)
        receiver = real_site(tmp_path / "b", RECEIVER, clock, cut_endpoint)
        for site, listener in ((sender, near), (receiver, far)):
            stack.callback(site.database.close)
            stack.enter_context(serving_app(site, listener))
        pair(sender, receiver)
        pair(receiver, sender)
        yield Net(Two(sender, receiver, clock, Wire()), wire)


def ready(two: Two) -> str:
    """A handover that was notified, with a document of 3 MiB beside the minutes."""
    handover = begin(two)
    sink = AttachmentSink(two.sender, WORKER, handover, 4, "Scan — przykład.tif", "image/tiff")
    sink.feed(LARGE)
    sink.finish()
    send.notify(two.sender, WORKER, handover, story.notification(TODAY))
    assert two.run() == ["done"]
    return handover


def test_a_case_crosses_over_http_and_back(net: Net) -> None:
    two = net.two
    handover = ready(two)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    said = Said({}, {"person": PERSON})
    respond.say(two.receiver, WORKER, handover, "acknowledgement", said)
    assert two.run() == ["done"]
    ledgers = [read.ledger(site, WORKER, handover) for site in (two.sender, two.receiver)]
    assert ledgers[0]["entries"] == ledgers[1]["entries"]
    assert [one["kind"] for one in ledgers[0]["entries"]] == [
        "notification",
        "dispatch",
        "acknowledgement",
    ]
    document = disclose.attachment(two.receiver, WORKER, handover, 4, "To read it")
    assert document.name == "Scan — przykład.tif"
    assert b"".join(document.pieces) == LARGE


def test_an_upload_that_is_cut_goes_on_where_it_was(net: Net) -> None:
    two = net.two
    handover = ready(two)
    net.cable.left = int(0.7 * len(LARGE))
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["peer-unreachable"]
    assert read.show(two.sender, WORKER, handover)["deliveries"][0]["problem"] == "peer-unreachable"
    net.cable.left, net.cable.carried = None, 0
    two.clock.forward(seconds=7)
    assert two.run() == ["done"]
    assert net.cable.carried < 0.7 * len(LARGE), "what had arrived was not sent again"
    document = disclose.attachment(two.receiver, WORKER, handover, 4, "To read it")
    assert b"".join(document.pieces) == LARGE


def test_a_receipt_that_was_cut_off_is_the_same_the_second_time(net: Net) -> None:
    two = net.two
    handover = ready(two)
    issued = send.dispatch(two.sender, WORKER, handover, [], None)
    before = two.sender.peers

    class LosesTheReceipt(peers.HttpPeers):
        def upload(self, *arguments: object) -> bytes:
            super().upload(*arguments)  # type: ignore[arg-type]
            raise Unavailable("peer-unreachable", "The line was cut")

    object.__setattr__(two.sender, "peers", LosesTheReceipt())
    assert two.run() == ["peer-unreachable"]
    object.__setattr__(two.sender, "peers", before)
    two.clock.forward(seconds=7)
    assert two.run() == ["done"]
    receipts = []
    for site in (two.sender, two.receiver):
        with site.database.read() as uow:
            rows = statements.speaking_of(uow.connection, issued.statement)
        receipts.append([row.wire for row in rows])
    assert receipts[0] == receipts[1]
    assert len(receipts[0]) == 1


def test_what_one_side_lacks_the_other_has(net: Net) -> None:
    two = net.two
    handover = ready(two)
    said = Said({}, {"person": PERSON})
    respond.say(two.receiver, WORKER, handover, "acknowledgement", said)
    assert sync.handovers_with(two.sender, RECEIVER) == [handover]
    assert sync.pull(two.sender, RECEIVER, handover) == 1
    assert read.show(two.sender, WORKER, handover)["state"] == "acknowledged"
    assert two.run() == ["done"]


def test_papers_that_were_lost_come_back(net: Net) -> None:
    two = net.two
    handover = ready(two)
    with two.sender.database.write() as uow:
        announced = statements.with_status(uow.connection, handover, "entry")[0]
        uow.connection.exec_driver_sql("DELETE FROM bundles")
        assert papers.look_for(uow, two.sender, RECEIVER, handover) == 1
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        with site.database.read() as uow:
            row = bundles.get(uow.connection, announced.bundle or "")
        assert row is not None
        with site.blobs.reader(row.blob) as sealed:
            assert digest(sealed.read(row.size)) == announced.bundle
