"""Figures for whoever watches the service: counts and times by code, each by one cheap query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from app.store import handovers, jobs
from app.store.tables import clocks, meta, statements, uploads
from app.store.tables import jobs as waiting

DELIVERY = "deliver"
TICK = "tick"


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of a kind there are in a state: `waiting`, `running` or `stopped`; and what
    kept them when they were last tried, if they were."""

    kind: str
    state: str
    last_code: str | None
    count: int


def job_counts(connection: Connection, now: datetime) -> list[JobCount]:
    """Every job that there is, counted."""
    state = case(
        (waiting.c.stopped, "stopped"), (waiting.c.lease_until > now, "running"), else_="waiting"
    ).label("state")
    query = select(waiting.c.kind, state, waiting.c.last_code, func.count()).group_by(
        waiting.c.kind, state, waiting.c.last_code
    )
    return [JobCount(*row) for row in connection.execute(query)]


def oldest_undelivered(connection: Connection, stopped: bool) -> datetime | None:
    """Since when the statement has been waiting that waits longest; of those whose delivery was
    stopped, or of the others."""
    first = (
        select(waiting.c.id)
        .where(waiting.c.kind == DELIVERY, waiting.c.stopped.is_(stopped))
        .order_by(waiting.c.id)
        .limit(1)
    )
    job = jobs.get(connection, connection.scalar(first) or 0)
    if job is None:
        return None
    digest = str(job.payload["statement"])
    query = select(statements.c.recorded_at).where(statements.c.digest == digest)
    since: datetime | None = connection.scalar(query)
    return since


def tick_due(connection: Connection, now: datetime) -> datetime | None:
    """When the next tick is, or was, to be begun; of one that is being done, when its lease ends.
    None before any worker has run."""
    due = case((waiting.c.lease_until > now, waiting.c.lease_until), else_=waiting.c.due_at)
    found: datetime | None = connection.scalar(select(func.min(due)).where(waiting.c.kind == TICK))
    return found


def overdue(connection: Connection, now: datetime) -> list[tuple[str, bool, int]]:
    """Overdue clocks by step, and whether this authority owes it."""
    query = (
        select(clocks.c.step, clocks.c.mine, func.count())
        .where(*handovers.late(now))
        .group_by(clocks.c.step, clocks.c.mine)
    )
    return [(step, mine, count) for step, mine, count in connection.execute(query)]


def unfinished_uploads(connection: Connection, now: datetime) -> tuple[int, int]:
    """How many uploads others have begun and not finished, and the bytes they announced."""
    query = select(func.count(), func.coalesce(func.sum(uploads.c.size), 0))
    count, size = connection.execute(query.where(uploads.c.expires_at > now)).one()
    return int(count), int(size)


def can_write(connection: Connection) -> None:
    """Nothing is changed by it; the database refuses it all the same where it takes no changes."""
    connection.execute(update(meta).where(meta.c.key == "").values(value=""))


def server_version(connection: Connection) -> str:
    """Of the database, such as `3.53.0` or `18.1`."""
    of_sqlite = connection.dialect.name == "sqlite"
    asked = func.sqlite_version() if of_sqlite else func.current_setting("server_version")
    return str(connection.scalar(select(asked))).partition(" ")[0]


def journal(connection: Connection) -> str:
    """How SQLite keeps its journal: `wal` or `truncate`. PostgreSQL always has a `wal`."""
    if connection.dialect.name != "sqlite":
        return "wal"
    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
