"""Room on the disk: what is free, less the reserve, less what uploads under way were promised.
An object store has none to run out of: there, only the quotas of each authority hold.

A full disk loses statements; a nearly full one only puts off papers. So whoever brings papers is
told 507 in time, and the reserve is left to the ledger.
"""

from app.errors import Unavailable
from app.flows.site import Site
from app.store import uploads
from app.store.segments import SegmentWriter
from app.store.unit_of_work import UnitOfWork

RETRY_AFTER = 600
"""Seconds; somebody must make room first."""


def check(site: Site, uow: UnitOfWork | None = None, wanted: int = 0) -> None:
    """That `wanted` bytes more can be promised. Raises Unavailable (`storage-low`)."""
    if site.blobs.free() is None:
        return
    if uow is None:
        with site.database.read() as opened:
            _check(site, opened, wanted)
    else:
        _check(site, uow, wanted)


def keep(site: Site, wanted: int) -> None:
    """That `wanted` bytes, promised before or not, leave the reserve. Raises as `check` does."""
    if not _fits(site, wanted):
        raise Unavailable(
            "storage-low", "The disk is nearly full: make room first", retry_after=RETRY_AFTER
        )


def _fits(site: Site, wanted: int) -> bool:
    free = site.blobs.free()
    return free is None or free - site.settings.disk_reserve >= wanted


def _check(site: Site, uow: UnitOfWork, wanted: int) -> None:
    """What has come of each upload is asked of the store, one by one, only where it matters."""
    if not _fits(site, uploads.announced(uow.connection, site.clock()) + wanted):
        keep(site, _promised(site, uow) + wanted)


def writer(site: Site, blob: str) -> SegmentWriter:
    """As the store's, with room asked for before each segment."""

    def put(offset: int, data: bytes) -> int:
        check(site, wanted=len(data))
        return site.blobs.put(blob, offset, data)

    return SegmentWriter(put, site.blobs.length(blob))


def _promised(site: Site, uow: UnitOfWork) -> int:
    """Bytes that uploads under way may still bring."""
    waiting = uploads.waiting(uow.connection, site.clock())
    return sum(max(row.size - site.blobs.length(row.id), 0) for row in waiting)
