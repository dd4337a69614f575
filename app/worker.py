"""The worker: claims jobs that are due and does them, each under a lease and a fence."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.errors import CaseHandoverError
from app.flows import work
from app.flows.site import Site

LEASE = timedelta(minutes=10)
IDLE = 0.2
"""Seconds between looks at the queue when there is nothing to do."""
LANES = 4
"""Jobs done side by side; each is of another lane."""

log = logging.getLogger(__name__)


class Worker:
    """Runs in its own thread until it is stopped; stopping waits for what is being done."""

    def __init__(self, site: Site, chance: Callable[[], float] = random.random) -> None:
        self._site = site
        self._chance = chance
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more work, and wait for what is being done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(LANES, thread_name_prefix="work") as pool:
            while not self._stop.is_set():
                try:
                    jobs = work.claim(self._site, LEASE, LANES)
                except CaseHandoverError as error:
                    log.warning("the queue cannot be read", extra={"code": error.code})
                    jobs = []
                list(pool.map(self._one, jobs))
                if not jobs:
                    self._stop.wait(IDLE)

    def _one(self, job: work.Job) -> None:
        try:
            outcome = work.run(self._site, job, self._chance())
        except Exception as error:  # a bug: its lease runs out, and the job is tried again
            log.error("a job failed unexpectedly", extra={"error": type(error).__name__})  # noqa: TRY400
            return
        log.info("job", extra={"kind": job.kind, "outcome": outcome, "attempts": job.attempts})
