"""The real worker between two authorities, one of which takes every connection and says nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from app.flows import draft, read, respond, send
from app.flows.respond import Said
from app.flows.site import Site
from app.handover.statement import reopen
from app.outside.peers import HttpPeers
from app.store import jobs
from app.worker import LANES, Worker
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, SENDER, THIRD, WORKER, Clock, Wire, make_site, pair
from tests.outside.network import listening, real_site, serving_app
from tests.outside.servers import Asked, serving

PATIENCE = 20.0
"""Seconds until a test gives up. The stalling one holds on for longer."""


@dataclass
class Staller:
    heard: list[str] = field(default_factory=list)
    recalled: Event = field(default_factory=Event)

    def __call__(self, asked: Asked) -> None:
        self.heard.append(reopen(asked.body).kind)
        if self.heard[-1] == "recall":
            self.recalled.set()
        asked.stall()


@dataclass
class Three:
    sender: Site
    staller: Staller
    running: Worker


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    """The sender, with a worker that is not yet started, between a good and a stalling one."""
    clock, staller = Clock(), Staller()
    with ExitStack() as stack:
        _, near_endpoint = stack.enter_context(listening())
        far, far_endpoint = stack.enter_context(listening())
        sender = real_site(tmp_path / "a", SENDER, clock, near_endpoint)
        sender = replace(sender, peers=HttpPeers(timeout=60, deadline=60))
        receiver = real_site(tmp_path / "b", RECEIVER, clock, far_endpoint)
        for site in (sender, receiver):
            stack.callback(site.database.close)
        running = Worker(sender)
        stack.callback(running.stop)  # once the stalling one has gone
        stalling_endpoint = stack.enter_context(serving(staller))
        (tmp_path / "c").mkdir()
        stalling = make_site(tmp_path / "c", THIRD, clock, Wire(), stalling_endpoint)
        stack.callback(stalling.database.close)
        stack.enter_context(serving_app(receiver, far))
        for other in (receiver, stalling):
            pair(sender, other)
            pair(other, sender)
        yield Three(sender, staller, running)


def notified(site: Site, recipient: str) -> str:
    """A handover whose notification is due."""
    row = draft.create(
        site,
        WORKER,
        recipient=recipient,
        own_reference="FICTION/1",
        transfer="cp_permanent",
        team=None,
        case_file=samples.case(),
    )
    send.notify(site, WORKER, row.id, acts.NOTIFICATION)
    return row.id


def until(condition: Callable[[], bool]) -> bool:
    end = monotonic() + PATIENCE
    while not condition():
        if monotonic() > end:
            return False
        sleep(0.05)
    return True


def test_who_stalls_with_much_that_is_due_delays_nobody_else(three: Three) -> None:
    site, heard = three.sender, three.staller.heard
    stalled = [notified(site, THIRD) for _ in range(LANES + 1)]
    three.running.start()
    assert until(lambda: len(heard) == jobs.SHARE), "the stalling one is tried"
    other = notified(site, RECEIVER)
    assert until(lambda: read.show(site, WORKER, other)["deliveries"] == [])
    assert read.show(site, WORKER, other)["unconfirmed"] == [], "it was signed for"
    respond.say(site, WORKER, stalled[-1], "recall", Said({"code": "returned_home"}))
    assert three.staller.recalled.wait(PATIENCE), "a recall waits for no delivery"
    assert heard == ["notification"] * jobs.SHARE + ["recall"]
