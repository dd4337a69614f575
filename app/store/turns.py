"""Whose turn it is in the queue, found by indexes, so that it matters little how much waits.

From share to share, and in each from one job to the next that is due: a hundred thousand jobs for
an authority that does not answer cost no more than three. What waits behind the first of its lane
and is due before it is passed over one by one.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
)

from app.store.tables import jobs

_JOB = jobs.alias("job")
_KINDS: BindParameter[Any] = bindparam("kinds", expanding=True)
_LIMIT = bindparam("limit", type_=Integer)
NOW = bindparam("now", type_=jobs.c.due_at.type)
"""The time, as every question here is asked it."""


@lru_cache
def ready(size: int, ailing: bool | None) -> CompoundSelect[Any]:
    """Ids of what may be claimed: of each share as many as it has turns left of its `size`, and the
    first of what has no share; with `ailing`, of those shares, or of all others, alone.

    Its parameters are `kinds`, `now` and `limit`. Made once, for it is asked after each job."""
    shares, held = _shares(), _held()
    found = []
    if not ailing:
        alone = _first().where(_JOB.c.share.is_(None)).limit(_LIMIT).subquery("alone")
        found.append(select(alone.c.id))
    for turn in range(size):
        of_share = _first().where(_JOB.c.share == shares.c.share).correlate(shares)
        found.append(
            select(of_share.limit(1).offset(turn).scalar_subquery())
            .select_from(shares.outerjoin(held, held.c.share == shares.c.share))
            .where(func.coalesce(held.c.turns, 0) + turn < size, *_ails(shares, ailing))
        )
    return union_all(*found)


def _first() -> Select[tuple[int]]:
    """What is due and the next of its lane, in order."""
    before, leased = jobs.alias("before"), jobs.alias("leased")
    of_lane = before.c.lane == _JOB.c.lane, before.c.id < _JOB.c.id
    at_work = leased.c.lane == _JOB.c.lane, leased.c.id != _JOB.c.id, leased.c.lease_until > NOW
    return (
        select(_JOB.c.id)
        .where(
            _JOB.c.kind.in_(_KINDS),
            not_(_JOB.c.stopped),
            is_due(_JOB),
            not_(exists().where(*of_lane, not_(before.c.stopped))),
            not_(exists().where(*at_work)),
        )
        .order_by(_JOB.c.due_at, _JOB.c.id)
    )


def _shares() -> CTE:
    """Every share that has work, from one to the next."""
    waits = jobs.c.share.is_not(None), not_(jobs.c.stopped)
    shares = select(func.min(jobs.c.share).label("share")).where(*waits).cte("shares", True)
    following = select(func.min(jobs.c.share)).where(jobs.c.share > shares.c.share, *waits)
    return shares.union_all(
        select(following.correlate(shares).scalar_subquery()).where(shares.c.share.is_not(None))
    )


def _held() -> CTE:
    """How many turns of each share are taken."""
    return (
        select(jobs.c.share, func.count().label("turns"))
        .where(jobs.c.share.is_not(None), jobs.c.lease_until > NOW)
        .group_by(jobs.c.share)
        .cte("held")
    )


def _ails(shares: CTE, ailing: bool | None) -> list[ColumnElement[bool]]:
    if ailing is None:
        return []
    of_it = jobs.c.share == shares.c.share, jobs.c.last_code.is_not(None), not_(jobs.c.stopped)
    ails = exists().where(*of_it).correlate(shares)
    return [ails if ailing else not_(ails)]


def is_due(job: FromClause) -> ColumnElement[bool]:
    """Its time has come, and nobody has it."""
    idle = or_(job.c.lease_until.is_(None), job.c.lease_until <= NOW)
    return and_(job.c.due_at <= NOW, idle)
