"""Synchronising a ledger: what one side lacks, the other side has.

`answer` serves it; `pull` asks for it, and takes what follows once it is judged (`flows.judging`).
Bundles are not among it.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.crypto.ids import new_id
from app.crypto.strictjson import JsonValue
from app.errors import Conflict, Malformed, NotFound, NotVerified
from app.flows import ledgers, restored
from app.flows.judging import judged, named
from app.flows.site import Site, directory_of
from app.handover import replica as copies
from app.handover.bodies.machine import Receipt, Sync
from app.handover.codes import Side
from app.handover.ledger import Entry
from app.handover.replica import Replica
from app.handover.statement import VERSION, Statement, from_envelope, reopen
from app.handover.when import instant, stamp
from app.store import handovers, nonces, own_records, statements
from app.store.nonces import NonceRow
from app.store.statements import StatementRow
from app.store.unit_of_work import UnitOfWork
from app.trust.authority import Authority
from app.trust.envelope import sign_statement, verify_statement

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
MAX_ENTRIES = 200
MAX_HANDOVERS = 100
MOST_HANDOVERS = 100_000
"""That another authority can have us look at."""


def answer(site: Site, wire: bytes) -> list[bytes]:
    """What the asking authority lacks, as wire statements.

    Raises as `asked`, and Conflict (`sync-ahead`) where it holds more than we: then we have lost
    something, and ask in our turn.
    """
    now = site.clock()
    told = asked(site, wire, now)
    if told.body.bundle is not None:
        raise Malformed("sync-form", "A bundle is asked for where bundles are")
    try:
        with site.database.write() as uow:
            told.use(uow, site, now)
            if told.handover is None:
                names = directory_of(uow, site).names_of(told.authority, now)
                return _first_statements(uow, site, names, told.body.after or "", now)
            return _lacking(uow, site, told.handover, told.body.have or 0, now)
    except Conflict as error:
        if error.code == "sync-ahead" and told.handover is not None:
            with site.database.write() as uow:
                restored.catch_up(uow, told.authority.identifier, told.handover, now)
        raise


@dataclass(frozen=True)
class Question:
    """What an authority asks, signed by it. `handover` None: which there are."""

    authority: Authority
    sender: str
    handover: str | None
    body: Sync

    def use(self, uow: UnitOfWork, site: Site, now: datetime) -> None:
        """Once, and by a party of the handover. Raises Conflict (`nonce-used`), NotFound
        (`no-such-handover`)."""
        nonces.use(uow.connection, NonceRow(self.sender, self.body.nonce, now))
        if self.handover is not None:
            row = handovers.get(uow.connection, self.handover)
            directory = directory_of(uow, site)
            if row is None or not directory.speaks_for(self.authority, row.peer, now):
                raise NotFound("no-such-handover", "There is no such handover between us")


def asked(site: Site, wire: bytes, now: datetime) -> Question:
    """A question that proves itself and is fresh; it is still to be used.

    Raises NotVerified (`sync-stale`), Malformed (`sync-form`), Unavailable (`rate-limited`).
    """
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    envelope = verify_statement(wire, directory, now, recipients=site.names)
    authority = envelope.authority
    site.rates.charge(authority.identifier, site.settings.peer_rate, now)
    said = from_envelope(envelope)
    if not isinstance(said.body, Sync):
        raise Malformed("sync-form", "Only a sync statement is answered here")
    if abs(instant(said.payload.at) - now) > TOLERANCE:
        raise NotVerified("sync-stale", "A sync is good for five minutes: sign a new one")
    handover = said.payload.handover
    if handover is not None:
        with site.database.read() as uow:
            ledgers.charge(uow, site, authority.identifier, handover, now)
    return Question(authority, said.payload.sender, handover, said.body)


def pull(site: Site, peer: str, handover: str) -> int:
    """Ask for all that we lack of one handover, and take it; returns how many entries came.

    Raises what the peers and the verification raise; what came before an error is kept.
    """
    taken = 0
    while True:
        came = _pull_page(site, peer, handover)
        taken += came
        if came < MAX_ENTRIES:
            return taken


def handovers_with(site: Site, peer: str) -> list[str]:
    """The ids of every handover that the other side says there is between us."""
    found: list[str] = []
    while True:
        wires = _ask(site, peer, None, {"after": found[-1]} if found else {})
        with site.database.read() as uow:
            page = named(uow, site, peer, wires)
        in_order = [*found[-1:], *page]
        if in_order != sorted(set(in_order)) or len(found) > MOST_HANDOVERS:
            raise NotVerified("sync-order", "The answer does not list handovers in their order")
        found += page
        if len(page) < MAX_HANDOVERS:
            return found


def _pull_page(site: Site, peer: str, handover: str) -> int:
    now = site.clock()
    with site.database.read() as uow:
        have = len(ledgers.load(uow, site, handover).entries)
    wires = _ask(site, peer, handover, {"have": have})
    with site.database.read() as uow:
        came = judged(uow, site, peer, wires)
    if any(statement.payload.handover != handover for statement in came):
        raise NotVerified("sync-other-handover", "The answer speaks of another handover")
    receipts = {one.body.of: one for one in came if isinstance(one.body, Receipt)}
    wrong: Conflict | Malformed | None = None
    with site.database.write() as uow:
        replica = ledgers.load(uow, site, handover, *_side(site, came))
        changed = replica
        for statement in came:
            try:
                changed = _taken(changed, statement, receipts.get(statement.digest))
            except (Conflict, Malformed) as error:
                wrong = error
                _keep_evidence(uow, site, statement, receipts.get(statement.digest), now)
                break
        if changed.entries:
            own_records.put(uow.connection, ledgers.own_record(uow, site, handover))
        _notice_loss(uow, site, came, now)
        ledgers.save(uow, site, replica, changed, now)
    if wrong is not None:
        raise wrong
    return len(changed.entries) - len(replica.entries)


def _notice_loss(uow: UnitOfWork, site: Site, came: list[Statement], now: datetime) -> None:
    """What we have signed, nobody can know and we not: this database was put back, by whomever. It
    is held from here on like one that was restored."""
    ours = (one for one in came if one.payload.sender in site.names)
    lost = any(statements.get(uow.connection, one.digest) is None for one in ours)
    if lost and restored.since(uow) is None:
        log.warning("this database was put back to an earlier time")
        restored.begin(uow, now)
        restored.look_for(uow, site, now)


def _keep_evidence(
    uow: UnitOfWork, site: Site, statement: Statement, receipt: Statement | None, now: datetime
) -> None:
    """What the other side says of the ledger does not go with what we hold: both are kept."""
    ledgers.record_once(uow, site, statement, "evidence", now)
    if receipt is not None:
        ledgers.record_once(uow, site, receipt, "evidence", now)


def _side(site: Site, came: list[Statement]) -> tuple[Side | None, str | None]:
    """Ours, and our name, from the first statement of a handover of which we hold nothing."""
    if not came:
        return None, None
    payload = came[0].payload
    opened_by_us = payload.sender in site.names
    sending = opened_by_us != (came[0].kind == "records_request")
    us = payload.sender if opened_by_us else payload.recipient
    return "sender" if sending else "receiver", us


def _taken(replica: Replica, statement: Statement, receipt: Statement | None) -> Replica:
    """The copy with one statement more, if it is an entry that comes next. What has its place here
    already is passed over, unless it says something else."""
    if isinstance(statement.body, Receipt):
        return replica
    entry = Entry(statement, receipt)
    place = entry.placing.payload.place
    if place is None or place > len(replica.entries) + 1:
        return replica
    if place <= len(replica.entries) and replica.entries[place - 1].digest == entry.digest:
        return replica
    if not replica.entries and entry.placing.payload.sender != _receiver(statement):
        raise Conflict("ledger-keeper", "The receiving authority keeps the order on this route")
    return copies.adopt(replica, entry)


def _receiver(first: Statement) -> str:
    """The receiving authority of a handover, by its first statement."""
    payload = first.payload
    return payload.sender if first.kind == "records_request" else payload.recipient


def _ask(site: Site, peer: str, handover: str | None, body: dict[str, JsonValue]) -> list[bytes]:
    endpoint, wire = question(site, peer, handover, body)
    return site.peers.sync(endpoint, wire)


def question(
    site: Site, peer: str, handover: str | None, body: dict[str, JsonValue]
) -> tuple[str, bytes]:
    """Where to ask, and a `sync` with a nonce of its own. Raises NotVerified (`no-endpoint`)."""
    now = site.clock()
    with site.database.read() as uow:
        found = directory_of(uow, site).current(peer, now)
    if found.endpoint is None:
        raise NotVerified("no-endpoint", "This authority is not reached by the service: ring them")
    payload: dict[str, JsonValue] = {
        "v": VERSION,
        "kind": "sync",
        "from": site.authority,
        "to": peer,
        "at": stamp(now),
        "effective": stamp(now),
        "body": {"nonce": new_id(), **body},
    }
    if handover is not None:
        payload["handover"] = handover
    return found.endpoint, sign_statement(payload, site.keyring, now).wire


def _first_statements(
    uow: UnitOfWork, site: Site, peers: frozenset[str], after: str, now: datetime
) -> list[bytes]:
    ids = handovers.with_peer(uow.connection, peers, after, MAX_HANDOVERS)
    return [_told(uow, site, reopen(_first(uow, one).wire), peers, now) for one in ids]


def _told(
    uow: UnitOfWork, site: Site, said: Statement, asking: Collection[str], now: datetime
) -> bytes:
    """A statement for the authority that asks: what is not its own under keys that count."""
    if said.payload.sender in asking:
        return said.wire
    return ledgers.under_good_keys(uow, site, said, now).wire


def _first(uow: UnitOfWork, handover: str) -> StatementRow:
    """What is in the index has an entry, or a statement of ours that waits to be one, or that was
    refused."""
    if placed := statements.at_place(uow.connection, handover, 1):
        return placed
    waiting = statements.with_status(uow.connection, handover, "pending")
    return [*waiting, *statements.with_status(uow.connection, handover, "cancelled")][0]


def _lacking(uow: UnitOfWork, site: Site, handover: str, have: int, now: datetime) -> list[bytes]:
    replica = ledgers.load(uow, site, handover)
    if have > len(replica.entries) and replica.keeps_order:
        raise Conflict("sync-ahead", "You hold more than we do: we will ask you", retryable=True)
    found: list[Statement] = []
    for entry in replica.entries[have : have + MAX_ENTRIES]:
        found += filter(None, (entry.statement, entry.receipt))
    theirs = {name for one in found for name in _parties(one)} - site.names
    return [_told(uow, site, one, theirs, now) for one in (*found, *replica.pending)]


def _parties(statement: Statement) -> tuple[str, str]:
    return statement.payload.sender, statement.payload.recipient
