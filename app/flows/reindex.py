"""Computing the whole index anew from the statements; what only we know (own records) is kept."""

from collections.abc import Callable
from datetime import datetime

from app.flows import ledgers, project
from app.flows.site import Site
from app.store import handovers, lists, statements
from app.store.lists import Filter
from app.store.unit_of_work import UnitOfWork

_PAGE = 500


def reindex(site: Site, progress: Callable[[int, int], None]) -> int:
    """Put the index that follows from the ledgers in the place of the one that is there, in one
    commit; returns of how many handovers.

    `progress(done, all)` is called after each. Rows keep the moment and the order of their last
    change, so that lists and their cursors go on as they were.
    """
    now = site.clock()
    with site.database.write() as uow:
        changed = _changed(uow)
        there = set(statements.handovers(uow.connection))
        order = [one for one in changed if one in there] + sorted(there - changed.keys())
        handovers.clear(uow.connection)
        for done, handover in enumerate(order, 1):
            replica = ledgers.load(uow, site, handover)
            project.project(uow, replica, changed.get(handover, now))
            progress(done, len(order))
    return len(order)


def _changed(uow: UnitOfWork) -> dict[str, datetime]:
    """Each indexed handover and when it changed last, in the order of those changes."""
    found: dict[str, datetime] = {}
    after = 0
    while page := lists.page(uow.connection, Filter(), after, _PAGE):
        found |= {row.handover: row.changed_at for row in page}
        after = page[-1].sequence
    return found
