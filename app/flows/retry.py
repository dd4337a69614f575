"""Sending again, by a person: what was stopped, or waits for its next try."""

from app.access import Caller
from app.errors import NotFound
from app.flows.respond import speaking
from app.flows.site import Site
from app.store import jobs
from app.store.jobs import Job
from app.store.unit_of_work import UnitOfWork


def retry(site: Site, caller: Caller, handover: str, statement: str) -> None:
    """Deliver a statement of ours now, and before it what its lane has waiting, for the order is
    kept; the ladder begins anew.

    Raises NotFound (`no-such-delivery`) and NotAllowed, Conflict (`job-not-waiting`) while it is
    being done.
    """
    speaking(site, caller, handover)
    now = site.clock()
    with site.database.write() as uow:
        lane = _lane(uow, handover, statement)
        at = next(n for n, job in enumerate(lane) if job.payload["statement"] == statement)
        for job in lane[:at]:
            if not job.stopped and job.lease_until is None:
                jobs.resume(uow.connection, job.id, now)
        jobs.resume(uow.connection, lane[at].id, now)


def retry_all(site: Site, caller: Caller, handover: str) -> int:
    """As `retry`, for all of a handover; returns how many are sent again."""
    speaking(site, caller, handover)
    now = site.clock()
    with site.database.write() as uow:
        waiting = [
            job
            for kind in ("deliver", "recall")
            for job in jobs.in_lane(uow.connection, f"{kind}:{handover}")
            if job.lease_until is None
        ]
        for job in waiting:
            jobs.resume(uow.connection, job.id, now)
    return len(waiting)


def _lane(uow: UnitOfWork, handover: str, statement: str) -> list[Job]:
    for kind in ("deliver", "recall"):
        lane = jobs.in_lane(uow.connection, f"{kind}:{handover}")
        if any(job.payload["statement"] == statement for job in lane):
            return lane
    raise NotFound("no-such-delivery", "Nothing of this waits to be delivered; look at the ledger")
