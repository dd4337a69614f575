"""Finding a handover for a caller: what access depends on is loaded here, and decided in access."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from app.access import Act, Caller, Grant, Record, permit
from app.access import reach as reach_of
from app.errors import NotFound
from app.flows.site import Site
from app.store import grants, handovers
from app.store.grants import Scope
from app.store.handovers import HandoverRow
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Reached:
    """A handover's row, and what access to it depends on for whoever reached it."""

    row: HandoverRow
    record: Record


def reach(site: Site, caller: Caller, handover: str, act: Act) -> Reached:
    """The handover, if the caller may do this with it. Raises NotFound, NotAllowed."""
    with site.database.read() as uow:
        return reach_within(uow, caller, handover, act, site.clock())


def reach_within(
    uow: UnitOfWork, caller: Caller, handover: str, act: Act, now: datetime
) -> Reached:
    """As `reach`, in an open unit of work."""
    row = handovers.get(uow.connection, handover)
    if row is None:
        raise NotFound("no-such-handover", "There is no handover with this id, or it isn't yours")
    record = records(uow, caller, [row], now)[handover]
    permit(caller, act, record)
    return Reached(row, record)


def records(
    uow: UnitOfWork, caller: Caller, rows: list[HandoverRow], now: datetime
) -> dict[str, Record]:
    """What access to each of these depends on for this caller, by handover."""
    granted = granted_to(uow, caller, [row.handover for row in rows], now)
    return {row.handover: Record(row.team, row.restricted, granted[row.handover]) for row in rows}


def granted_to(
    uow: UnitOfWork, caller: Caller, ids: list[str], now: datetime
) -> dict[str, frozenset[Grant]]:
    """The caller's grants that count now, by handover."""
    found = grants.kinds(uow.connection, caller.subject, ids, now)
    return cast("dict[str, frozenset[Grant]]", found)


def scope(caller: Caller, act: Act, now: datetime) -> Scope:
    """The rows that the caller reaches with an act, as the store asks for them."""
    reached = reach_of(caller, act)
    return Scope(reached.teams, reached.reviewer, reached.unnamed, caller.subject, now)
