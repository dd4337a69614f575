"""The worker: claims jobs that are due and does them, each under a lease and a fence."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from app.errors import CaseHandoverError
from app.flows import work
from app.flows.site import Site

LEASE = timedelta(minutes=1)
KEPT = LEASE.total_seconds() / 3
"""Seconds after which the leases of what is still being done are renewed."""
IDLE = 0.2
"""Seconds between looks at the queue when there is nothing to do."""
TROUBLE = 5.0
"""Seconds until the next look when the queue could not be read."""
LANES = 12
"""Jobs done side by side; each is of another lane, and few go to one authority."""
AILING = LANES // 2
"""Of these, those that may go to authorities to which something could not be delivered: however
many do not answer, the others have lanes left."""
SELDOM = 1.0
"""Seconds between looks at what goes to those."""

log = logging.getLogger(__name__)


class Worker:
    """Runs in its own thread until it is stopped, and each job in one of its own.

    None of them keeps the process from ending: what is not finished then is tried again.
    """

    def __init__(self, site: Site, chance: Callable[[], float] = random.random) -> None:
        self._site = site
        self._chance = chance
        self._begun = False
        self._stop = threading.Event()
        self._freed = threading.Event()
        self._doing: dict[threading.Thread, work.Job] = {}
        self._ailing: set[int] = set()
        self._kept = monotonic()
        self._looked = 0.0
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Take no more work."""
        self._stop.set()
        self._freed.set()

    def stop(self, within: float | None = None) -> None:
        """Take no more work, and wait for what is being done; after `within` seconds give back what
        is not done by then."""
        self.ask()
        end = None if within is None else monotonic() + within
        self._thread.join()
        for one in self._doing:
            one.join(None if end is None else max(0.0, end - monotonic()))
        left = [job for thread, job in self._doing.items() if thread.is_alive()]
        self._give_back(left)

    def _run(self) -> None:
        """A slow job holds its own place and no other: one dead authority delays nobody else."""
        while not self._stop.is_set():
            self._freed.clear()
            self._doing = {one: job for one, job in self._doing.items() if one.is_alive()}
            self._keep()
            jobs = self._claim()
            if self._stop.is_set():
                self._give_back(jobs)
                return
            for job in jobs:
                thread = threading.Thread(target=self._one, args=(job,), name="work", daemon=True)
                self._doing[thread] = job
                thread.start()
            if len(self._doing) == LANES or not jobs:
                self._freed.wait(IDLE)  # what ends may let another begin that had to wait for it

    def _claim(self) -> list[work.Job]:
        """Raises nothing: a queue that cannot be read is looked at again."""
        taken: list[work.Job] = []
        try:
            if not self._begun:
                work.begin(self._site)
                self._begun = True
            taken += self._claim_ailing()
            if free := LANES - len(self._doing) - len(taken):
                taken += work.claim(self._site, LEASE, free, ailing=False)
        except Exception as error:  # whatever it is, it must not end the worker
            self._trouble(error)
            self._stop.wait(TROUBLE)
        return taken

    def _claim_ailing(self) -> list[work.Job]:
        self._ailing &= {job.id for job in self._doing.values()}
        free = min(AILING - len(self._ailing), LANES - len(self._doing))
        if free <= 0 or monotonic() - self._looked < SELDOM:
            return []
        taken = work.claim(self._site, LEASE, free, ailing=True)
        self._ailing |= {job.id for job in taken}
        self._looked = monotonic()
        return taken

    def _keep(self) -> None:
        """A large upload may take longer than a lease, and must not be begun by somebody else."""
        if not self._doing or monotonic() - self._kept < KEPT:
            return
        self._kept = monotonic()
        try:
            work.keep(self._site, self._doing.values(), LEASE)
        except Exception as error:  # as above; the leases have time left
            self._trouble(error)

    def _give_back(self, jobs: list[work.Job]) -> None:
        for job in jobs:
            log.warning("a job is given back", extra={"kind": job.kind})
        try:
            work.give_back(self._site, jobs)
        except Exception as error:  # as above; their leases run out
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        code = error.code if isinstance(error, CaseHandoverError) else type(error).__name__
        log.warning("the queue cannot be read", extra={"code": code})

    def _one(self, job: work.Job) -> None:
        began = monotonic()
        try:
            outcome = work.run(self._site, job, self._chance())
        except Exception:  # a bug: its lease runs out, and the job is tried again
            log.exception("a job failed unexpectedly", extra={"kind": job.kind})
            return
        finally:
            self._freed.set()
        told = {"kind": job.kind, "outcome": outcome, "attempts": job.attempts}
        log.info("job", extra={**told, "seconds": round(monotonic() - began, 3)})
