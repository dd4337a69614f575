"""Receiving a statement of another authority, and its bundle.

The steps are those of openapi/protocol.md, section 3.3, in order of cost:

     1 size and canonical form, 2 keys in the directory, 3 `from`       trust.envelope
     4 addressed to us, 5 Ed25519, 6 ML-DSA-65                         trust.envelope
     7 clock                                                           here
     8 the published form                                              handover.statement
     9 repeated: the original answer                                   here
    10 the ledger                                                      handover.replica
    11 the bundle                                                      bundle.admit
    12 the receipt, in one commit with ledger and index                here

Nothing is stored before step 10 has passed.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from app.crypto.ids import digest, new_id
from app.errors import CaseHandoverError, Conflict, NotFound, NotVerified, TooLarge
from app.flows import labels, ledgers, parcels
from app.flows.issue import Saying, sign
from app.flows.site import Site, directory_of
from app.handover import replica as copies
from app.handover.codes import Side
from app.handover.replica import Replica
from app.handover.statement import OPENERS, Statement, from_envelope, reopen
from app.handover.when import instant
from app.store import bundles, own_records, uploads
from app.store.bundles import BundleRow
from app.store.own_records import OwnRecordRow
from app.store.unit_of_work import UnitOfWork
from app.store.uploads import UploadRow
from app.trust.envelope import verify_statement

CLOCK_TOLERANCE = timedelta(minutes=5)


class FinalRefusal(Conflict):
    """A no for good. `wire` is the signed refusal, which both sides keep."""

    def __init__(self, code: str, detail: str, wire: bytes) -> None:
        super().__init__(code, detail)
        self.wire = wire


@dataclass(frozen=True)
class Answered:
    """The receipt, byte for byte as it was first given."""

    wire: bytes


@dataclass(frozen=True)
class BundleWanted:
    """The statement is in order; its bundle is to be uploaded with this secret."""

    upload: str
    secret: str


def statement(site: Site, wire: bytes) -> Answered | BundleWanted:
    """Take a statement from another authority.

    Raises Malformed, NotVerified and TooLarge for what does not prove itself, retryable Conflict
    for what comes too early, FinalRefusal for what the ledger does not let follow.
    """
    now = site.clock()
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    arrived = from_envelope(verify_statement(wire, directory, now, recipient=site.authority))
    _check_clock(arrived, now)
    with site.database.write() as uow:
        replica = _load(uow, site, arrived)
        original = ledgers.answer_to(uow, arrived.digest)
        known = original is not None or replica.known(arrived.digest) is not None
        refused = None if known else _refused(uow, site, replica, arrived, now)
        if refused is None:
            if arrived.payload.bundle and not (known and _held(uow, arrived)):
                return _want_bundle(uow, site, arrived, now)
            return Answered(_conclude(uow, site, replica, arrived, {"result": "stored"}, now))
    raise refused


def append(site: Site, upload: str, secret: str, offset: int, data: bytes) -> int:
    """Add bytes to an upload at `offset`; returns the new offset. The bytes are on the disk.

    Raises NotFound (`upload-unknown`), Conflict (`upload-offset`, retryable) and TooLarge
    (`upload-too-large`).
    """
    row = find_upload(site, upload, secret)
    if offset + len(data) > row.size:
        raise TooLarge("upload-too-large", "The bundle is longer than its statement announced")
    try:
        return site.blobs.append(row.id, offset, data)
    except Conflict as error:
        raise Conflict("upload-offset", error.detail, retryable=True) from None


def reached(site: Site, upload: str, secret: str) -> int:
    """How many bytes of an upload are here. Raises NotFound (`upload-unknown`)."""
    return site.blobs.length(find_upload(site, upload, secret).id)


def find_upload(site: Site, upload: str, secret: str) -> UploadRow:
    """The upload, if the secret is its own. Raises NotFound (`upload-unknown`)."""
    with site.database.read() as uow:
        row = uploads.get(uow.connection, upload)
    if row is None or not hmac.compare_digest(row.secret_hash, digest(secret.encode())):
        raise NotFound("upload-unknown", "There is no such upload; send the statement again")
    return row


def complete(site: Site, upload: str, secret: str) -> Answered:
    """Verify an upload whose bytes are all here, and answer its statement.

    Raises NotVerified (`bundle-digest`, retryable: other bytes than announced came and are
    deleted), and as `statement` does.
    """
    row = find_upload(site, upload, secret)
    arrived = reopen(row.wire)
    result, label = _admit(site, row, arrived)
    now = site.clock()
    spare = None
    with site.database.write() as uow:
        replica = _load(uow, site, arrived)
        known = ledgers.answer_to(uow, arrived.digest) or replica.known(arrived.digest)
        refused = None if known else _refused(uow, site, replica, arrived, now)
        uploads.remove(uow.connection, row.id)
        if refused is None:
            _own_record(uow, site, arrived, label)
            spare = _keep_bundle(uow, arrived, row.id, result, now)
            wire = _conclude(uow, site, replica, arrived, result, now)
    if spare or refused:
        site.blobs.delete(row.id)
    if refused is not None:
        raise refused
    return Answered(wire)


def _check_clock(arrived: Statement, now: datetime) -> None:
    if instant(arrived.payload.at) > now + CLOCK_TOLERANCE:
        raise NotVerified(
            "clock-ahead", "This was stated in the future: check the clock", retryable=True
        )


def _load(uow: UnitOfWork, site: Site, arrived: Statement) -> Replica:
    """Our copy; for a handover that begins, we are on the other side of its first statement."""
    side: Side = "sender" if arrived.kind == "records_request" else "receiver"
    return ledgers.load(uow, site, arrived.handover, side)


def _refused(
    uow: UnitOfWork, site: Site, replica: Replica, arrived: Statement, now: datetime
) -> FinalRefusal | None:
    """The signed no, saved, if the ledger does not let the statement follow; raises what may
    pass when tried again."""
    try:
        copies.check_arrival(replica, arrived)
    except CaseHandoverError as error:
        if error.retryable:
            raise
        if error.code == "ledger-fork":
            ledgers.record(uow, site, arrived, "evidence", now)
        refusal = _answer(site, replica, arrived, "refusal", {"code": error.code}, now)
        ledgers.record(uow, site, refusal, "refusal", now)
        return FinalRefusal(error.code, error.detail, refusal.wire)
    return None


def _held(uow: UnitOfWork, arrived: Statement) -> bool:
    """Whether the bundle of a statement that we know is here; after a restore it may not be."""
    announced = arrived.payload.bundle
    return announced is None or bundles.get(uow.connection, announced.sha256) is not None


def _want_bundle(uow: UnitOfWork, site: Site, arrived: Statement, now: datetime) -> BundleWanted:
    """A new upload, or the one that was begun, with a new secret."""
    assert arrived.payload.bundle is not None
    if arrived.payload.bundle.size > site.settings.bundle_bytes:
        raise TooLarge("bundle-too-large", "The bundle is larger than this authority takes")
    secret = token_urlsafe(32)
    begun = uploads.for_statement(uow.connection, arrived.digest)
    row = UploadRow(
        id=begun.id if begun else new_id(),
        secret_hash=digest(secret.encode()),
        statement=arrived.digest,
        wire=arrived.wire,
        peer=arrived.payload.sender,
        size=arrived.payload.bundle.size,
        created_at=now,
        expires_at=now + timedelta(hours=site.settings.upload_hours),
        complete=False,
    )
    if begun:
        uploads.remove(uow.connection, begun.id)
    uploads.insert(uow.connection, row)
    return BundleWanted(row.id, secret)


def _admit(site: Site, row: UploadRow, arrived: Statement) -> tuple[dict[str, Any], str | None]:
    """`stored`, or `unusable` with the code of the step that failed; and the label for lists."""
    try:
        opened = parcels.admit(site, arrived, row.id)
    except CaseHandoverError as error:
        if error.code in parcels.NOT_THE_ANNOUNCED:
            site.blobs.delete(row.id)
            raise NotVerified(error.code, error.detail, retryable=True) from None
        return {"result": "unusable", "code": error.code}, None
    label = labels.of_words(arrived.kind, opened.content()) if arrived.kind in OPENERS else None
    return {"result": "stored"}, label


def _keep_bundle(
    uow: UnitOfWork, arrived: Statement, blob: str, result: dict[str, Any], now: datetime
) -> bool:
    """Record the bundle; true if it was here already, so that this copy can go."""
    announced = arrived.payload.bundle
    assert announced is not None
    if bundles.get(uow.connection, announced.sha256) is not None:
        return True
    bundles.insert(
        uow.connection,
        BundleRow(
            sha256=announced.sha256,
            size=announced.size,
            manifest=announced.manifest,
            blob=blob,
            admitted_at=now if result["result"] != "unusable" else None,
            result=result["result"],
        ),
    )
    return False


def _own_record(uow: UnitOfWork, site: Site, arrived: Statement, label: str | None) -> None:
    """To whom a handover comes first, and the name by which people will know it."""
    known = own_records.get(uow.connection, arrived.handover)
    fresh = OwnRecordRow(arrived.handover, None, site.settings.receiving_team, None, None)
    row = known or fresh
    if label:
        row = replace(row, label_sealed=labels.seal(site, arrived.handover, label))
    own_records.put(uow.connection, row)


def _conclude(
    uow: UnitOfWork,
    site: Site,
    replica: Replica,
    arrived: Statement,
    result: dict[str, Any],
    now: datetime,
) -> bytes:
    """The receipt, and the ledger with the statement in its place; or the original answer."""
    original = ledgers.answer_to(uow, arrived.digest)
    if original is not None and original.kind == "refusal":
        raise FinalRefusal(getattr(original.body, "code", ""), "Refused before", original.wire)
    if original is not None:
        return original.wire
    if arrived.body is None:
        result = {"result": "held"}
    receipt = _answer(site, replica, arrived, "receipt", result, now)
    if replica.keeps_order:
        changed = copies.place(replica, arrived, receipt)
    else:
        adopted = replica.known(arrived.digest) is not None
        changed = replica if adopted else copies.follow(replica, arrived)
        ledgers.record(uow, site, receipt, "receipt", now)
    ledgers.save(uow, site, replica, changed, now)
    return receipt.wire


def _answer(
    site: Site, replica: Replica, arrived: Statement, kind: str, body: dict[str, Any], now: datetime
) -> Statement:
    """A signed receipt or refusal. Only a keeper's receipt takes a place."""
    asked = replica if kind == "receipt" and replica.keeps_order else _placeless(replica)
    saying = Saying(kind, {"of": arrived.digest, **body}, children=())
    peer = arrived.payload.sender
    return sign(site, asked, arrived.handover, peer, "receiver", saying, None, now)


def _placeless(replica: Replica) -> Replica:
    return Replica(replica.me, False, replica.entries)
