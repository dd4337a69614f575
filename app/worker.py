"""The worker: claims jobs that are due and does them, each under a lease and a fence."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic

from app.errors import CaseHandoverError
from app.flows import work
from app.flows.site import Site

LEASE = timedelta(minutes=10)
IDLE = 0.2
"""Seconds between looks at the queue when there is nothing to do."""
TROUBLE = 5.0
"""Seconds until the next look when the queue could not be read."""
LANES = 12
"""Jobs done side by side; each is of another lane, and few go to one authority."""

log = logging.getLogger(__name__)


class Worker:
    """Runs in its own thread until it is stopped; stopping waits for what is being done."""

    def __init__(self, site: Site, chance: Callable[[], float] = random.random) -> None:
        self._site = site
        self._chance = chance
        self._begun = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more work, and wait for what is being done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        """A slow job holds its own place and no other: one dead authority delays nobody else."""
        doing: set[Future[None]] = set()
        with ThreadPoolExecutor(LANES, thread_name_prefix="work") as pool:
            while not self._stop.is_set():
                jobs = self._claim(LANES - len(doing))
                doing |= {pool.submit(self._one, job) for job in jobs}
                if len(doing) == LANES:
                    wait(doing, IDLE, FIRST_COMPLETED)
                elif not jobs:
                    self._stop.wait(IDLE)
                doing = {one for one in doing if not one.done()}

    def _claim(self, free: int) -> list[work.Job]:
        if free == 0:
            return []
        try:
            if not self._begun:
                work.begin(self._site)
                self._begun = True
            return work.claim(self._site, LEASE, free)
        except Exception as error:  # whatever it is, it must not end the worker
            code = error.code if isinstance(error, CaseHandoverError) else type(error).__name__
            log.warning("the queue cannot be read", extra={"code": code})
            self._stop.wait(TROUBLE)
            return []

    def _one(self, job: work.Job) -> None:
        began = monotonic()
        try:
            outcome = work.run(self._site, job, self._chance())
        except Exception:  # a bug: its lease runs out, and the job is tried again
            log.exception("a job failed unexpectedly", extra={"kind": job.kind})
            return
        told = {"kind": job.kind, "outcome": outcome, "attempts": job.attempts}
        log.info("job", extra={**told, "seconds": round(monotonic() - began, 3)})
