"""Ledgers whose last entry does not follow: each function tells one."""

from collections.abc import Callable

from app.handover.ledger import Entry
from tests.handover import make
from tests.handover.make import ASH, RECEIVER, STRANGER, Book
from tests.vectors.ledgers import accepts


def recall_crossed() -> Book:
    """A recall that reaches the receiver after its acceptance."""
    book = make.dispatched()
    accepts(book, make.result(ASH))
    book.says("recall")
    return book


def items_open() -> Book:
    """A conference that says nothing of a concern."""
    book = make.dispatched([make.item("bruise")])
    accepts(book, make.result(ASH))
    return book


def papers_twice() -> Book:
    """The papers are there; more is a supplement."""
    book = make.dispatched()
    book.says("acknowledgement", by=RECEIVER)
    book.says("dispatch")
    return book


def opening_missing() -> Book:
    """A dispatch before its notification."""
    book = Book()
    book.says("dispatch")
    return book


def attested_by_one_who_need_not() -> Book:
    """Where both sign, nobody speaks for the other."""
    book = make.dispatched()
    book.says("attested")
    return book


def stranger() -> Book:
    """A third authority speaks in a handover of two others."""
    book = make.dispatched()
    book.says("fact", by=STRANGER, to=RECEIVER)
    return book


def held_though_known() -> Book:
    """The keeper holds what every version knows, and so would silence it."""
    book = make.dispatched()
    book.says("recall", outcome="held")
    return book


def turned_back() -> Book:
    """An entry gets its place six minutes before the one that it follows."""
    book = make.dispatched()
    book.says("query", at=make.MONDAY, known="2026-03-02T10:06:00Z")
    book.says("chase", at=make.MONDAY, known="2026-03-02T10:00:00Z")
    return book


def unseen() -> Book:
    """A statement claims to have seen what is not in the ledger."""
    book = make.dispatched()
    book.says("query", seen=make.digest("another ledger"))
    return book


def ahead() -> Book:
    """A visit of tomorrow is stated as made."""
    book = make.dispatched()
    book.says("fact", {"code": "visited", "on": "2026-03-04"}, by=RECEIVER,
              at="2026-03-03T09:00:00Z")  # fmt: skip
    return book


def early() -> Book:
    """A visit is dated before anything that the opening speaks of."""
    book = make.dispatched()
    book.says("fact", {"code": "visited", "on": "2026-02-27"}, by=RECEIVER)
    return book


def backdated() -> Book:
    """An acknowledgement is said to have been given yesterday."""
    book = make.dispatched()
    book.says("acknowledgement", by=RECEIVER, at="2026-03-03T09:00:00Z", effective="2026-03-02")
    return book


def ended_early() -> Book:
    """The old plan ended before the new one began."""
    book = make.dispatched()
    accepts(book, make.result(ASH))
    book.says("closure", {"ended": "2026-03-15"})
    return book


def not_their_fact() -> Book:
    """The sender states a visit of the receiver's."""
    book = make.dispatched()
    book.says("fact", {"code": "visited", "on": "2026-03-03"})
    return book


def steps_too_late() -> Book:
    """A second acknowledgement sets another limit."""
    book = make.dispatched()
    book.says("acknowledgement", by=RECEIVER)
    book.says("acknowledgement", {"steps": [make.LIMIT]}, by=RECEIVER)
    return book


def corrects_another() -> Book:
    """One side withdraws what the other stated."""
    book = make.dispatched()
    seen = book.says("fact", by=RECEIVER)
    book.says("correction", {"of": seen.digest, "withdraws": True, "items": []})
    return book


def repeats_nothing() -> Book:
    """A concern is a duplicate of one that is a duplicate of it."""
    book = make.dispatched([make.item("bruise"), make.item("bite")])
    circle = [make.disposed("bruise", "duplicate_of", same_as=make.ident("bite")),
              make.disposed("bite", "duplicate_of", same_as=make.ident("bruise"))]  # fmt: skip
    book.says("acceptance", make.conference([make.result(ASH)], circle), by=RECEIVER)
    return book


def answers_itself() -> Book:
    """Who asked says that it was answered."""
    book = make.dispatched()
    book.says("query")
    book.says("reply")
    return book


def transfer_changed() -> Book:
    """Papers of another kind of transfer than the one that was acknowledged."""
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER)
    other = {"transfer": "cp_temporary", "basis": "information"}
    book.says("dispatch", {**make.BODIES["dispatch"], **other})
    return book


def self_placed() -> Book:
    """The sender gives itself a place in a ledger that the receiver keeps."""
    book = make.dispatched()
    forged = make.statement("recall", place=3, prev=book.entries[-1].digest)
    book.entries.append(Entry(forged))
    return book


def wrong_prev() -> Book:
    """An entry that follows another past."""
    book = make.dispatched()
    said = make.statement("fact")
    book.entries.append(Entry(said, make.receipt(said, 3, make.digest("another past"))))
    return book


def wrong_place() -> Book:
    """A place is left out."""
    book = make.dispatched()
    said = make.statement("fact")
    book.entries.append(Entry(said, make.receipt(said, 4, book.entries[-1].digest)))
    return book


def receipt_for_another() -> Book:
    """The receipt names another statement."""
    book = make.dispatched()
    said, other = make.statement("fact"), make.statement("chase")
    book.entries.append(Entry(said, make.receipt(other, 3, book.entries[-1].digest)))
    return book


STORIES: list[Callable[[], Book]] = [
    recall_crossed, items_open, papers_twice, opening_missing, attested_by_one_who_need_not,
    stranger, self_placed, wrong_prev, wrong_place, receipt_for_another, held_though_known,
    turned_back, unseen, ahead, early, backdated, ended_early, not_their_fact, steps_too_late,
    corrects_another, repeats_nothing, answers_itself, transfer_changed,
]  # fmt: skip
