"""Naming who may open a restricted handover, or review one case; and restricting it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from app.access import Caller, Grant
from app.crypto.ids import digest, new_id
from app.errors import Conflict, Malformed, NotFound
from app.flows import ledgers, logbook, project
from app.flows.reach import reach_within
from app.flows.site import Site
from app.handover.when import end_of_day, london_date, parse_when, stamp
from app.store import grants, handovers, restrictions
from app.store.drafts import DraftRow
from app.store.grants import GrantRow
from app.store.restrictions import RestrictionRow
from app.store.unit_of_work import UnitOfWork
from app.trust.accesslog import Act

LONGEST: dict[Grant, timedelta] = {
    "opener": timedelta(days=90),
    "reviewer": timedelta(days=366),
}
"""How far ahead a grant ends at most. Who may open a restricted handover is looked at again every
90 days: a grant that nobody renews is over."""
_SUBJECT = re.compile(r"[A-Za-z0-9._:@|/-]{1,128}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Restriction:
    """Whether a handover is restricted, and whether by this authority itself (`own`): what the
    sender restricted stays so."""

    restricted: bool
    own: bool


def every(site: Site, caller: Caller, handover: str) -> list[dict[str, Any]]:
    """A handover's grants, also those that are over: these come last. Raises NotFound,
    NotAllowed."""
    now = site.clock()
    with site.database.read() as uow:
        reach_within(uow, caller, handover, "entrust", now)
        return [value(row) for row in grants.of_handover(uow.connection, handover, now)]


def add(
    site: Site,
    caller: Caller,
    handover: str,
    *,
    subject: str,
    kind: Grant,
    until: str,
    purpose: str,
) -> dict[str, Any]:
    """Grant it to somebody up to the end of a day, in the place of what they have of the kind.

    Raises NotFound, NotAllowed, Malformed (`grant-subject`, `grant-until`, `when`,
    `access-purpose`), Conflict (`grants-enough`).
    """
    now = site.clock()
    with site.database.write() as uow:
        reach_within(uow, caller, handover, "entrust", now)
        row = GrantRow(
            id=new_id(),
            handover=handover,
            subject=_subject(subject),
            kind=kind,
            until=_end(kind, until, now),
            granted_by=caller.subject,
            granted_at=now,
            ended_at=None,
        )
        _give(uow, site, caller, row, purpose)
    return value(row)


def end(site: Site, caller: Caller, handover: str, grant: str, purpose: str) -> None:
    """End a grant now. Raises NotFound (`no-such-grant`), NotAllowed, Malformed
    (`access-purpose`)."""
    now = site.clock()
    with site.database.write() as uow:
        reach_within(uow, caller, handover, "entrust", now)
        row = grants.get(uow.connection, grant)
        if row is None or row.handover != handover or row.ended_at or row.until <= now:
            raise NotFound("no-such-grant", "There is no such grant for this handover, or it ended")
        grants.end(uow.connection, handover, row.subject, row.kind, now)
        logbook.write(uow, site, caller, handover, _part(row), "end", purpose, now)


def restrict(
    site: Site, caller: Caller, handover: str, restricted: bool, purpose: str
) -> Restriction:
    """Keep a handover to named people, or lift our own restriction of it.

    Raises NotFound, NotAllowed, Malformed (`access-purpose`).
    """
    now = site.clock()
    with site.database.write() as uow:
        reach_within(uow, caller, handover, "entrust", now)
        replica = ledgers.load(uow, site, handover)
        view = replica.view()
        if restricted:
            restrictions.put(uow.connection, RestrictionRow(handover, caller.subject, now))
        elif view is not None:
            restrictions.lift(uow.connection, handover, unless_by=view.sender)
        act: Act = "restrict" if restricted else "lift"
        logbook.write(uow, site, caller, handover, "restriction", act, purpose, now)
        project.project(uow, replica, now)
        row = handovers.get(uow.connection, handover)
    return Restriction(row is not None and row.restricted, restricted)


def restricted_by_sender(uow: UnitOfWork, site: Site, draft: DraftRow, caller: Caller) -> None:
    """A case that its own file restricts becomes known to the other authority: nobody lifts that
    any more, and its draft's owner is named, as nobody else is yet. Nobody is named for one that
    was restricted before, whose openers are for the head of service to say."""
    now = site.clock()
    before = handovers.get(uow.connection, draft.id)
    ours = ledgers.party(uow, site, draft.id)
    restrictions.keep(uow.connection, RestrictionRow(draft.id, ours, now))
    if before is not None and before.restricted:
        return
    row = GrantRow(
        id=new_id(),
        handover=draft.id,
        subject=draft.owner,
        kind="opener",
        until=now + LONGEST["opener"],
        granted_by=caller.subject,
        granted_at=now,
        ended_at=None,
    )
    _give(uow, site, caller, row, "Prepared this handover")


def value(row: GrantRow) -> dict[str, Any]:
    """A grant, for whoever gives them."""
    moments = {"until": row.until, "granted_at": row.granted_at, "ended_at": row.ended_at}
    shown = {name: stamp(at) if at else None for name, at in moments.items()}
    return {**asdict(row), **shown}


def _give(uow: UnitOfWork, site: Site, caller: Caller, row: GrantRow, purpose: str) -> None:
    grants.end(uow.connection, row.handover, row.subject, row.kind, row.granted_at)
    if grants.counting(uow.connection, row.handover, row.granted_at) >= grants.MOST:
        raise Conflict("grants-enough", "That many are named for it already: end some grants first")
    grants.insert(uow.connection, row)
    logbook.write(uow, site, caller, row.handover, _part(row), "grant", purpose, row.granted_at)


def _part(row: GrantRow) -> str:
    """What the access log says of a grant: its kind, and a digest of whose it is, so that the log
    proves it also where the table was changed."""
    return f"{row.kind}/{digest(row.subject.encode())}"


def _subject(text: str) -> str:
    if not _SUBJECT.fullmatch(text):
        raise Malformed("grant-subject", "Give the person's opaque id, as their token has it")
    return text


def _end(kind: Grant, until: str, now: datetime) -> datetime:
    """The end of the last day on which it counts."""
    days = LONGEST[kind].days
    if _DAY.fullmatch(until):
        parse_when(until)
        last = london_date(until)
        if timedelta() <= last - london_date(now) <= LONGEST[kind]:
            return end_of_day(last)
    raise Malformed("grant-until", f"Give the last day, from today up to {days} days ahead")
