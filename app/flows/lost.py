"""Blobs that no row names: thrown away at once by whoever is done with them, or found later.

Bytes are always stored before the row that names them, so a blob without one may be lost, or its
row may be on the way. Every deletion goes through here, and what a row names is never deleted,
whoever has called it lost: the rows are asked in a writer's turn, when a commit whose answer was
lost has ended one way or the other. An id is never used again for other bytes.
"""

import logging
from datetime import datetime, timedelta

from app.errors import Unavailable
from app.flows.site import Site
from app.store import held, meta

LOST = timedelta(days=30)
"""For so long a blob that nobody has written to waits for a row: until then, a database that was
restored from yesterday's copy can still be given its bundles back by hand."""
LEFT = timedelta(days=1)
"""After so long nobody is at work on an unfinished piece any more."""
_PAUSE = timedelta(days=1)
_LOOKED = "lost_blobs_looked"
_PAGE = 500

log = logging.getLogger(__name__)


def discard(site: Site, *blobs: str | None) -> None:
    """Delete those that no row names. What can't be deleted now is found later.

    To be called outside of a unit of work, by whoever could still have named them.
    """
    known = [blob for blob in blobs if blob is not None]
    try:
        _delete(site, known)
    except Unavailable as error:
        log.warning("what nobody needs was left for now", extra={"code": error.code})


def collect(site: Site, now: datetime, age: timedelta = LOST) -> None:
    """What crashes left in the blob store: unfinished pieces, and blobs of this age that no row
    names. How old they are is told by the store's own clock."""
    if _has_paused(site, now):
        return
    site.blobs.sweep(LEFT)
    idle = site.blobs.idle(age)
    for start in range(0, len(idle), _PAGE):
        _delete(site, idle[start : start + _PAGE])


def _has_paused(site: Site, now: datetime) -> bool:
    """Whether nobody has looked for a day. A clock may have been set forward then, and what is
    being sealed this minute look old: the next look tells."""
    with site.database.write() as uow:
        looked = meta.get(uow.connection, _LOOKED)
        meta.put(uow.connection, _LOOKED, now.isoformat())
    return looked is None or now - datetime.fromisoformat(looked) > _PAUSE


def _delete(site: Site, blobs: list[str]) -> None:
    if not blobs:
        return
    with site.database.write() as uow:
        named = held.named(uow.connection, blobs)
    for blob in blobs:
        if blob not in named:
            site.blobs.delete(blob)
