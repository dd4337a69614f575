"""Contradictions: what an authority has signed against its own word, or against what is placed.

Both are kept byte for byte. No clock stops for it; a person must ring the other authority.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.flows import ledgers
from app.flows.site import Site
from app.handover.replica import Replica
from app.handover.statement import Statement, reopen
from app.handover.when import stamp
from app.store import statements
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Contradiction:
    """What was said, since when we hold it, and the entry that it contradicts, where there is one:
    that of its place, or of the statement that it answers."""

    said: Statement
    since: str
    against: Statement | None


def contradictions(uow: UnitOfWork, site: Site, handover: str) -> Iterator[Contradiction]:
    """In the order in which they were stored."""
    rows = statements.with_status(uow.connection, handover, "evidence")
    replica = ledgers.load(uow, site, handover) if rows else None
    for row in rows:
        assert replica is not None
        said = reopen(row.wire)
        yield Contradiction(said, stamp(row.recorded_at), _against(replica, said))


def shown(uow: UnitOfWork, site: Site, handover: str) -> list[dict[str, Any]]:
    """As the API and the command line show them."""
    return [
        {
            "statement": one.said.digest,
            "kind": one.said.kind,
            "by": one.said.payload.sender,
            "since": one.since,
            "against": one.against.digest if one.against else None,
        }
        for one in contradictions(uow, site, handover)
    ]


def _against(replica: Replica, said: Statement) -> Statement | None:
    place, of = said.payload.place, getattr(said.body, "of", None)
    for entry in replica.entries:
        if of is not None and entry.statement.digest == of:
            return entry.placing
    if place is not None and place <= len(replica.entries):
        return replica.entries[place - 1].placing
    return None
