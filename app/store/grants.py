"""Named openers and reviewers, and which rows they reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    update,
)

from app.store import rows
from app.store.tables import grants, handovers

MOST = 500
"""Grants of one handover that are listed: those that count, and then the newest. There are never
more that count, so that none can be hidden behind others."""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """What somebody was granted for one handover. It counts before `until`, unless it was ended."""

    id: str
    handover: str
    subject: str
    kind: str
    """`opener` or `reviewer`."""
    until: datetime
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose handovers: of `teams` (None: every team's) and, if `reviewer`, those for which
    `subject` has a reviewer's grant at `at`; restricted ones only with an opener's grant, unless
    `unnamed`."""

    teams: frozenset[str] | None
    reviewer: bool
    unnamed: bool
    subject: str
    at: datetime


def insert(connection: Connection, row: GrantRow) -> None:
    """Store a new grant."""
    rows.insert(connection, grants, row)


def get(connection: Connection, grant: str) -> GrantRow | None:
    """One grant, whether or not it counts."""
    return rows.one(connection, select(grants).where(grants.c.id == grant), GrantRow)


def of_handover(connection: Connection, handover: str, at: datetime) -> list[GrantRow]:
    """A handover's grants: those that count at a moment, then those that are over, each the newest
    first."""
    query = select(grants).where(grants.c.handover == handover)
    over = case((and_(*_live(at)), 0), else_=1)
    query = query.order_by(over, grants.c.granted_at.desc(), grants.c.id).limit(MOST)
    return rows.many(connection, query, GrantRow)


def counting(connection: Connection, handover: str, at: datetime) -> int:
    """How many grants of a handover count at a moment."""
    query = select(func.count()).where(grants.c.handover == handover, *_live(at))
    return connection.scalar(query) or 0


def end(connection: Connection, handover: str, subject: str, kind: str, at: datetime) -> None:
    """End what counts of these; nothing happens if there is none."""
    connection.execute(
        update(grants)
        .where(
            grants.c.handover == handover,
            grants.c.subject == subject,
            grants.c.kind == kind,
            *_live(at),
        )
        .values(ended_at=at)
    )


def kinds(
    connection: Connection, subject: str, handovers: Collection[str], at: datetime
) -> dict[str, frozenset[str]]:
    """What counts at a moment of somebody's grants for each of these handovers."""
    query = select(grants.c.handover, grants.c.kind).where(
        grants.c.subject == subject, grants.c.handover.in_(sorted(handovers)), *_live(at)
    )
    found: dict[str, frozenset[str]] = dict.fromkeys(handovers, frozenset())
    for handover, kind in connection.execute(query):
        found[handover] |= {kind}
    return found


def within(scope: Scope, team: ColumnElement[str | None] = handovers.c.team) -> ColumnElement[bool]:
    """A condition on rows of `handovers`; `team` is their team."""
    reached: ColumnElement[bool] = true() if scope.teams is None else team.in_(sorted(scope.teams))
    if scope.reviewer:
        reached = or_(reached, granted(scope))
    if scope.unnamed:
        return reached
    named = handovers.c.handover.in_(_granted(scope, "opener"))
    return and_(reached, or_(handovers.c.restricted.is_(False), named))


def granted(scope: Scope) -> ColumnElement[bool]:
    """A condition on rows of `handovers`: the subject's by a reviewer's grant."""
    return handovers.c.handover.in_(_granted(scope, "reviewer"))


def _granted(scope: Scope, kind: str) -> Select[tuple[str]]:
    return select(grants.c.handover).where(
        grants.c.subject == scope.subject, grants.c.kind == kind, *_live(scope.at)
    )


def _live(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (grants.c.ended_at.is_(None), grants.c.until > at)
