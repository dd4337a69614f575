"""No statement that people or other authorities cause reads a whole table of those that grow."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine

from app.access import Caller
from app.flows import health, metrics, read, respond, restored, sync, tick, work
from app.flows.respond import Said
from app.store import access_log, held, uploads
from app.store.unit_of_work import Database
from tests import plans
from tests.filling import Fill, fill, queue
from tests.flows import acts
from tests.flows.acts import PERSON
from tests.flows.conftest import HEAD, ON_BOTH, RECEIVER, SENDER, WORKER, Two
from tests.plans import Issued

HANDOVERS, TEAMS = 1000, 4
MEMBER = Caller("user-3", frozenset({"practitioner", "reviewer"}), frozenset({"team-1", "team-2"}))
MANAGER = Caller("user-4", frozenset({"team_manager"}), frozenset({"team-1", "front-door"}))
WATCH = Caller("monitor", frozenset({"monitoring"}), frozenset())

Recorded = dict[tuple[Engine, str], Issued]


def recorded(act: Callable[[], object]) -> Recorded:
    """Every statement that something issues."""
    found: Recorded = {}

    def heard(engine: Engine, one: Issued) -> None:
        found.setdefault((engine, one.sql), one)

    with plans.listening(heard):
        act()
    return found


def crossing(two: Two) -> None:
    """A case crosses, and its papers are acknowledged."""
    handover = acts.dispatched(two)
    respond.say(
        two.receiver, WORKER, handover, "acknowledgement", Said({}, {"person": PERSON}), "k"
    )
    two.run()
    acts.say(two.receiver, handover, "arrangements")
    acts.accept(two, handover)
    two.run()
    for site in (two.sender, two.receiver):
        read.show(site, HEAD, handover)
        read.ledger(site, HEAD, handover)


def looking(two: Two) -> None:
    """Every list, for who reaches all, some teams, and what was granted."""
    for caller in (HEAD, MEMBER, MANAGER, WORKER):
        for side in (None, "sender", "receiver"):
            for state in (None, "dispatched", "closed"):
                for after in (0, 700):
                    ask = partial(read.list_handovers, two.receiver, caller, after=after, limit=20)
                    ask(side=side, state=state)
        read.list_handovers(two.receiver, caller, overdue=True)
        read.list_handovers(two.receiver, caller, overdue=True, state="dispatched", side="sender")
        read.list_handovers(two.receiver, caller, own_reference="FICTION/7")
    for caller in (HEAD, MANAGER):
        for shown in (read.overdue, read.due_soon):
            shown(two.receiver, caller)
            shown(two.receiver, caller, "2026-11-08T15:00:00Z.f1.f2.step_1")


def serving(two: Two) -> None:
    """What goes on by itself, and what another authority may ask."""
    work.begin(two.receiver)
    for ailing in (False, True, None):
        work.claim(two.receiver, timedelta(minutes=1), 10, ailing=ailing)
    tick.tick(two.receiver)
    two.clock.forward(hours=1)
    sync.handovers_with(two.sender, RECEIVER)
    with two.receiver.database.read() as uow:
        access_log.last(uow.connection)
        access_log.after(uow.connection, 700, 10)
        uploads.promised(uow.connection, SENDER, two.clock(), "")
        held.named(uow.connection, ["a blob", "another"])
    watching(two)
    with two.receiver.database.write() as uow:
        restored.begin(uow, two.clock())
    read.list_handovers(two.receiver, HEAD)


def watching(two: Two) -> None:
    found = [one for check, _ in health.CHECKS for one in health.done(check, two.receiver)]
    metrics.metrics(two.receiver, WATCH, found)


@ON_BOTH
def test_nothing_reads_what_grows(two: Two) -> None:
    """By its plan, and by what it reads of four times as much."""
    fill_all(two, Fill(1, HANDOVERS, two.clock(), TEAMS))
    found = recorded(lambda: crossing(two))
    queue_all(two, Fill(1, HANDOVERS, two.clock(), TEAMS))
    found |= recorded(lambda: looking(two)) | recorded(lambda: serving(two))
    asked = [(database_of(two, engine), one) for (engine, _), one in found.items() if has_plan(one)]
    before = [effort(database, one) for database, one in asked]
    more = Fill(HANDOVERS + 1, 4 * HANDOVERS, two.clock(), TEAMS)
    fill_all(two, more)
    queue_all(two, more)
    for (database, one), least in zip(asked, before, strict=True):
        now = effort(database, one)
        with database.read() as uow:
            plans.as_for_a_million(uow.connection)
            plan = f"{one.sql}\n{plans.plan(uow.connection, one)}"
            assert plans.scans(uow.connection, one) == [], plan
        assert now < 1.5 * least + 100, plan  # rows that lay on one page lie on many
    assert len(asked) > 100


def fill_all(two: Two, wanted: Fill) -> None:
    for site in (two.sender, two.receiver):
        with site.database.write() as uow:
            fill(uow.connection, wanted)


def queue_all(two: Two, wanted: Fill) -> None:
    for site in (two.sender, two.receiver):
        with site.database.write() as uow:
            queue(uow.connection, wanted)


EXCEPTIONS = {
    "FROM uploads WHERE uploads.expires_at >": "what is under way: each authority has a quota",
    "SELECT jobs.id FROM jobs WHERE jobs.kind =": "the first that matches, in order of id",
    "WHERE handovers.side IN": "once a day, of what is not finished, each is compared",
    "FROM jobs GROUP BY jobs.kind": "a monitor counts what waits, and that alone",
}
"""Statements that read all there is of something that does not grow with handovers, and why."""


def has_plan(one: Issued) -> bool:
    """Whether it may read more than a row, and is no exception."""
    words = " ".join(one.sql.split())
    reads = words.startswith(("SELECT", "WITH", "UPDATE", "DELETE")) and "FROM" in words
    return reads and not any(phrase in words for phrase in EXCEPTIONS)


def database_of(two: Two, engine: Engine) -> Database:
    (found,) = (
        site.database
        for site in (two.sender, two.receiver)
        if engine in (site.database._writer, site.database._reader)
    )
    return found


class Undone(Exception):
    """So that nothing of what was tried is kept."""


def effort(database: Database, one: Issued) -> int:
    found = 0
    with suppress(Undone), database.write() as uow:
        plans.as_for_a_million(uow.connection)
        found = plans.work(uow.connection, one)
        raise Undone
    return found
