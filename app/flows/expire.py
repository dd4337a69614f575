"""What goes when its time is over: drafts, uploads, what is remembered of requests."""

from datetime import datetime, timedelta

from app.flows import lost
from app.flows.site import Site
from app.flows.sync import TOLERANCE
from app.store import drafts, idempotency, nonces, restrictions, uploads
from app.store.drafts import DraftRow

MOST = 200
"""How many drafts or uploads go in one tick."""
REMEMBERED = timedelta(days=30)
"""For how long a request that is made again gets its first answer."""


def old_drafts(site: Site, now: datetime) -> None:
    """Drafts that were never sent, or whose papers are on their way, some weeks after; one whose
    family was notified stays until its papers are sent, for they are owed."""
    with site.database.read() as uow:
        over = drafts.expired(uow.connection, now, MOST)
    for row in over:
        _throw_away(site, row, now)


def _throw_away(site: Site, row: DraftRow, now: datetime) -> None:
    with site.database.write() as uow:
        if not drafts.is_expired(uow.connection, row.id, now):
            return  # somebody has worked on it meanwhile
        documents = drafts.attachments(uow.connection, row.id)
        drafts.remove(uow.connection, row.id)
        if row.notification_digest is None:
            restrictions.lift(uow.connection, row.id)
    lost.discard(site, row.blob, *(document.blob for document in documents))


def old_uploads(site: Site, now: datetime) -> None:
    """Uploads that nobody went on with; whoever sends the statement again begins a new one."""
    with site.database.read() as uow:
        over = uploads.expired(uow.connection, now, MOST)
    for row in over:
        with site.database.write() as uow:
            uploads.remove_expired(uow.connection, row.id, now)
        lost.discard(site, row.id)


def old_requests(site: Site, now: datetime) -> None:
    """Nonces of requests that would be refused as too old anyway, and keys of old requests."""
    with site.database.write() as uow:
        nonces.forget(uow.connection, now - 2 * TOLERANCE)
        idempotency.forget(uow.connection, now - REMEMBERED)
