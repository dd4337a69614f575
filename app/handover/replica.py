"""One authority's copy of a ledger, and what it makes of what arrives. Pure.

The keeper's copy is the ledger. The other side's copy is always a prefix of it, and behind that
prefix stand its own statements that have no place yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.errors import Conflict, Malformed
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.ledger import (
    Entry,
    admit,
    check_answer,
    check_parties,
    confirmed_and_pending,
    extend,
    fold,
)
from app.handover.statement import Statement
from app.handover.view import HandoverView


@dataclass(frozen=True)
class Claims:
    """What a new statement of ours says of the ledger: its place if we keep the order, and the
    last entry we have seen."""

    place: int | None
    prev: str | None
    seen: str | None


@dataclass(frozen=True)
class Replica:
    """`entries` are the confirmed prefix; `pending` are own statements in order of issue;
    `receipts` are the keeper's for own ones whose place can't be reached yet; `refused` are own
    statements that it refused for good. `contradicted` are receipts of the keeper that its own
    chain does not bear out: they are kept as evidence, and hold nothing up."""

    me: str
    keeps_order: bool
    entries: tuple[Entry, ...] = ()
    pending: tuple[Statement, ...] = ()
    receipts: Mapping[str, Statement] = field(default_factory=dict)
    refused: Mapping[str, Statement] = field(default_factory=dict)
    contradicted: tuple[Statement, ...] = ()

    def view(self) -> HandoverView | None:
        """Confirmed entries and then own pending statements, as far as they follow."""
        return self._outlook[0]

    def counted(self) -> tuple[Statement, ...]:
        """The pending statements that `view` counts: those that still follow."""
        return tuple(self._outlook[1])

    def shown(self) -> "Replica":
        """This copy for people: a handover refused from its first statement on stays in
        sight, with its clocks, by what that said."""
        if self.view() is not None:
            return self
        return replace(self, pending=tuple(self.refused.values()))

    @cached_property
    def confirmed(self) -> HandoverView | None:
        """What the confirmed entries alone say."""
        return fold(self.entries)

    @cached_property
    def _outlook(self) -> tuple[HandoverView | None, list[Statement]]:
        return confirmed_and_pending(self.confirmed, self.pending)

    def claims(self) -> Claims:
        """What a statement issued now claims."""
        head = self.entries[-1].digest if self.entries else None
        if not self.keeps_order:
            return Claims(None, None, head)
        return Claims(len(self.entries) + 1, head, head)

    def known(self, digest: str) -> Entry | None:
        """The entry of a statement that has its place already: its repeat changes nothing."""
        return next((entry for entry in self.entries if entry.statement.digest == digest), None)


def issue(replica: Replica, statement: Statement) -> Replica:
    """The copy with a statement of our own, which must follow from all we know.

    Raises what `ledger.admit` raises.
    """
    if replica.keeps_order:
        return _extended(replica, Entry(statement))
    if statement.payload.place is not None:
        raise Conflict("ledger-keeper", "Only the keeper of the order gives a place")
    admit(replica.view(), statement)
    return replace(replica, pending=(*replica.pending, statement))


def check_arrival(replica: Replica, statement: Statement) -> None:
    """Whether the other side's statement may be receipted, before its bundle is fetched.

    Raises Conflict: `not-a-party`, `ledger-place` (retryable: earlier entries are still on their
    way), `ledger-fork` or `ledger-prev` (the keeper contradicts itself), `ledger-keeper`, or what
    `ledger.admit` raises.
    """
    if (view := replica.view()) is not None:
        check_parties(view, statement)
    placed = statement.payload.place
    if (placed is not None) == replica.keeps_order:
        raise Conflict("ledger-keeper", "Only the keeper of the order gives a place")
    if placed is None:
        admit(replica.confirmed, statement)
    else:
        _check_not_taken(replica, placed)
        _extended(replica, Entry(statement))


def place(replica: Replica, statement: Statement, receipt: Statement) -> Replica:
    """The keeper's copy with the other side's statement and our receipt, which gives its place.

    Raises what `ledger.extend` raises.
    """
    return _extended(replica, Entry(statement, receipt))


def follow(replica: Replica, statement: Statement) -> Replica:
    """The other side's copy with one more statement of the keeper, and all that it makes
    reachable. Raises what `check_arrival` raises."""
    check_arrival(replica, statement)
    return _absorbed(_extended(replica, Entry(statement)))


def confirm(replica: Replica, receipt: Statement) -> Replica:
    """The copy with the keeper's receipt for a statement of ours.

    Its place may lie beyond entries that are still on their way; it then waits. The same receipt
    again changes nothing. One for what the keeper had refused is taken as well: what has a place is
    in the ledger, whatever was said of it before. Raises Conflict (`receipt-unknown`,
    `ledger-receipt`, `ledger-keeper`, `ledger-fork`, `ledger-prev`).
    """
    assert isinstance(receipt.body, Receipt)
    of, placed = receipt.body.of, receipt.payload.place
    entry = replica.known(of)
    earlier = entry.receipt if entry else replica.receipts.get(of)
    if earlier is not None:
        if earlier.digest != receipt.digest:
            raise _fork()
        return replica
    said = _ours(replica, of)
    check_answer(said, receipt, Receipt)
    if placed is None:
        raise Conflict("ledger-keeper", "The keeper's receipt gives a place")
    _check_not_taken(replica, placed)
    if placed in {waits.payload.place for waits in replica.receipts.values()}:
        raise _fork()
    if placed == len(replica.entries) + 1:
        return _absorbed(_settled(replica, Entry(said, receipt)))
    return replace(replica, receipts={**replica.receipts, of: receipt})


def adopt(replica: Replica, entry: Entry) -> Replica:
    """The copy with the next entry as the other side holds it: what a restored copy has lost.

    Another receipt that waited for the same statement is contradicted. Raises what `ledger.extend`
    raises, and Conflict (`ledger-fork`) for another entry than the one that has its place here.
    """
    place = entry.placing.payload.place
    if place is not None and place <= len(replica.entries):
        if replica.entries[place - 1].digest == entry.digest:
            raise Conflict("ledger-repeat", "The ledger has this statement already")
        raise _fork()
    waited = replica.receipts.get(entry.statement.digest)
    other = waited is not None and waited.digest != entry.digest
    settled = _settled(replica, entry)
    if waited is not None and other:
        settled = replace(settled, contradicted=(*settled.contradicted, waited))
    return _absorbed(settled)


def withdraw(replica: Replica, refusal: Statement) -> Replica:
    """The copy without the pending statement that the keeper refused for good.

    Raises Conflict (`receipt-unknown`, `ledger-receipt`, `ledger-fork`).
    """
    assert isinstance(refusal.body, Refusal)
    refused = _pending(replica, refusal.body.of)
    check_answer(refused, refusal, Refusal)
    if refused.digest in replica.receipts:
        raise _fork()
    return replace(
        replica,
        pending=_without(replica, refused),
        refused={**replica.refused, refused.digest: refused},
    )


def _extended(replica: Replica, entry: Entry) -> Replica:
    if replica.known(entry.statement.digest) is not None:
        raise Conflict("ledger-repeat", "The ledger has this statement already")
    view = extend(replica.confirmed, entry)
    grown = replace(replica, entries=(*replica.entries, entry))
    vars(grown)["confirmed"] = view  # as `cached_property` would: spares folding all again
    return grown


def _settled(replica: Replica, entry: Entry) -> Replica:
    """The copy with the next entry, for which nothing of ours waits any more."""
    of = entry.statement.digest
    rest = replace(
        replica,
        pending=_without(replica, entry.statement),
        receipts={late: kept for late, kept in replica.receipts.items() if late != of},
        refused={late: kept for late, kept in replica.refused.items() if late != of},
    )
    vars(rest)["confirmed"] = replica.confirmed  # the entries are the same
    return _extended(rest, entry)


def _absorbed(replica: Replica) -> Replica:
    """Gives own statements their places, for as long as the next one is known. A receipt whose turn
    has come and that does not fit is set aside: its statement waits, and others go on."""
    for receipt in sorted(replica.receipts.values(), key=_place):
        assert isinstance(receipt.body, Receipt)
        if _place(receipt) > len(replica.entries) + 1:
            break
        said = _ours(replica, receipt.body.of)
        try:
            replica = _settled(replica, Entry(said, receipt))
        except (Conflict, Malformed):
            replica = _set_aside(replica, receipt)
    return replica


def _set_aside(replica: Replica, receipt: Statement) -> Replica:
    left = {of: kept for of, kept in replica.receipts.items() if kept is not receipt}
    aside = replace(replica, receipts=left, contradicted=(*replica.contradicted, receipt))
    vars(aside)["confirmed"] = replica.confirmed
    return aside


def _place(receipt: Statement) -> int:
    assert receipt.payload.place is not None
    return receipt.payload.place


def _ours(replica: Replica, digest: str) -> Statement:
    """A statement of ours without a place, also one that was refused."""
    said = replica.refused.get(digest)
    return said if said is not None else _pending(replica, digest)


def _pending(replica: Replica, digest: str) -> Statement:
    for statement in replica.pending:
        if statement.digest == digest:
            return statement
    raise Conflict("receipt-unknown", "This answers no statement of ours that waits")


def _without(replica: Replica, gone: Statement) -> tuple[Statement, ...]:
    return tuple(waits for waits in replica.pending if waits.digest != gone.digest)


def _check_not_taken(replica: Replica, place: int) -> None:
    if place <= len(replica.entries):
        raise _fork()


def _fork() -> Conflict:
    return Conflict("ledger-fork", "The keeper has said two different things; both are kept")
