"""What heals by itself: a database that was put back, what nobody delivers, lost receipts."""

from functools import partial
from pathlib import Path

from app.flows import catchup, restored, sync
from app.flows.site import Site
from app.store import jobs
from tests.flows import acts
from tests.flows.acts import kept, ledger, without_work
from tests.flows.conftest import RECEIVER, SENDER, Two
from tests.flows.drill import ENDPOINTS, Drill, drill, into
from tests.flows.test_sync import Backup
from tests.trust.making import refused

__all__ = ["drill", "into"]


def is_held(site: Site, handover: str, peer: str) -> bool:
    with site.database.read() as uow:
        return restored.is_held(uow, site, peer, handover, site.clock())


def test_a_database_that_was_put_back_is_noticed(two: Two, tmp_path: Path) -> None:
    """A disk snapshot, say: nobody has told the service."""
    handover, other = acts.notified(two), acts.notified(two)
    backup = Backup(two.receiver, tmp_path)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    old = backup.restored()
    two.wire.sites[ENDPOINTS[RECEIVER]] = two.receiver = old
    assert not is_held(old, other, SENDER)
    refused(partial(sync.pull, two.sender, RECEIVER, handover), "sync-ahead")
    with old.database.read() as uow:
        (job,) = jobs.of_kind(uow.connection, restored.CATCH_UP)
    catchup.catch_up(old, str(job.payload["authority"]), handover)
    assert is_held(old, other, SENDER), "what else it has forgotten is to be asked for"
    refused(partial(acts.say, old, other, "fact"), "restoring")
    assert set(two.run()) == {"done"}
    assert ledger(old, handover) == ledger(two.sender, handover)
    assert not is_held(old, other, SENDER)
    acts.say(old, other, "fact")
    old.database.close()


def test_a_day_later_each_side_has_what_was_not_delivered(two: Two) -> None:
    handover = acts.notified(two)
    acts.say(two.receiver, handover, "fact")
    without_work(two.receiver)
    catchup.compare_daily(two.sender, two.clock())
    two.clock.forward(days=1)
    assert two.run() == ["done"]
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)
    assert len(ledger(two.sender, handover)) == 2
    with two.sender.database.read() as uow:
        assert restored.since(uow) is None
    catchup.compare_daily(two.sender, two.clock())
    with two.sender.database.read() as uow:
        (job,) = jobs.of_kind(uow.connection, catchup.COMPARE)
    two.clock.forward(hours=23)
    two.run()
    catchup.compare_daily(two.sender, two.clock())
    with two.sender.database.read() as uow:
        assert job.id not in [one.id for one in jobs.of_kind(uow.connection, catchup.COMPARE)]


def test_who_does_not_answer_is_compared_with_tomorrow(two: Two) -> None:
    acts.notified(two)
    two.wire.dead.add(ENDPOINTS[RECEIVER])
    catchup.compare_daily(two.sender, two.clock())
    two.clock.forward(days=1)
    assert two.run() == ["done"]
    with two.sender.database.read() as uow:
        assert jobs.of_kind(uow.connection, catchup.COMPARE) == []


def test_what_was_placed_behind_a_lost_entry_is_placed_again(drill: Drill) -> None:
    """The keeper's own statement had reached nobody, and the place after it was told already."""
    two = drill.two
    handover = acts.notified(two)
    taken = drill.back_up(two.receiver)
    two.clock.forward(minutes=1)
    acts.say(two.receiver, handover, "fact")
    without_work(two.receiver)
    acts.say(two.sender, handover, "query")
    two.run()
    assert len(ledger(two.receiver, handover)) == 3
    assert len(ledger(two.sender, handover)) == 1
    new = drill.restore(two.receiver, taken)
    drill.run(new)
    two.clock.forward(minutes=1)
    acts.say(new, handover, "acknowledgement")
    drill.run(new)
    assert len(kept(two.sender, handover, "evidence")) == 1
    catchup.deliver_again(two.sender, two.clock())
    assert set(drill.run(new)) == {"done"}
    kinds = [one["kind"] for one in ledger(two.sender, handover)]
    assert kinds == ["notification", "acknowledgement", "query"]
    assert ledger(two.sender, handover) == ledger(new, handover)
