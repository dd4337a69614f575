"""Doing one job: what kind it is, and what its failure means."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from app.errors import CaseHandoverError
from app.flows import cards, deliver, tick
from app.flows.site import Site
from app.store import jobs, retry
from app.store.jobs import Job

__all__ = ["KINDS", "Job", "begin", "claim", "run"]

KINDS: Mapping[str, Callable[[Site, Job], None]] = {
    "deliver": lambda site, job: deliver.deliver(site, str(job.payload["statement"])),
    "renew": lambda site, job: cards.renew(site, str(job.payload["authority"])),
    "tick": lambda site, _: tick.tick(site),
}


def begin(site: Site) -> None:
    """What a worker asks for when it starts: that time goes by."""
    tick.begin(site)


def claim(
    site: Site, lease: timedelta, limit: int, kinds: Collection[str] = frozenset(KINDS)
) -> list[Job]:
    """Jobs that are due, ours until the lease ends."""
    with site.database.write() as uow:
        return jobs.claim(uow.connection, kinds, site.clock(), lease, limit)


def run(site: Site, job: Job, chance: float) -> str:
    """Do a job; returns `done`, or the code of what went wrong.

    What can pass is tried again by the ladder; what cannot is stopped, and stays in sight until a
    person resumes it. Work that another worker has taken over is left to that one.
    """
    try:
        KINDS[job.kind](site, job)
    except CaseHandoverError as error:
        return _failed(site, job, error, chance)
    try:
        with site.database.write() as uow:
            jobs.complete(uow.connection, job)
    except CaseHandoverError as error:
        return error.code
    return "done"


def _failed(site: Site, job: Job, error: CaseHandoverError, chance: float) -> str:
    asked = getattr(error, "retry_after", None)
    after = timedelta(seconds=asked) if asked else None
    due = site.clock() + retry.wait(job.attempts, chance, after)
    try:
        with site.database.write() as uow:
            if error.retryable:
                jobs.retry(uow.connection, job, due, error.code)
            else:
                jobs.stop(uow.connection, job, error.code)
    except CaseHandoverError as late:
        return late.code
    return error.code
