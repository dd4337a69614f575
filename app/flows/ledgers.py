"""Loading and saving one authority's copy of a ledger: its statements, byte for byte."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from app.flows import project, rates
from app.flows.site import Site, directory_of
from app.handover.codes import Side
from app.handover.ledger import Entry, keeper
from app.handover.replica import Replica
from app.handover.statement import Statement, reopen
from app.store import handovers, own_records, statements
from app.store.own_records import OwnRecordRow
from app.store.statements import StatementRow
from app.store.unit_of_work import UnitOfWork
from app.trust.envelope import sign_again


def load(
    uow: UnitOfWork, site: Site, handover: str, side: Side | None = None, us: str | None = None
) -> Replica:
    """Our copy of a handover's ledger. Where the handover has not begun here, `side` is ours (the
    receiver keeps the order of a new one) and `us` our name in it, the present one if None."""
    return _replica(site, statements.held(uow.connection, handover), side, us)


def load_each(
    uow: UnitOfWork, site: Site, handovers: Collection[str]
) -> Iterator[tuple[str, Replica]]:
    """Our copies of several that have begun, by one question, one after the other."""
    for handover, rows in statements.held_of_each(uow.connection, handovers):
        yield handover, _replica(site, rows, None, None)


def _replica(site: Site, rows: list[StatementRow], side: Side | None, us: str | None) -> Replica:
    answers = [row for row in rows if row.status == "receipt"]
    by_digest = {row.digest: reopen(row.wire) for row in answers}
    placed = sorted((row for row in rows if row.status == "entry"), key=lambda row: row.place or 0)
    entries = tuple(_entry(row, by_digest) for row in placed)
    pending = tuple(reopen(row.wire) for row in rows if row.status == "pending")
    refused = {row.digest: reopen(row.wire) for row in rows if row.status == "cancelled"}
    own = {statement.digest for statement in pending} | refused.keys()
    receipts = {row.of: by_digest[row.digest] for row in answers if row.of in own}
    begun_here = side == "receiver" and not pending  # a keeper's statements never wait
    keeps = keeper(entries) in site.names if entries else begun_here
    first = [*(entry.statement for entry in entries[:1]), *pending][:1]
    me = _our_name(site, first[0]) if first else us or site.authority
    return Replica(me, keeps, entries, pending, receipts, refused)


def charge(uow: UnitOfWork, site: Site, authority: str, handover: str, now: datetime) -> None:
    """Before a ledger is read, charge whoever asks for what that costs if it is a long one; less
    than a minute's rate in any case. Raises Unavailable (`rate-limited`)."""
    row = handovers.get(uow.connection, handover)
    if row is not None:
        cost = min(row.length // rates.LONG, site.settings.peer_rate - 1)
        site.rates.charge(authority, site.settings.peer_rate, now, cost)


def party(uow: UnitOfWork, site: Site, handover: str) -> str:
    """The name under which we are a party of a handover; our present one for a new handover."""
    row = statements.at_place(uow.connection, handover, 1)
    first = [row] if row else statements.with_status(uow.connection, handover, "pending")
    return _our_name(site, reopen(first[0].wire)) if first else site.authority


def _our_name(site: Site, first: Statement) -> str:
    payload = first.payload
    return payload.sender if payload.sender in site.names else payload.recipient


def save(uow: UnitOfWork, site: Site, old: Replica, new: Replica, now: datetime) -> None:
    """Write what `new` has beyond `old`, and the index that follows from it, in this commit."""
    waited = {statement.digest for statement in old.pending}
    for entry in new.entries[len(old.entries) :]:
        _save_entry(uow, site, entry, old, now)
    for statement in new.pending:
        if statement.digest not in waited:
            record(uow, site, statement, "pending", now)
    kept = {statement.digest for statement in new.pending}
    kept |= {entry.statement.digest for entry in new.entries}
    for digest in waited - kept:
        statements.set_status(uow.connection, digest, "cancelled")
    for receipt in new.receipts.values():
        record_once(uow, site, receipt, "receipt", now)
    for receipt in new.contradicted:
        statements.set_aside(uow.connection, receipt.digest)
    project.project(uow, new, now)


def touch(uow: UnitOfWork, site: Site, handover: str, now: datetime) -> None:
    """Write the index of a handover anew, because something beside the ledger has changed."""
    project.project(uow, load(uow, site, handover), now)


def _save_entry(uow: UnitOfWork, site: Site, entry: Entry, old: Replica, now: datetime) -> None:
    """One place more. What is stored already, as pending, refused or evidence, gets it; a refusal
    that the keeper thereby contradicts is evidence from now on."""
    said, receipt = entry.statement, entry.receipt
    if receipt is not None and not record_once(uow, site, receipt, "receipt", now):
        statements.take_back(uow.connection, receipt.digest, said.digest)
    if not record_once(uow, site, said, "entry", now, entry):
        statements.give_place(uow.connection, said.digest, entry.place, entry.digest)
    if said.digest in old.refused:
        for row in statements.speaking_of(uow.connection, said.digest):
            if row.status == "refusal":
                statements.set_aside(uow.connection, row.digest)


def record(
    uow: UnitOfWork,
    site: Site,
    statement: Statement,
    status: str,
    now: datetime,
    entry: Entry | None = None,
) -> None:
    """One statement as a row, which must be new. `status` as the table has it."""
    statements.insert(uow.connection, _row(uow, site, statement, status, now, entry))


def record_once(
    uow: UnitOfWork,
    site: Site,
    statement: Statement,
    status: str,
    now: datetime,
    entry: Entry | None = None,
) -> bool:
    """As `record`, for what may be stored already, such as a receipt whose place was out of reach;
    whether it was new."""
    row = _row(uow, site, statement, status, now, entry)
    return statements.insert_if_absent(uow.connection, row)


def _row(
    uow: UnitOfWork,
    site: Site,
    statement: Statement,
    status: str,
    now: datetime,
    entry: Entry | None,
) -> StatementRow:
    payload = statement.payload
    return StatementRow(
        digest=statement.digest,
        handover=statement.handover,
        kind=statement.kind,
        sender=payload.sender,
        recipient=payload.recipient,
        direction="out" if payload.sender in site.names else "in",
        wire=statement.wire,
        at=payload.at,
        effective=payload.effective,
        received_at=now,
        recorded_at=(
            _after_those_waiting(uow, statement.handover, now) if status == "pending" else now
        ),
        place=entry.place if entry else None,
        entry=entry.digest if entry else None,
        of=getattr(statement.body, "of", None) if status in ("receipt", "refusal") else None,
        bundle=payload.bundle.sha256 if payload.bundle else None,
        status=status,
    )


def own_record(uow: UnitOfWork, site: Site, handover: str) -> OwnRecordRow:
    """What only we know of a handover; one that is new here belongs to the receiving team."""
    known = own_records.get(uow.connection, handover)
    return known or OwnRecordRow(handover, None, site.settings.receiving_team, None, None)


def answer_to(uow: UnitOfWork, site: Site, digest: str, now: datetime) -> Statement | None:
    """Our receipt or refusal for a statement of the other side, if we have given one."""
    for row in statements.speaking_of(uow.connection, digest):
        if row.direction == "out" and row.status in ("receipt", "refusal"):
            return under_good_keys(uow, site, reopen(row.wire), now)
    return None


def under_good_keys(uow: UnitOfWork, site: Site, ours: Statement, now: datetime) -> Statement:
    """A statement of ours as the other side takes it. Where its keys were taken back before it
    arrived, it is signed again, once: what was said must not be lost with a key."""
    wire = sign_again(ours.wire, site.keyring, directory_of(uow, site), now)
    if wire == ours.wire:
        return ours
    statements.sign_again(uow.connection, ours.digest, wire)
    return reopen(wire)


def _entry(row: StatementRow, by_digest: dict[str, Statement]) -> Entry:
    receipt = None if row.entry in (None, row.digest) else by_digest[row.entry]
    return Entry(reopen(row.wire), receipt)


def _after_those_waiting(uow: UnitOfWork, handover: str, now: datetime) -> datetime:
    """Statements that wait for a place are kept in the order of their issue, also if the clock
    stands still or is put back."""
    waiting = statements.with_status(uow.connection, handover, "pending")
    return max([now, *(row.recorded_at + timedelta(microseconds=1) for row in waiting)])
