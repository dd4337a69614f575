"""Doing one job: what kind it is, and what its failure means."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from app.errors import CaseHandoverError, Conflict
from app.flows import cards, catchup, deliver, papers, restored, tick
from app.flows.measures import DONE, FAILED
from app.flows.site import Site
from app.store import jobs, meta, retry
from app.store.jobs import Job
from app.store.unit_of_work import UnitOfWork

MARK = "clock"
MARKED = timedelta(minutes=1)
"""How often the queue notes how far its clock has come."""

log = logging.getLogger(__name__)

__all__ = ["KINDS", "Job", "begin", "claim", "run"]

KINDS: Mapping[str, Callable[[Site, Job], None]] = {
    "deliver": lambda site, job: deliver.deliver(site, str(job.payload["statement"])),
    "renew": lambda site, job: cards.renew(site, str(job.payload["authority"])),
    "tick": lambda site, job: tick.tick(site, job.key),
    catchup.COMPARE: lambda site, job: _compare(site, job),
    papers.KIND: lambda site, job: _papers(site, job),
    restored.ASK: lambda site, job: _ask(site, job),
    restored.CATCH_UP: lambda site, job: _catch_up(site, job),
}


def begin(site: Site) -> None:
    """What a worker asks for when it starts: that time goes by, and that what a restore has lost
    comes back."""
    tick.begin(site)
    catchup.look_for(site, site.clock())


def _ask(site: Site, job: Job) -> None:
    catchup.ask(site, str(job.payload["authority"]))


def _compare(site: Site, job: Job) -> None:
    catchup.compare(site, str(job.payload["authority"]), str(job.payload["handover"]))


def _papers(site: Site, job: Job) -> None:
    papers.fetch(site, str(job.payload["authority"]), str(job.payload["statement"]))


def _catch_up(site: Site, job: Job) -> None:
    catchup.catch_up(site, str(job.payload["authority"]), str(job.payload["handover"]))


def claim(
    site: Site,
    lease: timedelta,
    limit: int,
    kinds: Collection[str] = frozenset(KINDS),
    ailing: bool | None = None,
) -> list[Job]:
    """Jobs that are due, ours until the lease ends; `ailing`: as `jobs.claim` has it."""
    now = site.clock()
    with site.database.write() as uow:
        _keep_time(uow, now)
        return jobs.claim(uow.connection, kinds, now, lease, limit, ailing)


def _keep_time(uow: UnitOfWork, now: datetime) -> None:
    """A clock that was put back makes no job wait for the same hours twice."""
    text = meta.get(uow.connection, MARK)
    mark = datetime.fromisoformat(text) if text else None
    if mark is not None and now < mark - MARKED:
        jobs.bring_forward(uow.connection, now, mark - now)
        log.warning("the clock was put back", extra={"seconds": int((mark - now).total_seconds())})
    elif mark is not None and now < mark + MARKED:
        return
    meta.put(uow.connection, MARK, now.isoformat())


def keep(site: Site, held: Iterable[Job], lease: timedelta) -> None:
    """These are still being done: nobody else begins them. One that somebody else has is theirs."""
    until = site.clock() + lease
    for job in held:
        with suppress(Conflict), site.database.write() as uow:
            jobs.renew(uow.connection, job, until)


def give_back(site: Site, held: Iterable[Job]) -> None:
    """These will not be finished here: they are the next worker's, at once."""
    for job in held:
        with suppress(Conflict), site.database.write() as uow:
            jobs.give_back(uow.connection, job)


def run(site: Site, job: Job, chance: float) -> str:
    """Do a job; returns `done`, or the code of what went wrong.

    What can pass is tried again by the ladder; what cannot is stopped, and stays in sight until a
    person resumes it. Work that another worker has taken over is left to that one.
    """
    outcome = FAILED
    try:
        outcome = _attempt(site, job, chance)
    finally:
        site.measures.job(job.kind, outcome)
    return outcome


def _attempt(site: Site, job: Job, chance: float) -> str:
    try:
        KINDS[job.kind](site, job)
    except CaseHandoverError as error:
        return _failed(site, job, error, chance)
    try:
        with site.database.write() as uow:
            jobs.complete(uow.connection, job)
    except CaseHandoverError as error:
        return error.code
    return DONE


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
