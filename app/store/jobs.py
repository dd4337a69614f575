"""Durable work: queued in the transaction that makes it due, claimed by lease, fenced at the end.

Jobs of one lane run one at a time in order of id, whatever their kinds: one that is not yet due,
because it is to be tried again, is not overtaken; one that was stopped is. Jobs of one share, such
as deliveries to one authority, are done a few at a time, so that they never hold all workers. Any
job may be *attempted* twice, so its work must be harmless the second time.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    delete,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.sql import Executable

from app.errors import Conflict, TooLarge
from app.store import dialect, turns
from app.store.tables import jobs

PAYLOAD_SIZE = 2048
SHARE = 3
"""How many jobs of one share are done at a time."""

Payload = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `payload` holds ids only; `fence` counts the times it was claimed."""

    id: int
    kind: str
    lane: str
    key: str
    payload: Payload
    due_at: datetime
    lease_until: datetime | None
    fence: int
    attempts: int
    last_code: str | None
    stopped: bool
    again: bool
    """Asked for once more since it was claimed: completing it makes it wait, not go."""
    share: str | None
    """With what it shares its turns; None: with nothing."""


def enqueue(
    connection: Connection,
    kind: str,
    lane: str,
    key: str,
    payload: Payload,
    due_at: datetime,
    share: str | None = None,
) -> None:
    """See to it that the work called `key` is done at or after `due_at`.

    If it waits already, it becomes due at the earlier of the two times; if it is being done, it is
    done once more, for it may have read what was true before; if it was stopped, it stays so.
    """
    text = json.dumps(payload, separators=(",", ":"), sort_keys=True)
    if len(text) > PAYLOAD_SIZE:
        raise TooLarge("job-payload", "A job carries ids only.")
    new = {
        "kind": kind,
        "lane": lane,
        "key": key,
        "payload": text,
        "due_at": due_at,
        "fence": 0,
        "attempts": 0,
        "stopped": False,
        "again": False,
        "share": share,
    }
    connection.execute(_enqueue(connection.dialect.name), new)


@lru_cache
def _enqueue(database: str) -> Executable:
    new = dialect.upsert(database, jobs)
    earlier = case((new.excluded.due_at < jobs.c.due_at, new.excluded.due_at), else_=jobs.c.due_at)
    return new.on_conflict_do_update(
        index_elements=[jobs.c.key],
        set_={"due_at": earlier, "again": jobs.c.lease_until.is_not(None)},
    )


def claim(
    connection: Connection,
    kinds: Collection[str],
    now: datetime,
    lease: timedelta,
    limit: int,
    ailing: bool | None = None,
) -> list[Job]:
    """Take up to `limit` jobs that are due, the first of each free lane and no more of a share than
    its turns, until `now + lease`; with `ailing` only those of shares of which something has been
    tried in vain, or only all others.

    A job whose lease has run out is taken from whoever had it.
    """
    given = {"kinds": list(kinds), "now": now, "limit": limit}
    asked = connection.scalars(turns.ready(SHARE, ailing), given)
    ready = [one for one in asked if one is not None]
    if not ready:
        return []
    given = {"ready": ready, "now": now, "limit": limit, "lease": now + lease}
    taken = connection.execute(_TAKE, given)
    return sorted(map(_job, taken), key=lambda job: (job.due_at, job.id))


_FREE = (
    select(jobs.c.id)
    # Said again, for PostgreSQL asks anew only this of a row that changed before it was locked.
    .where(
        jobs.c.id.in_(bindparam("ready", expanding=True)),
        jobs.c.stopped.is_not(True),
        turns.is_due(jobs),
    )
    .order_by(jobs.c.due_at, jobs.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("free")
)
_TAKE = (
    update(jobs)
    .where(jobs.c.id.in_(select(_FREE.c.id)))
    .values(
        lease_until=bindparam("lease"),
        fence=jobs.c.fence + 1,
        attempts=jobs.c.attempts + 1,
        again=False,
    )
    .returning(*jobs.c)
)


def renew(connection: Connection, job: Job, lease_until: datetime) -> None:
    """Keep a job that takes longer than its lease."""
    _change(connection, job, lease_until=lease_until)


def complete(connection: Connection, job: Job) -> None:
    """The work is done: the job goes, unless it was asked for again meanwhile."""
    if connection.execute(_GO, {"job": job.id, "held": job.fence}).rowcount == 0:
        _change(connection, job, lease_until=None, attempts=0, last_code=None, again=False)


_MINE = and_(jobs.c.id == bindparam("job"), jobs.c.fence == bindparam("held"))
_GO = delete(jobs).where(_MINE, not_(jobs.c.again))


def retry(connection: Connection, job: Job, due_at: datetime, code: str) -> None:
    """The attempt failed with `code`: let the job, and its lane, wait until `due_at`."""
    _change(connection, job, lease_until=None, due_at=due_at, last_code=code, again=False)


def give_back(connection: Connection, job: Job) -> None:
    """Not done, and not failed either: whoever comes next takes it, and whoever was at it can't
    complete it."""
    _change(
        connection,
        job,
        lease_until=None,
        fence=jobs.c.fence + 1,
        attempts=jobs.c.attempts - 1,
        again=False,
    )


def stop(connection: Connection, job: Job, code: str) -> None:
    """Try no more until `resume`; the lane goes on, and whoever was at it can't complete it."""
    _change(
        connection,
        job,
        lease_until=None,
        fence=jobs.c.fence + 1,
        last_code=code,
        stopped=True,
        again=False,
    )


def resume(connection: Connection, job_id: int, due_at: datetime) -> None:
    """Begin the ladder anew at `due_at` for a job that waits or was stopped.

    Raises Conflict for one that is gone or being done.
    """
    changed = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.lease_until.is_(None))
        .values(due_at=due_at, attempts=0, stopped=False)
    ).rowcount
    if changed == 0:
        raise Conflict("job-not-waiting", "This is done, or is being done now.")


def bring_forward(connection: Connection, now: datetime, by: timedelta) -> None:
    """The clock was put back by `by`, to `now`: nothing waits longer than it was to wait."""
    ahead = or_(jobs.c.due_at > now, jobs.c.lease_until > now)
    for job in [_job(row) for row in connection.execute(select(jobs).where(ahead))]:
        leased = None if job.lease_until is None else job.lease_until - by
        moved = update(jobs).where(jobs.c.id == job.id)
        connection.execute(moved.values(due_at=job.due_at - by, lease_until=leased))


def get(connection: Connection, job_id: int) -> Job | None:
    """The job with this id, unless it is done."""
    found = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    return None if found is None else _job(found)


def lanes_with_work(connection: Connection, lanes: Collection[str]) -> frozenset[str]:
    """Those of these lanes that still have something to do, or something that was stopped."""
    return frozenset(connection.scalars(select(jobs.c.lane).where(jobs.c.lane.in_(lanes))))


def in_lane(connection: Connection, lane: str) -> list[Job]:
    """What a lane still has to do, with what was stopped, in order."""
    return [
        _job(r)
        for r in connection.execute(select(jobs).where(jobs.c.lane == lane).order_by(jobs.c.id))
    ]


def of_kind(connection: Connection, kind: str) -> list[Job]:
    """Everything of one kind that is still to do, with what was stopped, in order."""
    query = select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.id)
    return [_job(row) for row in connection.execute(query)]


def _change(connection: Connection, job: Job, **values: Any) -> None:
    """Change a job, if nobody has claimed or stopped it since `job` was read."""
    change = update(jobs).where(_MINE).values(**values)
    changed = connection.execute(change, {"job": job.id, "held": job.fence}).rowcount
    if changed == 0:
        raise Conflict("job-taken-over", "Another worker has this job now: leave it to that one.")


def _job(row: Row[Any]) -> Job:
    columns = dict(row._mapping)
    return Job(**{**columns, "payload": json.loads(columns["payload"])})
