"""Figures for whoever watches the service: codes, counts and seconds, and nothing else.

Counters are this process's own. What waits, runs or is overdue is asked of the database, so every
process says the same of it. Labels have few values: codes of ours, steps of the timetables, kinds
of jobs; never an id, a name or what another authority wrote.
"""

import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Literal

from app.access import Caller, may
from app.errors import Unavailable
from app.flows import work
from app.flows.health import Finding
from app.flows.measures import OTHER, bounded
from app.flows.opening import nation_timetables
from app.flows.site import Site
from app.store import figures
from app.store.unit_of_work import UnitOfWork

Labels = Mapping[str, str]
STATES = ("waiting", "running", "stopped")


@dataclass(frozen=True)
class Sample:
    """One number. `suffix` follows the metric's name, as a histogram's do."""

    value: float
    labels: Labels = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Metric:
    """A metric of the Prometheus kind; its name is without our prefix."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Build:
    """What runs here. `journal`: SQLite's mode, chosen by what its version is safe with."""

    version: str
    python: str
    database: str
    database_version: str
    journal: str


def build(site: Site) -> Build:
    """Asks the database, once."""
    with site.database.read() as uow:
        return Build(
            version("case-handover"),
            platform.python_version(),
            uow.connection.dialect.name,
            figures.server_version(uow.connection),
            figures.journal(uow.connection),
        )


def metrics(site: Site, caller: Caller, found: list[Finding]) -> list[Metric]:
    """What there is to tell now; `found` is what is not well. Raises NotAllowed."""
    may(caller, "monitor")
    return [*_health(site, found), *_counted(site), *_stored(site), *_room(site)]


def _health(site: Site, found: list[Finding]) -> Iterator[Metric]:
    urgent = [one for one in found if one.urgent]
    about = build(site)
    labels: Labels = vars(about)
    yield _gauge("build_info", "What runs here; always 1.", [Sample(1, labels)])
    yield _gauge("ready", "1 if the service is fit to work.", [Sample(not urgent)])
    yield _gauge(
        "finding",
        "What is not well, by code: a reason why it is not ready, or a warning.",
        (
            Sample(1, {"code": bounded(one.code), "kind": "reason" if one.urgent else "warning"})
            for one in found
        ),
    )


def _counted(site: Site) -> Iterator[Metric]:
    jobs = site.measures.jobs().items()
    yield Metric(
        "deliveries_total",
        "counter",
        "Deliveries that this process has tried, by what came of them: `done`, or a code.",
        tuple(Sample(n, {"outcome": out}) for (kind, out), n in jobs if kind == figures.DELIVERY),
    )
    yield Metric(
        "jobs_total",
        "counter",
        "Jobs that this process has tried, by kind and what came of them.",
        tuple(Sample(n, {"kind": kind, "outcome": outcome}) for (kind, outcome), n in jobs),
    )


def _stored(site: Site) -> Iterator[Metric]:
    now = site.clock()
    with site.database.read() as uow:
        yield from _jobs(uow, now)
        yield _gauge(
            "oldest_undelivered_seconds",
            "How long the statement has been waiting for delivery that waits longest; 0 if none.",
            (
                Sample(_age(figures.oldest_undelivered(uow.connection, stopped=stopped), now),
                       {"state": "stopped" if stopped else "waiting"})
                for stopped in (False, True)
            ),
        )  # fmt: skip
        yield _gauge(
            "tick_late_seconds",
            "How late the hourly tick is: more than a minute or two, and no worker is at work.",
            [Sample(_age(figures.tick_due(uow.connection, now), now))],
        )
        yield _gauge(
            "overdue_clocks",
            "Deadlines that are overdue, by step, and by who owes it: us, or the other authority.",
            _overdue(uow, now),
        )
        count, size = figures.unfinished_uploads(uow.connection, now)
    yield _gauge("uploads_unfinished", "Uploads that others have begun.", [Sample(count)])
    yield _gauge("uploads_unfinished_bytes", "Bytes that they announced.", [Sample(size)])


def _jobs(uow: UnitOfWork, now: datetime) -> Iterator[Metric]:
    counts = figures.job_counts(uow.connection, now)
    by_state = Counter({(kind, state): 0 for kind in work.KINDS for state in STATES})
    kept: Counter[str] = Counter()
    for one in counts:
        by_state[one.kind, one.state] += one.count
        if one.kind == figures.DELIVERY and one.last_code is not None:
            kept[bounded(one.last_code)] += one.count
    yield _gauge(
        "jobs",
        "Jobs by kind and state. A running one has a worker, a stopped one waits for a person.",
        (Sample(n, {"kind": kind, "state": state}) for (kind, state), n in by_state.items()),
    )
    yield _gauge(
        "deliveries_kept",
        "Deliveries that were tried and not done, by the code of what kept them.",
        (Sample(n, {"code": code}) for code, n in kept.items()),
    )


def _overdue(uow: UnitOfWork, now: datetime) -> Iterator[Sample]:
    counts: Counter[tuple[str, bool]] = Counter({(OTHER, True): 0, (OTHER, False): 0})
    for step, mine, count in figures.overdue(uow.connection, now):
        counts[step if step in _steps() else OTHER, mine] += count
    for (step, mine), count in counts.items():
        yield Sample(count, {"step": step, "owed_by": "us" if mine else "them"})


def _room(site: Site) -> Iterator[Metric]:
    reserve = Sample(site.settings.disk_reserve)
    try:
        free = site.blobs.free()
    except Unavailable:
        free = None
    samples = [] if free is None else [Sample(free)]
    yield _gauge("blobs_free_bytes", "Free bytes where sealed files are kept.", samples)
    yield _gauge("blobs_reserve_bytes", "Of these, what papers never take.", [reserve])


@cache
def _steps() -> frozenset[str]:
    """Of our own timetables: another authority's may have steps of any name."""
    return frozenset(step.code for one in nation_timetables().values() for step in one.steps)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _gauge(name: str, told: str, samples: Iterable[Sample]) -> Metric:
    return Metric(name, "gauge", told, tuple(samples))
