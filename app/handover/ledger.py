"""The ledger: ordered entries, the chain that binds them, and who may add what.

The receiving authority keeps the order (on the assisted route the sending one does: whoever gave
place 1). Its own statements carry `place` and `prev`; the sender's get theirs in the keeper's
receipt. The digest of an *entry* is that of the statement which gives it its place, so the chain
of `prev` runs through statements of the keeper alone and binds receipts and their results too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.errors import Conflict, Malformed
from app.handover.bodies.conversation import Correction
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.codes import KINDS_V1
from app.handover.dates import check_order
from app.handover.fold import apply, begin
from app.handover.rules import check_seen
from app.handover.statement import ANSWERS, OPENERS, VERSION, Statement
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

    Raises Conflict (`ledger-place` (retryable), `ledger-prev`, `ledger-keeper`, `ledger-receipt`,
    `ledger-time`, and all that `admit` raises).
    """
    _check_chain(view, entry)
    if entry.receipt is not None:
        check_answer(entry.statement, entry.receipt, Receipt)
    check_order(view, entry.statement, entry.placing)
    admitted = admit(view, entry.statement, entry.result)
    return replace(
        admitted,
        keeper=entry.placing.payload.sender,
        length=entry.place,
        head=entry.digest,
        placed_at=entry.known_at,
        entries=admitted.entries | {entry.digest},
    )


def admit(view: HandoverView | None, statement: Statement, result: str = "stored") -> HandoverView:
    """The view as it would be with this statement, its place aside.

    This is the whole of what a receiver asks before it signs a receipt, and a sender before it
    issues a statement. Raises Conflict (`not-an-entry`, `unknown-handover` (retryable),
    `not-a-party`, `ledger-seen`, and all that `fold.apply` raises).
    """
    if statement.kind in ANSWERS:
        raise Conflict("not-an-entry", f"A {statement.kind} is an answer and takes no place")
    begun = view
    if view is None:
        if statement.body is None or statement.kind not in OPENERS:
            raise Conflict(
                "unknown-handover",
                "This handover has not begun here; its first statement may still be on its way",
                retryable=True,
            )
        view = begin(statement)
    check_parties(view, statement)
    _check_attested(view, statement)
    check_seen(begun, statement)
    if statement.body is None or result == "held":
        return view
    return apply(view, statement, result)


def confirmed_and_pending(
    view: HandoverView | None, pending: Iterable[Statement]
) -> tuple[HandoverView | None, list[Statement]]:
    """The sender's own view: that of the confirmed prefix, then its own statements without a place.

    Returns the view and the pending statements that it counts. One that no longer follows (a
    recall that crossed an acceptance) changes nothing, and the keeper will refuse it.
    """
    counted: list[Statement] = []
    for statement in pending:
        try:
            view = admit(view, statement)
        except (Conflict, Malformed):
            continue
        counted.append(statement)
    return view, counted


Counted = tuple[Statement, Entry | None]
"""A statement with its effect, and its entry if it has a place."""


def counting(entries: Iterable[Entry], pending: Iterable[Statement] = ()) -> tuple[Counted, ...]:
    """All that has its effect, in order: neither what is held nor what was withdrawn."""
    said: list[Counted] = [
        (entry.statement, entry)
        for entry in entries
        if entry.statement.body is not None and entry.result != "held"
    ]
    said += [(statement, None) for statement in pending if statement.body is not None]
    withdrawn = {
        statement.body.of
        for statement, _ in said
        if isinstance(statement.body, Correction) and statement.body.withdraws
    }
    return tuple(one for one in said if one[0].digest not in withdrawn)


def speaking_of(child: str, counted: Iterable[Counted]) -> Iterator[Counted]:
    """What counts for one child: what names it."""
    return (one for one in counted if child in (one[0].payload.children or ()))


def keeper(entries: Sequence[Entry]) -> str:
    """The authority that keeps the order: whoever gave the first place."""
    return entries[0].placing.payload.sender


def check_answer(
    statement: Statement, answer: Statement, form: type[Receipt] | type[Refusal]
) -> None:
    """That a receipt or refusal is the other side's, and for this statement; and that nothing
    is held which version 1 knows. Raises Conflict (`ledger-receipt`).
    """
    body, one, other = answer.body, answer.payload, statement.payload
    matches = (
        isinstance(body, form)
        and body.of == statement.digest
        and one.handover == other.handover
        and (one.sender, one.recipient) == (other.recipient, other.sender)
        and other.place is None
    )
    held = isinstance(body, Receipt) and body.result == "held"
    if not matches or (held and other.v == VERSION and other.kind in KINDS_V1):
        raise Conflict("ledger-receipt", "This does not answer that statement")


def _check_chain(view: HandoverView | None, entry: Entry) -> None:
    placing = entry.placing.payload
    length, head = (view.length, view.head) if view else (0, None)
    if placing.place != length + 1:
        raise Conflict("ledger-place", f"Place {length + 1} comes next", retryable=True)
    if placing.prev != head:
        raise Conflict("ledger-prev", "The entry does not follow the one before it")
    if view is not None and view.keeper and placing.sender != view.keeper:
        raise Conflict("ledger-keeper", "Only the keeper of the order gives a place")


def _check_attested(view: HandoverView, statement: Statement) -> None:
    """Only a sender who keeps the order says what the other side said: where both sign, nobody
    speaks for the other."""
    if statement.kind == "attested" and not (
        statement.payload.sender == view.sender == view.keeper
    ):
        raise Conflict("not-assisted", "Each authority speaks for itself on this route")


def check_parties(view: HandoverView, statement: Statement) -> None:
    """That a statement is between the two whose handover it is. Raises Conflict (`not-a-party`)."""
    payload = statement.payload
    if payload.handover != view.handover or {payload.sender, payload.recipient} != {
        view.sender,
        view.receiver,
    }:
        raise Conflict("not-a-party", "This handover is between two other authorities")
