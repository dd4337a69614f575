"""Uploads: the bundle that a statement announced, piece by piece. Bytes are on the disk when they
are counted, so a cut costs the last piece."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from app.crypto.ids import digest, new_id
from app.errors import Conflict, NotFound, TooLarge, Unavailable
from app.flows import room
from app.flows.site import Site
from app.handover.statement import Statement
from app.store import uploads
from app.store.unit_of_work import UnitOfWork
from app.store.uploads import UploadRow

RETRY_AFTER = 300
"""Seconds after which an authority that has begun too much may ask again."""


@dataclass(frozen=True)
class BundleWanted:
    """The statement is in order; its bundle is to be uploaded with this secret."""

    upload: str
    secret: str


def want(uow: UnitOfWork, site: Site, arrived: Statement, now: datetime) -> BundleWanted:
    """A new upload, or the one that was begun, with a new secret.

    Raises TooLarge (`bundle-too-large`), Unavailable (`upload-quota`, `storage-low`).
    """
    assert arrived.payload.bundle is not None
    if arrived.payload.bundle.size > site.settings.bundle_bytes:
        raise TooLarge("bundle-too-large", "The bundle is larger than this authority takes")
    secret = token_urlsafe(32)
    _check_quota(uow, site, arrived, now)
    begun = uploads.for_statement(uow.connection, arrived.digest)
    if begun is None:
        room.check(site, uow, arrived.payload.bundle.size)
    row = UploadRow(
        id=begun.id if begun else new_id(),
        secret_hash=digest(secret.encode()),
        statement=arrived.digest,
        wire=arrived.wire,
        peer=arrived.payload.sender,
        size=arrived.payload.bundle.size,
        created_at=now,
        expires_at=now + timedelta(hours=site.settings.upload_hours),
    )
    if begun:
        uploads.remove(uow.connection, begun.id)
    uploads.insert(uow.connection, row)
    return BundleWanted(row.id, secret)


def _check_quota(uow: UnitOfWork, site: Site, arrived: Statement, now: datetime) -> None:
    """Each authority has its own, and what is asked for again counts once."""
    assert arrived.payload.bundle is not None
    count, size = uploads.promised(uow.connection, arrived.payload.sender, now, arrived.digest)
    settings = site.settings
    more = size + arrived.payload.bundle.size
    if count >= settings.peer_uploads or more > max(
        settings.peer_upload_bytes, settings.bundle_bytes
    ):
        raise Unavailable(
            "upload-quota", "Finish the uploads that you have begun first", retry_after=RETRY_AFTER
        )


def give_up(uow: UnitOfWork, refused: Statement) -> str | None:
    """Wait no longer for the bundle of a statement that was refused meanwhile; returns the blob
    with what came of it, to be deleted once this is saved."""
    begun = uploads.for_statement(uow.connection, refused.digest)
    if begun is None:
        return None
    uploads.remove(uow.connection, begun.id)
    return begun.id


def append(site: Site, upload: str, secret: str, offset: int, data: bytes) -> int:
    """Add bytes to an upload at `offset`; returns the new offset. The bytes are on the disk.

    Raises NotFound (`upload-unknown`), Conflict (`upload-offset`, retryable), TooLarge
    (`upload-too-large`) and Unavailable (`storage-low`).
    """
    row = find(site, upload, secret)
    if offset + len(data) > row.size:
        raise TooLarge("upload-too-large", "The bundle is longer than its statement announced")
    room.keep(site, len(data))
    try:
        return site.blobs.append(row.id, offset, data)
    except Conflict as error:
        raise Conflict("upload-offset", error.detail, retryable=True) from None


def reached(site: Site, upload: str, secret: str) -> int:
    """How many bytes of an upload are here. Raises NotFound (`upload-unknown`)."""
    return site.blobs.length(find(site, upload, secret).id)


def find(site: Site, upload: str, secret: str) -> UploadRow:
    """The upload, if the secret is its own. Raises NotFound (`upload-unknown`)."""
    with site.database.read() as uow:
        row = uploads.get(uow.connection, upload)
    if (
        row is None
        or row.expires_at <= site.clock()
        or not hmac.compare_digest(row.secret_hash, digest(secret.encode()))
    ):
        raise unknown()
    return row


def unknown() -> NotFound:
    """Also for one that another request has concluded meanwhile."""
    return NotFound(
        "upload-unknown", "There is no such upload; send the statement again", retryable=True
    )
