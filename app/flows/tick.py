"""What happens by itself over time: one tick an hour, however many workers run.

A tick queues the next one before it does anything, so the chain ends neither with a crash nor with
a bug. Each work is bounded and saves in small commits of its own: one that fails stops no other,
and what is left over is for the next tick.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.errors import CaseHandoverError
from app.flows import cards, catchup, expire, lost, setup
from app.flows.site import Site
from app.store import jobs
from app.store.unit_of_work import UnitOfWork

PERIOD = timedelta(hours=1)
LANE = "tick"

WORKS: tuple[tuple[str, Callable[[Site, datetime], None]], ...] = (
    ("directory", setup.keep_up),
    ("cards", cards.look_for),
    ("restored", catchup.look_for),
    ("ledgers", catchup.compare_daily),
    ("deliveries", catchup.deliver_again),
    ("drafts", expire.old_drafts),
    ("uploads", expire.old_uploads),
    ("requests", expire.old_requests),
    ("blobs", lost.collect),
)

log = logging.getLogger(__name__)


def begin(site: Site) -> None:
    """See to it that there is a tick to come: a worker asks for it when it starts."""
    now = site.clock()
    with site.database.write() as uow:
        if not jobs.in_lane(uow.connection, LANE):
            _enqueue(uow, _period(now), now)


def tick(site: Site, own_key: str = "") -> None:
    """Do what is due by itself, after queueing the next tick; `own_key` is the present one's."""
    now = site.clock()
    following = _period(now) + PERIOD
    # After a clock was put back and set right, this one may itself be called after that hour.
    called = following if _key(following) != own_key else following + PERIOD
    with site.database.write() as uow:
        _enqueue(uow, called, following)
    for name, work in WORKS:
        try:
            work(site, now)
        except Exception as error:  # whatever it is, it must stop no other work
            code = error.code if isinstance(error, CaseHandoverError) else type(error).__name__
            log.warning("a tick left something undone", extra={"kind": name, "code": code})


def _enqueue(uow: UnitOfWork, period: datetime, due_at: datetime) -> None:
    """One job a period: whoever asks for it second finds it there."""
    jobs.enqueue(
        uow.connection,
        kind="tick",
        lane=LANE,
        key=_key(period),
        payload={},
        due_at=due_at,
    )


def _key(period: datetime) -> str:
    return f"tick:{period:%Y-%m-%dT%H}"


def _period(now: datetime) -> datetime:
    """When the period that `now` is in began."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
