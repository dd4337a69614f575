"""Delivering our statements: post, upload if asked to, and take the signed answer.

The post stands between two commits, never inside one. Success is a verified receipt and nothing
else; a signed refusal is final; everything else is tried again, and shown where people look.
"""

from datetime import datetime

from app.errors import Conflict, Malformed, NotFound, NotVerified, TooLarge
from app.flows import ledgers, restored
from app.flows.site import Site, directory_of
from app.handover import replica as copies
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.replica import Replica
from app.handover.statement import Statement, from_envelope, reopen
from app.handover.when import instant
from app.outside.peers import Refused
from app.store import bundles, statements
from app.store.unit_of_work import UnitOfWork
from app.trust.authority import CLOCK_TOLERANCE
from app.trust.envelope import verify_statement


def deliver(site: Site, digest: str) -> None:
    """Deliver one statement and save what the other side answered.

    Returns when there is nothing left to do. Raises a retryable error where trying again can help,
    and another where a person must look.
    """
    with site.database.read() as uow:
        row = statements.get(uow.connection, digest)
        if row is None or row.status == "cancelled" or _answered(uow, digest):
            return
        now = site.clock()
        restored.check(uow, site, row.recipient, row.handover, now)
        directory = directory_of(uow, site)
    peer = directory.current(row.recipient, now)
    if peer.endpoint is None:
        raise NotVerified("no-endpoint", "This authority is not reached by the service: ring them")
    with site.database.write() as uow:
        statement = ledgers.under_good_keys(uow, site, reopen(row.wire), now)
    try:
        wire = _post(site, peer.endpoint, statement)
    except Refused as refused:
        if refused.wire is None:
            raise
        wire = refused.wire
    save_answer(site, statement, wire)


def save_answer(site: Site, statement: Statement, wire: bytes) -> None:
    """Verify and keep a receipt or refusal for a statement of ours.

    Raises NotVerified, retryable, for what is no answer to it (`answer-not-for-this`, or the code
    of the step that failed: a proxy's page comes with a 200 as well). Raises Conflict where a
    person must look, after keeping the answer: one that contradicts the ledger is evidence, and a
    refusal of what we gave a place can't undo it.
    """
    now = site.clock()
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    try:
        answer = from_envelope(verify_statement(wire, directory, now, recipients=site.names))
    except (Malformed, NotVerified, TooLarge) as error:
        raise NotVerified(error.code, error.detail, retryable=True) from None
    _check_answer(statement, answer, now)
    with site.database.write() as uow:
        if statements.get(uow.connection, answer.digest) is not None:
            return
        replica = ledgers.load(uow, site, statement.handover)
        wrong = _keep(uow, site, replica, answer, now)
    if wrong is not None:
        raise wrong


def _keep(
    uow: UnitOfWork, site: Site, replica: Replica, answer: Statement, now: datetime
) -> Conflict | None:
    """Save the answer and what follows from it; returns what is wrong with it."""
    refusal = isinstance(answer.body, Refusal)
    if replica.keeps_order:
        if _answered(uow, answer.body.of):  # type: ignore[union-attr]
            ledgers.record(uow, site, answer, "evidence", now)
            return Conflict("ledger-fork", "The other side has given two answers; both are kept")
        ledgers.record(uow, site, answer, answer.kind, now)
        detail = "The other authority does not take a statement that has its place: ring them"
        return Conflict("peer-refused", detail) if refusal else None
    try:
        changed = (copies.withdraw if refusal else copies.confirm)(replica, answer)
    except Conflict as error:
        if error.retryable:
            raise
        ledgers.record(uow, site, answer, "evidence", now)
        return error
    if refusal:
        ledgers.record(uow, site, answer, "refusal", now)
    ledgers.save(uow, site, replica, changed, now)
    return None


def _post(site: Site, endpoint: str, statement: Statement) -> bytes:
    answer = site.peers.post_statement(endpoint, statement.wire)
    if answer.upload is not None and statement.payload.bundle is not None:
        with site.database.read() as uow:
            row = bundles.get(uow.connection, statement.payload.bundle.sha256)
        if row is None:
            raise NotFound("papers-lost", "The sealed papers of this are not here any more")
        with site.blobs.reader(row.blob) as sealed:
            return site.peers.upload(answer.upload, row.size, sealed.read_at)
    if answer.wire is None:
        raise NotVerified("peer-protocol", "The other side asks for a bundle that there is not")
    return answer.wire


def _check_answer(statement: Statement, answer: Statement, now: datetime) -> None:
    if instant(answer.payload.at) > now + CLOCK_TOLERANCE:
        raise NotVerified("clock-ahead", "This was stated in the future", retryable=True)
    mine, theirs = statement.payload, answer.payload
    right = (
        isinstance(answer.body, Receipt | Refusal)
        and answer.body.of == statement.digest
        and theirs.handover == mine.handover
        and (theirs.sender, theirs.recipient) == (mine.recipient, mine.sender)
    )
    if not right:
        raise NotVerified(
            "answer-not-for-this", "The other side's answer is for something else", retryable=True
        )


def _answered(uow: UnitOfWork, digest: str) -> bool:
    rows = statements.speaking_of(uow.connection, digest)
    return any(row.direction == "in" and row.status != "evidence" for row in rows)
