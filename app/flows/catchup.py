"""Catching up after a restore: what the other authorities hold of our common ledgers comes back.

First each authority is asked which handovers there are between us, then of each what we lack. What
it holds and what we then hold are one ledger again, and only then may more be said in it
(`flows.restored`). All are jobs: who can't be reached is asked again by the ladder.
"""

import logging
from datetime import datetime, timedelta

from app.crypto.ids import digest
from app.errors import CaseHandoverError
from app.flows import papers, restored, setup, sync
from app.flows.issue import deliver_later
from app.flows.site import Site, directory_of
from app.handover.statement import reopen
from app.outside.peers import Refused
from app.store import handovers, jobs, meta, statements
from app.store.unit_of_work import UnitOfWork

COMPARE = "compare"
"""Of the jobs: asking for what we lack of a handover, where nothing waits for it."""
DAY = timedelta(days=1)
MOST = 200
"""Statements that are queued again in one tick."""
_COMPARED = "compared"
_SECONDS = 24 * 3600

log = logging.getLogger(__name__)


def look_for(site: Site, now: datetime) -> None:
    """Queue asking each authority that was not asked since the restore."""
    with site.database.read() as uow:
        if restored.since(uow) is None:
            return
    with site.database.write() as uow:
        restored.look_for(uow, site, now)


def compare_daily(site: Site, now: datetime) -> None:
    """Queue asking for what we lack of each handover in which something is to come: once a day,
    spread over it. A delivery that somebody stopped, and a receipt that was lost, show so."""
    with site.database.write() as uow:
        last = meta.get(uow.connection, _COMPARED)
        if last is not None and now < datetime.fromisoformat(last) + DAY:
            return
        meta.put(uow.connection, _COMPARED, now.isoformat())
        for handover, peer in handovers.unfinished(uow.connection):
            spread = int(digest(f"{site.authority} {handover}".encode())[:8], 16) % _SECONDS
            jobs.enqueue(
                uow.connection,
                kind=COMPARE,
                lane=f"{COMPARE}:{handover}",
                key=f"{COMPARE}:{handover}",
                payload={"authority": peer, "handover": handover},
                due_at=now + timedelta(seconds=spread),
                share=f"{COMPARE}:{peer}",
            )


def compare(site: Site, authority: str, handover: str) -> None:
    """Take what we lack, if they answer: tomorrow is the next try. What contradicts is kept."""
    try:
        catch_up(site, authority, handover)
    except CaseHandoverError as error:
        log.info("a ledger was not compared", extra={"code": error.code})


def deliver_again(site: Site, now: datetime) -> None:
    """Queue delivering what waits for a place and nobody delivers any more: its receipt was of an
    order that the keeper has lost."""
    with site.database.write() as uow:
        for row in statements.unattended(uow.connection, MOST):
            deliver_later(uow, reopen(row.wire), now)


def ask(site: Site, authority: str) -> int:
    """Ask which handovers there are between us, and queue catching up with each, also with those
    that only we know; returns how many. Raises what `sync.handovers_with` raises."""
    _renew(site, authority)
    theirs = sync.handovers_with(site, authority)
    now = site.clock()
    with site.database.write() as uow:
        directory = directory_of(uow, site)
        names = directory.names_of(directory.authority(authority), now)
        known = {*theirs, *handovers.all_with_peer(uow.connection, names)}
        for one in sorted(known):
            restored.catch_up(uow, authority, one, now)
        if restored.since(uow) is not None:
            restored.asked(uow, authority)
    return len(known)


def catch_up(site: Site, authority: str, handover: str) -> int:
    """Take what we lack of one handover; returns how many entries came. What waits to be delivered
    in it is due at once, and so is asking for the sealed papers that are not here.

    Raises what `sync.pull` raises, but for a handover that only we know.
    """
    try:
        came = sync.pull(site, authority, handover)
    except Refused as no:
        if no.code != "no-such-handover":
            raise
        came = 0
    with site.database.write() as uow:
        _deliver_now(uow, handover, site.clock())
        papers.look_for(uow, site, authority, handover)
    return came


def all_of(site: Site, authority: str) -> int:
    """Catch up now with all that waits of one authority; returns how many entries came. What fails
    waits on as it did; the first error is raised after the others were tried."""
    with site.database.read() as uow:
        waiting = [
            job
            for job in jobs.of_kind(uow.connection, restored.CATCH_UP)
            if job.payload["authority"] == authority
        ]
    came, failed = 0, list[CaseHandoverError]()
    for job in waiting:
        try:
            came += catch_up(site, authority, str(job.payload["handover"]))
            with site.database.write() as uow:
                jobs.complete(uow.connection, job)
        except CaseHandoverError as error:
            if error.code != "job-taken-over":  # the service does it at this moment, too
                failed.append(error)
    if failed:
        raise failed[0]
    return came


def _renew(site: Site, authority: str) -> None:
    """Our keys and theirs may have changed since the backup. Where that can't be found out, what is
    signed says it."""
    for work in (
        lambda: setup.keep_up(site, site.clock()),
        lambda: setup.renew(site, authority),
    ):
        try:
            if setup.signs_itself(site):
                work()
        except CaseHandoverError:
            continue


def _deliver_now(uow: UnitOfWork, handover: str, now: datetime) -> None:
    for kind in ("deliver", "recall"):
        for job in jobs.in_lane(uow.connection, f"{kind}:{handover}"):
            if job.last_code == "restoring" and not job.stopped and job.lease_until is None:
                jobs.resume(uow.connection, job.id, now)
