"""Endpoints that lie, carried through: what becomes of the delivery, and what people are shown.

The other side is a real site behind a small server that is honest but for one answer.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.errors import CaseHandoverError
from app.flows import cards, read, receive, retry, send, setup, sync, uploading, work
from app.flows.receive import Answered
from app.flows.site import Site
from app.handover.when import stamp
from app.outside import peers, tls
from app.outside.peers import HttpPeers
from app.store import jobs
from tests.flows import acts
from tests.flows.acts import kept, wire
from tests.flows.conftest import RECEIVER, SENDER, WORKER, Clock, Two, Wire, make_site, pair
from tests.handover import make
from tests.outside.network import real_site
from tests.outside.servers import STATEMENT, Asked, serving
from tests.outside.test_peers import HEAD, answering, cut, hang_up, problem

RECEIPT = {"Content_Type": STATEMENT}


@dataclass
class Server:
    """The receiver's; `lies` are told instead of the answer to a method. Everything else that is
    asked for it counts as `elsewhere`, where no redirect may lead."""

    site: Site = field(init=False)
    lies: dict[str, Callable[[Asked], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> None:
        if asked.path == "/elsewhere":
            self.elsewhere.append(asked.command)
        self.asked.append(asked.command)
        self.lies.get(asked.command, self.honest)(asked)

    def honest(self, asked: Asked) -> None:
        if asked.command == "POST":
            self._post(asked)
            return
        name, secret = asked.path.rpartition("/")[2], asked.headers["Upload-Secret"]
        if asked.command == "HEAD":
            asked.answer(204, Upload_Offset=str(uploading.reached(self.site, name, secret)))
            return
        offset = int(asked.headers["Upload-Offset"])
        at = uploading.append(self.site, name, secret, offset, asked.body)
        if asked.headers["Upload-Complete"] == "?1":
            asked.answer(200, receive.complete(self.site, name, secret).wire, **RECEIPT)
        else:
            asked.answer(204, Upload_Offset=str(at))

    def _post(self, asked: Asked) -> None:
        outcome = receive.statement(self.site, asked.body)
        if isinstance(outcome, Answered):
            asked.answer(200, outcome.wire, **RECEIPT)
        else:
            asked.answer(202, Location=f"uploads/{outcome.upload}", Upload_Secret=outcome.secret)


class Wary(HttpPeers):
    """Soon tired of who says nothing or says it slowly, and patient with all others, whose machine
    may be busy."""

    _tls = tls.context()

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def _client(self) -> httpx.AsyncClient:
        slow = map(SLOW.get, self._server.lies.values())
        self._timeout, self._deadline = next(filter(None, slow), (30.0, 60.0))
        return super()._client()


@dataclass
class Net:
    two: Two
    server: Server


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    monkeypatch.setattr(peers, "PIECE", 1500)
    clock, server = Clock(), Server()
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(server))
        sender = real_site(tmp_path / "a", SENDER, clock, "http://127.0.0.1:1")
        sender = replace(sender, peers=Wary(server))
        (tmp_path / "b").mkdir()
        server.site = make_site(tmp_path / "b", RECEIVER, clock, Wire(), endpoint)
        for site, other in ((sender, server.site), (server.site, sender)):
            stack.callback(site.database.close)
            pair(site, other)
        yield Net(Two(sender, server.site, clock, Wire()), server)


def run(net: Net) -> str:
    """Do the one job that is due, as the worker does."""
    (job,) = work.claim(net.two.sender, timedelta(minutes=1), 10)
    return work.run(net.two.sender, job, 0.5)


def notify(net: Net) -> str:
    handover = acts.begin(net.two)
    send.notify(net.two.sender, WORKER, handover, acts.NOTIFICATION)
    return handover


# --- the lies ------------------------------------------------------------------------------------

Lie = Callable[[Asked], None]


def to_elsewhere(status: int) -> Lie:
    return answering(status, Location="/elsewhere")


def stalls(asked: Asked) -> None:
    asked.stall()


def drips_headers(asked: Asked) -> None:
    asked.drip(HEAD, b"X: y\r\n")


def drips_a_body(asked: Asked) -> None:
    asked.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"x")


SLOW: dict[Lie, tuple[float, float]] = {
    stalls: (0.5, 60.0),
    drips_headers: (30.0, 1.0),
    drips_a_body: (30.0, 1.0),
}
"""Seconds without a byte, and for a whole answer, after which each is given up."""

ANY: dict[str, tuple[Lie, str]] = {
    **{f"{n}": (to_elsewhere(n), f"http-{n}") for n in (301, 302, 303, 307, 308)},
    "stalls": (stalls, "peer-unreachable"),
    "drips headers": (drips_headers, "peer-too-slow"),
    "endless headers": (
        lambda asked: asked.drip(HEAD, b"X-Filler: y\r\n" * 20_000),
        "peer-unreachable",
    ),
    "hangs up": (hang_up, "peer-unreachable"),
    "compressed": (answering(200, gzip.compress(b"{}"), Content_Encoding="gzip"), "peer-protocol"),
    "a proxy's page": (problem(502, b"<html>Bad gateway</html>"), "http-502"),
    "not found": (answering(404), "http-404"),
}
BODY: dict[str, tuple[Lie, str]] = {
    "drips a body": (drips_a_body, "peer-too-slow"),
    "endless body": (
        lambda asked: asked.drip(HEAD + b"Content-Length: 999999999\r\n\r\n", b"x" * 2**17),
        "peer-protocol",
    ),
    "cut in the answer": (cut, "peer-unreachable"),
}
NO_RECEIPT: dict[str, tuple[Lie, str]] = {
    "a receipt without a word": (answering(200, **RECEIPT), "peer-protocol"),
    "a page": (answering(200, b"<html>Sign in", Content_Type="text/html"), "peer-protocol"),
    "wrong type": (answering(200, b"{}", Content_Type="application/json"), "peer-protocol"),
    "no signature": (answering(200, b"{}", **RECEIPT), "jws-members"),
    "created": (answering(201, b"{}", **RECEIPT), "http-201"),
    "no content": (answering(204, Upload_Offset="0"), "http-204"),
}
OFFSET: dict[str, tuple[Lie, str]] = {
    "no offset": (answering(204), "peer-protocol"),
    "negative": (answering(204, Upload_Offset="-1"), "peer-protocol"),
    "too far": (answering(204, Upload_Offset=str(10**9)), "peer-protocol"),
}


def changing(asked: Asked) -> None:
    """Always elsewhere than we think."""
    offset = int(asked.headers["Upload-Offset"])
    asked.answer(409, Upload_Offset=str((offset + 1) % 2))


def lost_count(asked: Asked) -> None:
    asked.answer(204, Upload_Offset=str(int(asked.headers["Upload-Offset"]) + 1))


LIES: dict[str, dict[str, tuple[Lie, str]]] = {
    "POST": ANY | BODY | NO_RECEIPT,
    "HEAD": ANY | OFFSET,
    "PATCH": ANY
    | BODY
    | OFFSET
    | {
        "changing": (changing, "http-409"),
        "wrong": (lost_count, "peer-protocol"),
        "a receipt too early": (answering(200, b"{}", **RECEIPT), "http-200"),
    },
}


def shown(net: Net, handover: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read.show(net.two.sender, WORKER, handover)["deliveries"]
    return found


def still_waits(net: Net, handover: str, code: str) -> None:
    """It is shown with its problem and its next try, nothing counts as delivered, and once the
    other side is honest it goes."""
    (said,) = kept(net.two.sender, handover, "pending")
    due = net.two.clock.now + timedelta(seconds=5)
    assert shown(net, handover) == [
        {
            "statement": said.digest,
            "kind": "notification",
            "attempts": 1,
            "next_try": stamp(due),
            "problem": code,
            "stopped": False,
        }
    ]
    view = read.show(net.two.sender, WORKER, handover)
    assert (view["unconfirmed"], view["failed"]) == ([said.digest], [])
    assert kept(net.two.sender, handover, "receipt") == []
    assert net.server.elsewhere == [], "no redirect is followed"
    net.server.lies.clear()
    assert work.claim(net.two.sender, timedelta(minutes=1), 10) == [], "not before its time"
    net.two.clock.forward(seconds=5)
    assert run(net) == "done"
    assert shown(net, handover) == []
    assert read.show(net.two.sender, WORKER, handover)["unconfirmed"] == []


@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for method, lies in LIES.items() for name in lies]
)
def test_a_lie_delivers_nothing_and_is_tried_again(net: Net, method: str, name: str) -> None:
    lie, code = LIES[method][name]
    net.server.lies[method] = lie
    handover = notify(net)
    assert run(net) == code
    assert net.server.asked[-1] == method, "it was told this lie"
    still_waits(net, handover, code)


FORGED: dict[str, Callable[[Two, str], bytes]] = {
    "of another statement": lambda two, handover: wire(
        two.receiver, "receipt", handover, place=1,
        body={"of": make.digest("another"), "result": "stored"},
    ),
    "of another handover": lambda two, handover: wire(
        two.receiver, "receipt", make.ident("another"), place=1,
        body={"of": kept(two.sender, handover, "pending")[0].digest, "result": "stored"},
    ),
    "no receipt": lambda two, handover: wire(two.receiver, "fact", handover, place=1),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_receipt_of_something_else_delivers_nothing(net: Net, name: str) -> None:
    handover = notify(net)
    net.server.lies["POST"] = answering(200, FORGED[name](net.two, handover), **RECEIPT)
    assert run(net) == "answer-not-for-this"
    still_waits(net, handover, "answer-not-for-this")


def test_a_no_for_good_is_stopped_in_sight_until_a_person_sends_it_again(net: Net) -> None:
    about = {"type": "urn:case-handover:out-of-service", "retryable": False}
    net.server.lies["POST"] = problem(422, about)
    handover = notify(net)
    assert run(net) == "out-of-service"
    (one,) = shown(net, handover)
    assert (one["problem"], one["stopped"], one["next_try"]) == ("out-of-service", True, None)
    assert kept(net.two.sender, handover, "pending") != [], "an unsigned no takes nothing back"
    net.two.clock.forward(days=2)
    assert work.claim(net.two.sender, timedelta(minutes=1), 10) == []
    net.server.lies.clear()
    assert retry.retry_all(net.two.sender, WORKER, handover) == 1
    assert run(net) == "done"


# --- sync and card -------------------------------------------------------------------------------

NO_ANSWER = ANY | BODY | {"no statements": (answering(200, b"{}"), "peer-protocol")}
del NO_ANSWER["endless body"]  # a sync may be long: whether it is too long or too slow is chance


@pytest.mark.parametrize("name", NO_ANSWER)
def test_a_lie_to_a_sync_brings_nothing_and_can_be_asked_again(net: Net, name: str) -> None:
    lie, code = NO_ANSWER[name]
    handover = notify(net)
    assert run(net) == "done"
    before = acts.everything(net.two.sender)
    net.server.lies["POST"] = lie
    with pytest.raises(CaseHandoverError) as caught:
        sync.pull(net.two.sender, RECEIVER, handover)
    assert (caught.value.code, caught.value.retryable) == (code, True)
    assert (acts.everything(net.two.sender), net.server.elsewhere) == (before, [])
    net.server.lies["POST"] = lambda asked: asked.answer(
        200,
        json.dumps(
            {"statements": [one.decode() for one in sync.answer(net.server.site, asked.body)]}
        ).encode(),
    )
    assert sync.pull(net.two.sender, RECEIVER, handover) == 0


@pytest.mark.parametrize("name", ANY | BODY)
def test_a_lie_for_a_card_is_a_code_beside_the_authority_until_the_next_day(
    net: Net, name: str
) -> None:
    lie, code = (ANY | BODY)[name]
    site = net.two.sender
    net.server.lies["GET"] = lie
    with site.database.write() as uow:
        about = {"authority": RECEIVER}
        jobs.enqueue(uow.connection, "renew", "renew", "renew", about, net.two.clock.now)
    before = acts.everything(site)["directories"]
    assert run(net) == "done"
    look = cards.last_look(site, RECEIVER)
    assert look is not None
    assert look[1] == code
    assert (acts.everything(site)["directories"], net.server.elsewhere) == (before, [])
    net.server.lies["GET"] = lambda asked: asked.answer(200, setup.card(net.server.site)[0])
    cards.look_for(site, net.two.clock.now)
    net.two.clock.forward(hours=25)
    cards.look_for(site, net.two.clock.now)
    net.two.clock.forward(hours=1)
    assert run(net) == "done"
    assert cards.last_look(site, RECEIVER) == (stamp(net.two.clock.now), "ok")
