"""One authority's copy of a ledger, and what it makes of what arrives. Pure.

The keeper's copy is the ledger. The other side's copy is always a prefix of it, and behind that
prefix stand its own statements that have no place yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.errors import Conflict
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.ledger import (
    Entry,
    admit,
    check_answer,
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
    `receipts` are the keeper's for pending ones whose place can't be reached yet."""

    me: str
    keeps_order: bool
    entries: tuple[Entry, ...] = ()
    pending: tuple[Statement, ...] = ()
    receipts: Mapping[str, Statement] = field(default_factory=dict)

    def view(self) -> HandoverView | None:
        """Confirmed entries and then own pending statements, as far as they follow."""
        return self._outlook[0]

    def counted(self) -> tuple[Statement, ...]:
        """The pending statements that `view` counts: those that still follow."""
        return tuple(self._outlook[1])

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

    Raises Conflict: `ledger-place` (retryable: earlier entries are still on their way),
    `ledger-fork` or `ledger-prev` (the keeper contradicts itself), `ledger-keeper`, or what
    `ledger.admit` raises.
    """
    placed = statement.payload.place
    if (placed is not None) == replica.keeps_order:
        raise Conflict("ledger-keeper", "Only the keeper of the order gives a place")
    if placed is None:
        admit(replica.confirmed, statement)
    else:
        _check_free(replica, placed)
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
    """The copy with the keeper's receipt for a pending statement of ours.

    Its place may lie beyond entries that are still on their way; it then waits. The same receipt
    again changes nothing. Raises Conflict (`receipt-unknown`, `ledger-receipt`, `ledger-keeper`,
    `ledger-fork`, `ledger-prev`).
    """
    assert isinstance(receipt.body, Receipt)
    of, placed = receipt.body.of, receipt.payload.place
    entry = replica.known(of)
    earlier = entry.receipt if entry else replica.receipts.get(of)
    if earlier is not None:
        if earlier.digest != receipt.digest:
            raise _fork()
        return replica
    check_answer(_pending(replica, of), receipt, Receipt)
    if placed is None:
        raise Conflict("ledger-keeper", "The keeper's receipt gives a place")
    _check_free(replica, placed)
    return _absorbed(replace(replica, receipts={**replica.receipts, of: receipt}))


def adopt(replica: Replica, entry: Entry) -> Replica:
    """The copy with the next entry as the other side holds it: what a restored copy has lost.

    Raises what `ledger.extend` raises, and Conflict (`ledger-fork`).
    """
    receipts = dict(replica.receipts)
    earlier = receipts.pop(entry.statement.digest, entry.receipt)
    if earlier is not None and earlier.digest != entry.digest:
        raise _fork()
    extended = replace(_extended(replica, entry), receipts=receipts)
    return _absorbed(replace(extended, pending=_without(replica, entry.statement)))


def withdraw(replica: Replica, refusal: Statement) -> Replica:
    """The copy without the pending statement that the keeper refused for good.

    Raises Conflict (`receipt-unknown`, `ledger-receipt`, `ledger-fork`).
    """
    assert isinstance(refusal.body, Refusal)
    refused = _pending(replica, refusal.body.of)
    check_answer(refused, refusal, Refusal)
    if refused.digest in replica.receipts:
        raise _fork()
    return replace(replica, pending=_without(replica, refused))


def _extended(replica: Replica, entry: Entry) -> Replica:
    if replica.known(entry.statement.digest) is not None:
        raise Conflict("ledger-repeat", "The ledger has this statement already")
    view = extend(replica.confirmed, entry)
    grown = replace(replica, entries=(*replica.entries, entry))
    vars(grown)["confirmed"] = view  # as `cached_property` would: spares folding all again
    return grown


def _absorbed(replica: Replica) -> Replica:
    """Gives pending statements their places, for as long as the next one is known."""
    places = {receipt.payload.place: of for of, receipt in replica.receipts.items()}
    while of := places.get(len(replica.entries) + 1):
        statement, receipt = _pending(replica, of), replica.receipts[of]
        rest = replace(
            replica,
            pending=_without(replica, statement),
            receipts={late: kept for late, kept in replica.receipts.items() if late != of},
        )
        replica = _extended(rest, Entry(statement, receipt))
    return replica


def _pending(replica: Replica, digest: str) -> Statement:
    for statement in replica.pending:
        if statement.digest == digest:
            return statement
    raise Conflict("receipt-unknown", "This answers no statement of ours that waits")


def _without(replica: Replica, gone: Statement) -> tuple[Statement, ...]:
    return tuple(waits for waits in replica.pending if waits.digest != gone.digest)


def _check_free(replica: Replica, place: int) -> None:
    taken = {receipt.payload.place for receipt in replica.receipts.values()}
    if place <= len(replica.entries) or place in taken:
        raise _fork()


def _fork() -> Conflict:
    return Conflict("ledger-fork", "The keeper has said two different things; both are kept")
