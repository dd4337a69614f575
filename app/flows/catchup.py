"""Catching up after a restore: what the other authorities hold of our common ledgers comes back.

First each authority is asked which handovers there are between us, then of each what we lack. What
it holds and what we then hold are one ledger again, and only then may more be said in it
(`flows.restored`). All are jobs: who can't be reached is asked again by the ladder.
"""

from datetime import datetime

from app.errors import CaseHandoverError
from app.flows import papers, restored, setup, sync
from app.flows.site import Site, directory_of
from app.outside.peers import Refused
from app.store import handovers, jobs
from app.store.unit_of_work import UnitOfWork


def look_for(site: Site, now: datetime) -> None:
    """Queue asking each authority that was not asked since the restore."""
    with site.database.read() as uow:
        if restored.since(uow) is None:
            return
    with site.database.write() as uow:
        restored.look_for(uow, site, now)


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
