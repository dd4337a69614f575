"""Sealed papers that one side has lost: the other side has them.

Each bundle is sealed to who was sent it and to the archive of who made it, so either can open what
the other one gives back, and nobody else can. It comes piece by piece, each asked for by a signed
`sync`; what has come is kept, and all of it is verified as on its first arrival.
"""

from datetime import timedelta

from app.crypto.ids import digest as digest_of
from app.crypto.ids import new_id
from app.crypto.strictjson import JsonValue
from app.errors import (
    CaseHandoverError,
    Conflict,
    Malformed,
    NotFound,
    NotVerified,
    TooLarge,
    Unavailable,
)
from app.flows import keeping, ledgers, lost, parcels, room, sync
from app.flows.keeping import Known, known_of
from app.flows.site import Site
from app.handover.bodies.machine import Receipt
from app.handover.replica import Replica
from app.handover.statement import OPENERS, Statement, reopen
from app.store import bundles, jobs, statements, uploads
from app.store.unit_of_work import UnitOfWork
from app.store.uploads import UploadRow

PIECE = 4 * 2**20
"""The most that one answer carries."""
KIND = "papers"
"""Of the jobs: one for each bundle that is lacking."""


def answer(site: Site, wire: bytes) -> bytes:
    """Bytes of a sealed bundle of a handover between the two, from the offset that is asked for;
    none at its end.

    Raises as `sync.asked` and `Question.use`, and NotFound (`no-such-bundle`).
    """
    now = site.clock()
    told = sync.asked(site, wire, now)
    wanted, offset = told.body.bundle, told.body.offset
    if told.handover is None or wanted is None or offset is None:
        raise Malformed("sync-form", "Name a handover, one of its bundles, and from where on")
    with site.database.write() as uow:
        told.use(uow, site, now)
        row = bundles.get(uow.connection, wanted)
        if row is None or not statements.announcing(uow.connection, told.handover, wanted):
            raise _not_here()
    try:
        with site.blobs.reader(row.blob) as sealed:
            return sealed.read_at(offset, PIECE)
    except (NotFound, NotVerified):  # a row without its file, or with half of it
        raise _not_here() from None


def look_for(uow: UnitOfWork, site: Site, authority: str, handover: str) -> int:
    """Queue asking for each bundle that is announced in a ledger and not here; returns how many."""
    replica = ledgers.load(uow, site, handover)
    lacking = [one for one in _announcing(replica) if _is_lacking(uow, one)]
    for one in lacking:
        jobs.enqueue(
            uow.connection,
            kind=KIND,
            lane=f"{KIND}:{handover}",
            key=f"{KIND}:{one.digest}",
            payload={"authority": authority, "statement": one.digest},
            due_at=site.clock(),
            share=f"{KIND}:{authority}",
        )
    return len(lacking)


def lacking(uow: UnitOfWork) -> int:
    """How many bundles are asked for, or were without success."""
    return len(jobs.of_kind(uow.connection, KIND))


def fetch(site: Site, authority: str, digest: str) -> None:
    """Get the bundle of a statement back. Nothing happens if it is here.

    Raises what the peers raise, Unavailable (`storage-low`), NotVerified (`bundle-digest`,
    retryable: what came is not it, and is deleted), and for good where it can't be used.
    """
    with site.database.read() as uow:
        row = statements.get(uow.connection, digest)
        if row is None or row.bundle is None or not _is_lacking(uow, said := reopen(row.wire)):
            return
    upload = _upload(site, said)
    while (at := site.blobs.length(upload.id)) < upload.size:
        room.keep(site, min(PIECE, upload.size - at))
        body: dict[str, JsonValue] = {"bundle": row.bundle, "offset": at}
        endpoint, wire = sync.question(site, authority, row.handover, body)
        piece = site.peers.bundle(endpoint, wire, PIECE)
        if not 0 < len(piece) <= upload.size - at:
            raise NotVerified("peer-protocol", "Not as much came as was asked for", retryable=True)
        try:
            site.blobs.append(upload.id, at, piece)
        except Conflict as error:  # it is delivered again meanwhile
            raise Conflict("upload-offset", error.detail, retryable=True) from None
    _keep(site, said, upload, _admitted(site, said, upload))


def _upload(site: Site, said: Statement) -> UploadRow:
    """Where the bytes go: as if the statement waited for them, so that they are found again, and go
    if nobody does."""
    now = site.clock()
    size = parcels.announced(said).size
    with site.database.write() as uow:
        begun = uploads.for_statement(uow.connection, said.digest)
        if begun is None:
            room.check(site, uow, size)
        else:
            uploads.remove(uow.connection, begun.id)
        row = UploadRow(
            id=begun.id if begun else new_id(),
            secret_hash=digest_of(new_id().encode()),
            statement=said.digest,
            wire=said.wire,
            peer=site.authority,
            size=size,
            created_at=now,
            expires_at=now + timedelta(hours=site.settings.upload_hours),
        )
        uploads.insert(uow.connection, row)
    return row


def _keep(site: Site, said: Statement, upload: UploadRow, known: Known) -> None:
    now = site.clock()
    with site.database.write() as uow:
        if uploads.get(uow.connection, upload.id) is None:
            return  # it was delivered again meanwhile
        uploads.remove(uow.connection, upload.id)
        keeping.own_record(uow, site, said, known, now)
        keeping.bundle(uow, said, upload.id, now)
        ledgers.touch(uow, site, said.handover, now)
    lost.discard(site, upload.id)  # unless it is kept


def _not_here() -> NotFound:
    return NotFound("no-such-bundle", "This bundle is not held here")


def _admitted(site: Site, said: Statement, upload: UploadRow) -> Known:
    """What its words say, once all of it is verified."""
    try:
        opened = parcels.admit(site, said, upload.id)
        return known_of(said, opened) if said.kind in OPENERS else Known()
    except CaseHandoverError as error:
        if isinstance(error, TooLarge) or not isinstance(error, Malformed | NotVerified):
            raise Unavailable(error.code, error.detail) from None
        with site.database.write() as uow:
            uploads.remove(uow.connection, upload.id)
        lost.discard(site, upload.id)
        again = error.code in parcels.NOT_THE_ANNOUNCED
        raise NotVerified(error.code, error.detail, retryable=again) from None


def _announcing(replica: Replica) -> list[Statement]:
    """The entries that have a bundle which could be used."""
    return [
        entry.statement
        for entry in replica.entries
        if entry.statement.payload.bundle is not None and entry.result != "unusable"
    ]


def _is_lacking(uow: UnitOfWork, said: Statement) -> bool:
    """It is not here, and we have not told the other side that it is of no use."""
    if bundles.get(uow.connection, parcels.announced(said).sha256) is not None:
        return False
    told = [reopen(row.wire).body for row in statements.speaking_of(uow.connection, said.digest)]
    return not any(isinstance(body, Receipt) and body.result == "unusable" for body in told)
