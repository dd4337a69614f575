"""One authority's copy of a ledger, and what it makes of what arrives. Pure.

The keeper's copy is the ledger. The other side's copy is always a prefix of it, and behind that
prefix stand its own statements that have no place yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.errors import Conflict
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.ledger import Entry, admit, confirmed_and_pending, extend, fold
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
        return confirmed_and_pending(self.entries, self.pending)[0]

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
    admit(replica.view(), statement)
    return replace(replica, pending=(*replica.pending, statement))


def check_arrival(replica: Replica, statement: Statement) -> None:
    """Whether the other side's statement may be receipted, before its bundle is fetched.

    Raises Conflict: `ledger-place` (retryable: earlier entries are still on their way),
    `ledger-fork` (two statements for one place), `ledger-keeper`, or what `ledger.admit` raises.
    """
    placed = statement.payload.place
    if (placed is not None) == replica.keeps_order:
        raise Conflict("ledger-keeper", "Only the keeper of the order gives a place")
    if placed is not None:
        if placed <= len(replica.entries):
            raise Conflict("ledger-fork", "Another statement has this place; both are kept")
        _extended(replica, Entry(statement))
    else:
        admit(fold(replica.entries), statement)


def place(replica: Replica, statement: Statement, receipt: Statement) -> Replica:
    """The keeper's copy with the other side's statement and our receipt, which gives its place."""
    return _extended(replica, Entry(statement, receipt))


def follow(replica: Replica, statement: Statement) -> Replica:
    """The other side's copy with one more statement of the keeper, and all that it makes
    reachable. Raises what `check_arrival` raises."""
    check_arrival(replica, statement)
    return _absorbed(_extended(replica, Entry(statement)))


def confirm(replica: Replica, receipt: Statement) -> Replica:
    """The copy with the keeper's receipt for a pending statement of ours.

    Its place may lie beyond entries that are still on their way; it then waits. Raises Conflict
    (`receipt-unknown`, `ledger-fork`).
    """
    assert isinstance(receipt.body, Receipt)
    of = receipt.body.of
    if of not in {statement.digest for statement in replica.pending}:
        raise Conflict("receipt-unknown", "The receipt is for no statement of ours that waits")
    if receipt.payload.place is None or receipt.payload.place <= len(replica.entries):
        raise Conflict("ledger-fork", "Another statement has this place; both are kept")
    return _absorbed(replace(replica, receipts={**replica.receipts, of: receipt}))


def withdraw(replica: Replica, refusal: Statement) -> Replica:
    """The copy without the pending statement that the keeper refused for good."""
    assert isinstance(refusal.body, Refusal)
    of = refusal.body.of
    pending = tuple(statement for statement in replica.pending if statement.digest != of)
    if len(pending) == len(replica.pending):
        raise Conflict("receipt-unknown", "The refusal is for no statement of ours that waits")
    return replace(replica, pending=pending)


def _extended(replica: Replica, entry: Entry) -> Replica:
    extend(fold(replica.entries), entry)
    return replace(replica, entries=(*replica.entries, entry))


def _absorbed(replica: Replica) -> Replica:
    """Gives pending statements their places, for as long as the next one is known."""
    waiting = {statement.digest: statement for statement in replica.pending}
    for of, receipt in replica.receipts.items():
        if receipt.payload.place == len(replica.entries) + 1 and of in waiting:
            placed = _extended(replica, Entry(waiting.pop(of), receipt))
            left = {other: late for other, late in replica.receipts.items() if other != of}
            return _absorbed(replace(placed, pending=tuple(waiting.values()), receipts=left))
    return replica
