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

Between 6 and 7 the authority's rate is charged (flows.rates): only whom both signatures prove can
spend it. Before 11 come its quota of uploads, and room on the disk. Nothing is stored before step
10 has passed, and nothing of who is no party to the handover.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import (
    CaseHandoverError,
    Conflict,
    Malformed,
    NotVerified,
    TooLarge,
    Unavailable,
)
from app.flows import answers, keeping, ledgers, lost, parcels, restored, uploading
from app.flows.keeping import Known
from app.flows.site import Site, directory_of
from app.handover import replica as copies
from app.handover.bodies.machine import Refusal
from app.handover.codes import Side
from app.handover.replica import Replica
from app.handover.statement import ANSWERS, OPENERS, Statement, from_envelope, reopen
from app.handover.when import instant
from app.store import bundles, drafts, uploads
from app.store.unit_of_work import UnitOfWork
from app.store.uploads import UploadRow
from app.trust.authority import CLOCK_TOLERANCE
from app.trust.envelope import verify_statement

STORED = {"result": "stored"}


class FinalRefusal(Conflict):
    """A no for good. `wire` is the signed refusal, which both sides keep."""

    def __init__(self, code: str, detail: str, wire: bytes) -> None:
        super().__init__(code, detail)
        self.wire = wire


@dataclass(frozen=True)
class Answered:
    """The receipt, byte for byte as it was first given."""

    wire: bytes


def statement(site: Site, wire: bytes) -> Answered | uploading.BundleWanted:
    """Take a statement from another authority.

    Raises Malformed, NotVerified and TooLarge for what does not prove itself, retryable Conflict
    for what comes too early, Unavailable (`rate-limited`, `upload-quota`, `storage-low`,
    `restoring`) for what is too much now, FinalRefusal for what the ledger does not let follow, and
    plain Conflict (`not-a-party`, `handover-taken`) for good where it is not the author's handover.
    """
    now = site.clock()
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    envelope = verify_statement(wire, directory, now, recipients=site.names)
    site.rates.charge(envelope.authority.identifier, site.settings.peer_rate, now)
    arrived = from_envelope(envelope)
    _check_clock(arrived, now)
    if arrived.kind in ANSWERS:
        raise Conflict("not-an-entry", f"A {arrived.kind} is an answer and takes no place")
    with site.database.write() as uow:
        ledgers.charge(uow, site, envelope.authority.identifier, arrived.handover, now)
        replica = _load(uow, site, arrived)
        original = ledgers.answer_to(uow, site, arrived.digest, now)
        if original is None:
            restored.check(uow, site, arrived.payload.sender, arrived.handover, now)
        refused = _refused(uow, site, replica, arrived, original, now)
        if refused is None:
            if _lacks_bundle(uow, replica, arrived, original):
                return uploading.want(uow, site, arrived, now)
            answer = original or answers.receipt(uow, site, replica, arrived, STORED, now)
            return Answered(answer.wire)
        given_up = uploading.give_up(uow, arrived)
    lost.discard(site, given_up)
    raise refused


def complete(site: Site, upload: str, secret: str) -> Answered:
    """Verify an upload whose bytes are all here, and answer its statement.

    Raises Conflict (`upload-incomplete`, retryable), NotVerified (`bundle-digest`, retryable: other
    bytes than announced came and are deleted), and as `statement` does.
    """
    row = uploading.find(site, upload, secret)
    if site.blobs.length(row.id) != row.size:
        raise Conflict("upload-incomplete", "Send the rest of the bundle first", retryable=True)
    arrived = reopen(row.wire)
    result, known = _admit(site, row, arrived)
    now = site.clock()
    kept = False
    with site.database.write() as uow:
        original = ledgers.answer_to(uow, site, arrived.digest, now)
        if uploads.get(uow.connection, row.id) is None:  # another request has come first
            return _earlier(original)
        replica = _load(uow, site, arrived)
        refused = _refused(uow, site, replica, arrived, original, now)
        uploads.remove(uow.connection, row.id)
        if refused is None:
            keeping.own_record(uow, site, arrived, known, now)
            kept = result == STORED and keeping.bundle(uow, arrived, row.id, now)
            answer = original or answers.receipt(uow, site, replica, arrived, result, now)
    if not kept:
        lost.discard(site, row.id)
    if refused is not None:
        raise refused
    return Answered(answer.wire)


def _earlier(original: Statement | None) -> Answered:
    """What the request that came first was answered."""
    if original is None:
        raise uploading.unknown()
    if isinstance(original.body, Refusal):
        raise FinalRefusal(original.body.code, "This was refused before", original.wire)
    return Answered(original.wire)


def _check_clock(arrived: Statement, now: datetime) -> None:
    if instant(arrived.payload.at) > now + CLOCK_TOLERANCE:
        raise NotVerified(
            "clock-ahead", "This was stated in the future: check the clock", retryable=True
        )


def _load(uow: UnitOfWork, site: Site, arrived: Statement) -> Replica:
    """Our copy; for a handover that begins, we are on the other side of its first statement."""
    side: Side = "sender" if arrived.kind == "records_request" else "receiver"
    return ledgers.load(uow, site, arrived.handover, side, arrived.payload.recipient)


def _refused(
    uow: UnitOfWork,
    site: Site,
    replica: Replica,
    arrived: Statement,
    original: Statement | None,
    now: datetime,
) -> Conflict | Malformed | None:
    """The signed no, saved, if the ledger does not let the statement follow, or the one given
    before; an unsigned one for whose handover it is not, and for who was refused too often. Raises
    what may pass when tried again."""
    if original is not None and isinstance(original.body, Refusal):
        return FinalRefusal(original.body.code, "This was refused before", original.wire)
    if original is not None or replica.known(arrived.digest) is not None:
        return None
    if replica.view() is None and drafts.get(uow.connection, arrived.handover) is not None:
        return Conflict("handover-taken", "This id is another handover's: begin with a new one")
    try:
        copies.check_arrival(replica, arrived)
    except (Conflict, Malformed) as error:
        if error.retryable:
            raise
        if error.code == "not-a-party":
            return error
        refusal = answers.refuse(uow, site, replica, arrived, error.code, now)
        return FinalRefusal(error.code, error.detail, refusal.wire) if refusal else error
    return None


def _lacks_bundle(
    uow: UnitOfWork, replica: Replica, arrived: Statement, original: Statement | None
) -> bool:
    """Whether its bundle is to be uploaded: it is not here and was not found unusable before.
    After a restore, that of a known statement may be gone."""
    announced = arrived.payload.bundle
    if announced is None:
        return False
    if original is None and replica.known(arrived.digest) is None:
        return True
    if original is not None and getattr(original.body, "result", None) == "unusable":
        return False
    return bundles.get(uow.connection, announced.sha256) is None


def _admit(site: Site, row: UploadRow, arrived: Statement) -> tuple[dict[str, Any], Known]:
    """`stored`, or `unusable` with the code of the step that failed; and what its words say.

    Bytes that are not those announced are deleted, unless another request has concluded the upload
    meanwhile; what is over our own limits may be taken once they are raised.
    """
    try:
        opened = parcels.admit(site, arrived, row.id)
        known = keeping.known_of(arrived, opened) if arrived.kind in OPENERS else Known()
    except CaseHandoverError as error:
        if error.code in parcels.NOT_THE_ANNOUNCED:
            _begin_again(site, row)
            raise NotVerified(error.code, error.detail, retryable=True) from None
        if isinstance(error, TooLarge) or not isinstance(error, Malformed | NotVerified):
            raise Unavailable(error.code, error.detail) from None
        return {"result": "unusable", "code": error.code}, Known()
    return STORED, known


def _begin_again(site: Site, row: UploadRow) -> None:
    """End an upload that got other bytes, unless another request has concluded it meanwhile. The
    right ones come under another id: nobody who still holds the wrong ones can mistake them."""
    with site.database.write() as uow:
        uploads.remove(uow.connection, row.id)
    lost.discard(site, row.id)
