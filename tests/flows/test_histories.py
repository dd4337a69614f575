"""Random histories of two authorities whose messages are lost, repeated and crossed.

Whatever happens on the way, the sender's copy is the beginning of the receiver's, somebody holds
each child's plan, and in the end both hold the same ledger and the index follows from it.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import Conflict, Unavailable
from app.flows import ledgers, read, receive, reindex, send, sync, work
from app.flows.site import Site, directory_of
from app.flows.verify import verify_ledger
from app.handover.holder import plan_holder
from app.handover.replica import Replica
from app.handover.when import london_date
from app.outside.peers import Answer, Upload
from tests.flows import acts
from tests.flows.conftest import (
    HEAD,
    RECEIVER,
    SENDER,
    WORKER,
    Clock,
    NewDatabase,
    Two,
    Wire,
    make_site,
    pair,
)
from tests.flows.test_work import LEASE
from tests.handover import make

HANDOVERS, ACTS = 6, 200


class Lossy(Wire):
    """A third of all requests is lost, or its answer, or an upload is cut."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.losing = True

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        answer: Answer = self._maybe(partial(super().post_statement, endpoint, wire))
        return answer

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        def cut(offset: int, n: int) -> bytes:
            if self.losing and self._chance.random() < 0.2:
                raise Unavailable("peer-unreachable", "Cut.")
            return read_at(offset, min(n, 1 + size // 2))

        answer: bytes = self._maybe(partial(super().upload, upload, size, cut))
        return answer

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        answer: list[bytes] = self._maybe(partial(super().sync, endpoint, wire))
        return answer

    def _maybe(self, act: Callable[[], Any]) -> Any:
        lost = self._chance.random() if self.losing else 1.0
        if lost < 0.15:
            raise Unavailable("peer-unreachable", "The request was lost.")
        answer = act()
        if lost < 0.3:
            raise Unavailable("peer-unreachable", "The answer was lost.")
        return answer


class World:
    """Two authorities, their handovers, and chance."""

    def __init__(self, two: Two, wire: Lossy, chance: random.Random) -> None:
        self.two, self.wire, self.chance = two, wire, chance
        self.handovers: list[str] = []
        self.posted: list[tuple[Site, bytes]] = []
        self.refused = 0

    def step(self) -> None:
        act = self.chance.choices(
            [self.begin, self.say, self.work, self.repeat, self.pull, self.wait],
            [2 if len(self.handovers) < HANDOVERS else 0, 20, 10, 2, 1, 2],
        )[0]
        try:
            act()
        except Conflict:
            self.refused += 1  # it does not follow, and nothing has happened
        except Unavailable:
            pass

    def begin(self) -> None:
        handover = acts.begin(self.two)
        send.notify(self.two.sender, WORKER, handover, acts.NOTIFICATION)
        self.handovers.append(handover)

    def say(self) -> None:
        kind = self.chance.choice([*SENDERS, *RECEIVERS])
        site = self.two.sender if kind in SENDERS else self.two.receiver
        known = [one for one in self.handovers if self.replica(site, one).view()]
        if not known:
            return
        handover = self.chance.choice(known)
        if kind == "dispatch":
            items = [make.item("a concern", child=acts.CHILD)]
            body = {**make.BODIES[kind], "items": items}
            acts.say(site, handover, kind, body, (acts.CHILD,))
        elif kind in ("plan", "adjourned", "not_accepted"):
            acts.accept(self.two, handover, kind)
        elif kind in ("query", "disagreement"):
            new = {kind: make.ident(f"{kind} {self.chance.random()}")}
            acts.say(site, handover, kind, {**make.BODIES[kind], **new})
        else:
            acts.say(site, handover, kind)

    def work(self) -> None:
        site = self.chance.choice((self.two.sender, self.two.receiver))
        for job in work.claim(site, LEASE, self.chance.randint(1, 4)):
            work.run(site, job, self.chance.random())

    def repeat(self) -> None:
        """Something that has its place already is posted again."""
        if not self.handovers:
            return
        one, other = self.two.receiver, self.two.sender
        for entry in self.replica(one, self.chance.choice(self.handovers)).entries[-2:]:
            to = one if entry.statement.payload.sender == SENDER else other
            outcome = receive.statement(to, entry.statement.wire)
            if to is one and entry.receipt is not None:
                assert outcome == receive.Answered(entry.receipt.wire)

    def pull(self) -> None:
        if self.handovers:
            sync.pull(self.two.sender, RECEIVER, self.chance.choice(self.handovers))

    def wait(self) -> None:
        self.two.clock.forward(seconds=self.chance.choice((0, 1, 7, 400, 8000, 90_000)))

    def replica(self, site: Site, handover: str) -> Replica:
        with site.database.read() as uow:
            return ledgers.load(uow, site, handover)

    def settle(self) -> None:
        """No more losses: everything that waits arrives."""
        self.wire.losing = False
        for _ in range(20):
            self.two.clock.forward(hours=11)
            if not self.two.run():
                return
        raise AssertionError("there is always something left to do")

    def check(self) -> None:
        """What holds at every moment."""
        today = london_date(self.two.clock.now)
        for handover in self.handovers:
            mine, theirs = (
                self.replica(site, handover) for site in (self.two.sender, self.two.receiver)
            )
            assert theirs.entries[: len(mine.entries)] == mine.entries
            view, other = mine.view(), theirs.view()
            assert view is not None
            for child in view.children:
                sender_holds = plan_holder(view, child, today) == SENDER
                receiver_holds = other is not None and plan_holder(other, child, today) == RECEIVER
                assert sender_holds or receiver_holds


SENDERS = ("dispatch", "recall", "closure", "supplement", "query", "fact", "chase")
RECEIVERS = (
    "acknowledgement",
    "arrangements",
    "plan",
    "adjourned",
    "not_accepted",
    "decline",
    "disagreement",
    "destruction",
)


@pytest.fixture
def world(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: NewDatabase
) -> Iterator[World]:
    seed: int = request.param
    print(f"seed {seed}")
    chance = random.Random(seed)
    clock, wire = Clock(), Lossy(chance)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    sender, receiver = (
        make_site(tmp_path / name, authority, clock, wire, endpoint, new_database)
        for name, authority, endpoint in (
            ("one", SENDER, "http://127.0.0.1:1"),
            ("other", RECEIVER, "http://127.0.0.1:2"),
        )
    )
    pair(sender, receiver)
    pair(receiver, sender)
    yield World(Two(sender, receiver, clock, wire), wire, chance)
    sender.database.close()
    receiver.database.close()


@pytest.mark.parametrize(
    ("world", "new_database"),
    [(1, "sqlite"), (2, "sqlite"), (3, "postgresql")],
    indirect=True,
)
def test_whatever_happens_both_end_with_one_ledger(world: World) -> None:
    for number in range(ACTS):
        world.step()
        if number % 8 == 0:
            world.check()
    world.settle()
    world.check()
    two = world.two
    assert len(world.handovers) > HANDOVERS // 2
    assert world.refused
    with two.sender.database.read() as uow:
        directory = directory_of(uow, two.sender)
    for handover in world.handovers:
        mine, theirs = (world.replica(site, handover) for site in (two.sender, two.receiver))
        assert mine.entries == theirs.entries
        assert mine.view() == theirs.view()
        assert (mine.pending, theirs.pending) == ((), ())
        refusals, others = (
            {row.wire for row in acts.kept(site, handover, "refusal")}
            for site in (two.sender, two.receiver)
        )
        assert refusals == others
        verify_ledger(read.ledger(two.sender, HEAD, handover), directory)
        assert read.show(two.sender, HEAD, handover)["deliveries"] == []
    lengths = [len(world.replica(two.sender, one).entries) for one in world.handovers]
    assert max(lengths) > 5, lengths
    for site in (two.sender, two.receiver):
        stored = acts.everything(site)
        assert (stored["uploads"], stored["jobs"]) == ([], [])
        before = acts.index(site)
        reindex.reindex(site, lambda *_: None)
        assert acts.index(site) == before
        assert not [row for row in stored["statements"] if "'evidence'" in row]


def test_requests_and_answers_are_both_lost() -> None:
    """Or the histories would prove little."""
    wire = Lossy(random.Random(1))
    arrived: list[int] = []
    lost: list[int] = []
    for number in range(100):
        try:
            wire._maybe(partial(arrived.append, number))
        except Unavailable:
            lost.append(number)
    assert len(set(lost) - set(arrived)) > 10, "requests"
    assert len(set(lost) & set(arrived)) > 10, "answers"
