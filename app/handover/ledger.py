"""The ledger: ordered entries, the chain that binds them, and who may add what.

The receiving authority keeps the order (on the assisted route the sending one does: whoever gave
place 1). Its own statements carry `place` and `prev`; the sender's get theirs in the keeper's
receipt. The digest of an *entry* is that of the statement which gives it its place, so the chain
of `prev` runs through statements of the keeper alone and binds receipts and their results too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.errors import Conflict, Malformed
from app.handover.bodies.machine import Receipt
from app.handover.fold import apply, begin
from app.handover.statement import ANSWERS, OPENERS, Statement
from app.handover.view import HandoverView


@dataclass(frozen=True)
class Entry:
    """One place of a ledger: a statement, and the keeper's receipt if the other side made it."""

    statement: Statement
    receipt: Statement | None = None

    @property
    def placing(self) -> Statement:
        return self.receipt or self.statement

    @property
    def digest(self) -> str:
        return self.placing.digest

    @property
    def place(self) -> int:
        assert self.placing.payload.place is not None
        return self.placing.payload.place

    @property
    def known_at(self) -> str:
        """When the keeper knew of it (UTC timestamp): the answer to "known on"."""
        return self.placing.payload.at

    @property
    def result(self) -> str:
        """`stored`, `held` (a kind the receiver doesn't know yet) or `unusable`."""
        if self.receipt is None:
            return "held" if self.statement.body is None else "stored"
        assert isinstance(self.receipt.body, Receipt)
        return self.receipt.body.result


def fold(entries: Iterable[Entry]) -> HandoverView | None:
    """What the entries say, in their order; None for no entries.

    Raises Conflict or Malformed at the first entry that does not follow from those before.
    """
    view: HandoverView | None = None
    for entry in entries:
        view = extend(view, entry)
    return view


def extend(view: HandoverView | None, entry: Entry) -> HandoverView:
    """The view after one more entry.

    Raises Conflict (`ledger-place`, `ledger-prev`, `ledger-receipt`, and all that `admit` raises).
    """
    _check_chain(view, entry)
    if entry.receipt is not None:
        _check_receipt(entry.statement, entry.receipt)
    admitted = admit(view, entry.statement, entry.result)
    return replace(admitted, length=entry.place, head=entry.digest)


def admit(view: HandoverView | None, statement: Statement, result: str = "stored") -> HandoverView:
    """The view as it would be with this statement, its place aside.

    This is the whole of what a receiver asks before it signs a receipt, and a sender before it
    issues a statement. Raises Conflict (`not-an-entry`, `unknown-handover` (retryable),
    `not-a-party`, `not-in-this-state`, `items-open`, ...).
    """
    if statement.kind in ANSWERS:
        raise Conflict("not-an-entry", f"A {statement.kind} is an answer and takes no place")
    if view is None:
        if statement.body is None or statement.kind not in OPENERS:
            raise Conflict(
                "unknown-handover",
                "This handover has not begun here; its first statement may still be on its way",
                retryable=True,
            )
        view = begin(statement)
    _check_parties(view, statement)
    if statement.body is None or result == "held":
        return view
    return apply(view, statement, result)


def confirmed_and_pending(
    entries: Sequence[Entry], pending: Iterable[Statement]
) -> tuple[HandoverView | None, list[Statement]]:
    """The sender's own view: the confirmed prefix, then its own statements without a place yet.

    Returns the view and those pending statements that no longer follow (a recall that crossed an
    acceptance): they change nothing, and the keeper will refuse them.
    """
    view = fold(entries)
    refused: list[Statement] = []
    for statement in pending:
        try:
            view = admit(view, statement)
        except (Conflict, Malformed):
            refused.append(statement)
    return view, refused


def keeper(entries: Sequence[Entry]) -> str:
    """The authority that keeps the order: whoever gave the first place."""
    return entries[0].placing.payload.sender


def _check_chain(view: HandoverView | None, entry: Entry) -> None:
    placing = entry.placing.payload
    length, head = (view.length, view.head) if view else (0, None)
    if placing.place != length + 1:
        raise Conflict("ledger-place", f"Place {length + 1} comes next", retryable=True)
    if placing.prev != head:
        raise Conflict("ledger-prev", "The entry does not follow the one before it")


def _check_receipt(statement: Statement, receipt: Statement) -> None:
    body, one, other = receipt.body, receipt.payload, statement.payload
    matches = (
        isinstance(body, Receipt)
        and body.of == statement.digest
        and one.handover == other.handover
        and (one.sender, one.recipient) == (other.recipient, other.sender)
        and other.place is None
    )
    if not matches:
        raise Conflict("ledger-receipt", "The receipt is not one for this statement")


def _check_parties(view: HandoverView, statement: Statement) -> None:
    payload = statement.payload
    if payload.handover != view.handover or {payload.sender, payload.recipient} != {
        view.sender,
        view.receiver,
    }:
        raise Conflict("not-a-party", "This handover is between two other authorities")
