"""One run: trouble and work side by side, then quiet, then the invariants."""

import errno
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random
from threading import Event

from tests.acceptance.faults import invariants
from tests.acceptance.faults.authority import Authority
from tests.acceptance.faults.desks import Case, Desk, RefusedForGood
from tests.acceptance.services import pair, until
from tests.postgres import Server

SENDER, RECEIVER = "gss:E10000025", "gss:E06000030"
DESKS, CASES_AT_ONCE = 3, 2
WHILE = 8.0
RATE = 0.15
"""Of how many connections one has an accident."""
SETTLED = 900.0
"""Seconds in which everything must have arrived once nothing breaks any more."""


class Trouble:
    """What happens to the machines. Each of it is counted."""

    def __init__(self, authorities: list[Authority], server: Server | None, chance: Random) -> None:
        self._authorities, self._server, self._chance = authorities, server, chance
        self._happened: Counter[str] = Counter()
        self._kinds: dict[Callable[[], None], int] = {
            self._kill: 10,
            self._unwell_disk: 2,
            self._set_clock: 2,
            **({self._kill_database: 2} if server is not None else {}),
        }

    def counted(self) -> Counter[str]:
        """All that has happened, to the wires too."""
        return self._happened + sum((one.wire.happened for one in self._authorities), Counter())

    def next(self) -> None:
        """One more thing; and whatever ended by itself is started again."""
        for one in self._authorities:
            one.wire.rate = RATE
        (what,) = self._chance.choices(list(self._kinds), list(self._kinds.values()))
        what()
        for one in self._authorities:
            for process in one.processes:
                process.alive()

    def _kill(self) -> None:
        authority = self._chance.choice(self._authorities)
        self._chance.choice(authority.processes).kill()
        self._happened["process killed"] += 1

    def _kill_database(self) -> None:
        assert self._server is not None
        self._server.kill()
        time.sleep(self._chance.random())
        self._server.start()
        self._happened["database killed"] += 1

    def _unwell_disk(self) -> None:
        authority, code = (
            self._chance.choice(self._authorities),
            self._chance.choice((errno.ENOSPC, errno.EIO)),
        )
        authority.fault("disk", str(code))
        time.sleep(0.2 + self._chance.random())
        authority.fault("disk")
        self._happened["disk full" if code == errno.ENOSPC else "disk in error"] += 1

    def _set_clock(self) -> None:
        """Ahead by less than the others tolerate, or back by hours."""
        by = self._chance.choice((60, 200, 0, -100, -10_000))
        self._chance.choice(self._authorities).fault("clock", str(by))
        self._happened["clock set"] += 1

    def over(self) -> None:
        """All that can run runs, and every clock is right."""
        for one in self._authorities:
            one.wire.rate = 0.0
            one.fault("clock")
            one.fault("disk")
            one.ready()


def run(
    folder: Path, databases: tuple[str, str], server: Server | None, seed: int, faults: int
) -> Counter[str]:
    """At least so many kills and cuts; returns what was counted. Raises Broken.

    `databases`: of sender and receiver; an empty one is a file in its home.
    """
    chance = Random(seed)
    with ExitStack() as stack:
        authorities = _founded(stack, folder, databases, chance)
        sender, receiver = authorities
        trouble = Trouble(authorities, server, chance)
        cases = _troubled(authorities, trouble, seed, faults)
        counted = trouble.counted()
        counted += _judge(sender, receiver, cases, Random(seed))
        for one in authorities:
            if any(process.stop() for process in one.processes):
                raise invariants.Broken("a process did not end as it should")
        for one in authorities:
            counted += invariants.at_rest(one)
        return counted


def _founded(
    stack: ExitStack, folder: Path, databases: tuple[str, str], chance: Random
) -> list[Authority]:
    sender = Authority(stack, folder / "sender", SENDER, databases[0], Random(chance.random()))
    receiver = Authority(
        stack, folder / "receiver", RECEIVER, databases[1], Random(chance.random())
    )
    pair(sender, receiver)
    pair(receiver, sender)
    for one in (sender, receiver):
        one.ready()
    return [sender, receiver]


def _troubled(authorities: list[Authority], trouble: Trouble, seed: int, faults: int) -> list[Case]:
    """Work goes on until enough has happened; returns what was worked at."""
    sender, receiver = authorities
    enough, chance = Event(), Random(seed)
    desks = [Desk(sender, receiver, Random(seed + number)) for number in range(DESKS)]

    def work(number: int) -> list[Case]:
        return _work(desks[number], number, enough)

    with ThreadPoolExecutor(DESKS) as pool:
        working = [pool.submit(work, number) for number in range(DESKS)]
        try:
            while trouble.counted().total() < faults and not any(one.done() for one in working):
                trouble.next()
                _some_work(desks, chance.randint(1, 20))
        finally:
            trouble.over()
            enough.set()
        return [case for one in working for case in one.result()]


def _some_work(desks: list[Desk], answers: int) -> None:
    """Let so many requests be answered, unless nobody answers."""
    before, end = sum(one.answered for one in desks), time.monotonic() + WHILE
    while sum(one.answered for one in desks) < before + answers and time.monotonic() < end:
        time.sleep(0.02)


def _work(desk: Desk, number: int, enough: Event) -> list[Case]:
    """Several cases at once, one step of one of them at a time; new ones, when some are over."""
    cases: list[Case] = []
    try:
        while not enough.is_set():
            open_cases = [case for case in cases if not case.over]
            if len(open_cases) < CASES_AT_ONCE:
                cases.append(Case(number=1 + number * 100_000 + len(cases)))
                open_cases.append(cases[-1])
            desk.step(desk.chance.choice(open_cases))
    finally:
        desk.close()
    return cases


def _judge(
    sender: Authority, receiver: Authority, cases: list[Case], chance: Random
) -> Counter[str]:
    desk = Desk(sender, receiver, chance)
    try:
        counted = invariants.of_promises(desk, cases)
        begun = [case for case in cases if case.promises]
        until(lambda: _arrived(desk, begun), SETTLED)
        counted += invariants.of_ledgers(desk, begun)
        counted["documents"] = invariants.of_documents(desk, begun)
        counted["handovers"] = len(begun)
    finally:
        desk.close()
    return counted


def _arrived(desk: Desk, cases: list[Case]) -> bool:
    """Whether nothing is on its way; what is is sent again, as people do who see it."""
    waiting = False
    for case in cases:
        for one in (desk.sender, desk.receiver):
            try:
                shown = desk.show(one, case.handover)
            except RefusedForGood:  # it is not known there yet
                waiting = True
                continue
            if shown["deliveries"] or shown["unconfirmed"]:
                waiting = True
                desk.send_again(one, case.handover)
    time.sleep(0.2)
    return not waiting
