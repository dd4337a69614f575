"""A large handover between two processes: memory stays flat, and a cut costs one piece.

`pytest -m soak tests/acceptance/test_large.py` sends a whole GiB.
"""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random

import pytest

from app.demo import story
from app.handover.statement import reopen
from app.outside.peers import PIECE
from tests.acceptance.services import SOON, TODAY, Service, blocks, found, notified, pair, until
from tests.outside.network import Cable, cable

MIB = 2**20
GROWTH = 150_000_000
"""Bytes that either process may grow by, whatever the size: pieces of 4 MiB in up to eight threads,
and what the allocator keeps of each. On a busy machine 90 to 121 million were seen."""
CUT = Random(4).randbytes(48 * MIB)
SLACK = 128 * 1024
"""Bytes of headers and of the statement, which is sent again."""


@dataclass
class Net:
    sender: Service
    receiver: Service
    wire: Cable
    """By which the sender reaches the receiver."""


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """Two services for all tests here; the one that measures memory comes first."""
    folder, wires = tmp_path_factory.mktemp("large"), []
    with ExitStack() as stack:

        def through(endpoint: str) -> str:
            made, near = stack.enter_context(cable(endpoint))
            wires.append(made)
            return near

        how = "--unencrypted-demo"
        sender = found(stack, folder / "sender", story.SENDER, how)
        receiver = found(stack, folder / "receiver", story.RECEIVER, how, through=through)
        pair(sender, receiver)
        pair(receiver, sender)
        for service in (sender, receiver):
            service.start()
            service.http.timeout = 300
        yield Net(sender, receiver, wires[0])


def cross(sender: Service, receiver: Service, mib: int) -> str:
    """A document of so many MiB goes all the way and is opened at the other end."""
    handover = notified(sender)
    sender.put(handover, 4, "Scan — przykład.tif", blocks(mib))
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.state(handover) == "dispatched", 300)
    sent, got = hashlib.sha256(), hashlib.sha256()
    for block in blocks(mib):
        sent.update(block)
    path, headers = f"/v1/handovers/{handover}/attachments/4", {"Access-Purpose": "Test"}
    with receiver.http.stream("GET", path, headers=headers) as response:
        for piece in response.iter_raw():
            got.update(piece)
    assert got.digest() == sent.digest()
    return handover


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mib", [192, pytest.param(1024, marks=pytest.mark.soak)])
def test_memory_stays_flat_at_any_size(net: Net, mib: int) -> None:
    sender, receiver = net.sender, net.receiver
    cross(sender, receiver, 1)
    before = sender.peak(), receiver.peak()
    cross(sender, receiver, mib)
    grown = [service.peak() - was for service, was in zip((sender, receiver), before, strict=True)]
    assert max(grown) < GROWTH < mib * MIB, grown


def test_an_upload_cut_at_70_percent_goes_on_from_there(net: Net) -> None:
    sender, receiver, wire = net.sender, net.receiver, net.wire
    handover = notified(sender)
    sender.put(handover, 4, "Scan — przykład.tif", CUT)
    until(lambda: receiver.state(handover) == "notified")
    before = receiver.held()
    wire.left = at = len(CUT) * 7 // 10
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    path = f"/v1/handovers/{handover}"
    until(lambda: problems(sender, handover) == ["peer-unreachable"])
    assert wire.left == 0, "it was the cable"
    assert at - PIECE - SLACK <= receiver.held() - before <= at, "what came is kept"
    wire.left, wire.carried = None, 0
    until(lambda: receiver.state(handover) == "dispatched")
    until(lambda: problems(sender, handover) == [])

    entries = receiver.get(f"{path}/ledger").json()["entries"]
    bundle = reopen(entries[-1]["statement"].encode()).payload.bundle
    assert bundle is not None
    size = bundle.size
    assert size - at <= wire.carried <= size - at + PIECE + SLACK, "the rest and one piece, no more"
    assert receiver.held() - before == size, "and nothing is there twice"
    assert receiver.get(f"{path}/attachments/4").content == CUT


def problems(service: Service, handover: str) -> list[str | None]:
    """Of each delivery that waits, what went wrong with it."""
    shown = service.get(f"/v1/handovers/{handover}").json()
    return [one["problem"] for one in shown["deliveries"]]


def test_a_document_cut_at_70_percent_leaves_nothing_and_is_sent_again(net: Net) -> None:
    sender = net.sender
    handover = notified(sender)
    before = sender.held()
    head = (
        f"PUT /v1/drafts/{handover}/attachments/4 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: {sender.http.headers['Authorization']}\r\n"
        f'Content-Disposition: attachment; filename="scan.tif"\r\n'
        f"Content-Length: {len(CUT)}\r\n\r\n"
    )
    with socket.create_connection(sender.listener.getsockname()) as line:
        line.sendall(head.encode() + CUT[: len(CUT) * 7 // 10])
        until(lambda: sender.held() > before, pause=SOON)
    until(lambda: sender.held() == before, pause=SOON)
    attached = sender.get(f"/v1/drafts/{handover}").json()["attachments"]
    assert [one["number"] for one in attached] == [1, 2, 3]
    sender.put(handover, 4, "scan.tif", CUT)
    attached = sender.get(f"/v1/drafts/{handover}").json()["attachments"]
    assert attached[3]["sha256"] == hashlib.sha256(CUT).hexdigest()


def test_one_document_of_it_is_read_and_no_more(net: Net) -> None:
    handover = cross(net.sender, net.receiver, 24)
    minutes = story.documents(TODAY)[0].data
    before = net.receiver.bytes_read()
    path = f"/v1/handovers/{handover}/attachments/1"
    headers = {"Access-Purpose": "Test", "Range": "bytes=10-19"}
    got = net.receiver.http.get(path, headers=headers)
    assert (got.status_code, got.content) == (206, minutes[10:20])
    assert net.receiver.bytes_read() - before < 2 * MIB, "of a bundle of more than 24"
