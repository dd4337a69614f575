"""What one authority makes of what arrives: in order, out of order, twice, or never."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import Conflict
from app.handover import replica as copies
from app.handover.ledger import Entry, fold
from app.handover.replica import Claims, Replica
from app.handover.statement import Statement
from tests.handover.make import (
    ASH,
    BODIES,
    RECEIVER,
    SENDER,
    STRANGER,
    Book,
    conference,
    digest,
    ident,
    receipt,
    result,
    statement,
)


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as caught:
        call()
    return caught.value.code


def story() -> Book:
    """Notification (sender), acknowledgement (keeper), dispatch (sender), a visit (keeper)."""
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER)
    book.says("dispatch")
    book.says("arrangements", by=RECEIVER)
    return book


def said(book: Book, place: int) -> Statement:
    return book.entries[place - 1].statement


def answer(book: Book, place: int) -> Statement:
    found = book.entries[place - 1].receipt
    assert found is not None
    return found


def sender(book: Book, confirmed: int, pending: tuple[int, ...] = ()) -> Replica:
    """The sender's copy with so many entries confirmed, and these of its own waiting."""
    waiting = tuple(said(book, place) for place in pending)
    return Replica(SENDER, False, tuple(book.entries[:confirmed]), waiting)


def keeper(book: Book, length: int | None = None) -> Replica:
    return Replica(RECEIVER, True, tuple(book.entries[:length]))


def refusal(of: Statement, **members: Any) -> Statement:
    by = members.pop("by", of.payload.recipient)
    return statement("refusal", {"of": of.digest, "code": "not-in-this-state"}, by=by, **members)


# Issuing


def test_what_a_new_statement_claims() -> None:
    book = story()
    assert Replica(SENDER, False).claims() == Claims(None, None, None)
    assert Replica(RECEIVER, True).claims() == Claims(1, None, None)
    head = book.entries[-1].digest
    assert keeper(book).claims() == Claims(5, head, head)
    assert sender(book, 2, (3,)).claims() == Claims(None, None, book.entries[1].digest)


def test_the_keepers_statement_has_its_place_at_once() -> None:
    book = story()
    grown = copies.issue(keeper(book, 3), said(book, 4))
    assert grown == keeper(book)
    assert grown.view() == fold(book.entries) == grown.confirmed


def test_the_other_sides_waits_and_is_seen_meanwhile() -> None:
    book = story()
    waiting = copies.issue(sender(book, 2), said(book, 3))
    assert waiting == sender(book, 2, (3,))
    seen, confirmed = waiting.view(), waiting.confirmed
    assert seen is not None
    assert confirmed is not None
    assert confirmed.children[ASH].papers is None
    assert seen.children[ASH].papers == said(book, 3).digest
    assert waiting.counted() == waiting.pending


def test_nobody_issues_what_does_not_follow() -> None:
    book = story()
    twice = statement("dispatch", at="2026-03-03T09:00:00Z")
    assert code(lambda: copies.issue(sender(book, 2, (3,)), twice)) == "already-dispatched"
    assert code(lambda: copies.issue(sender(book, 0), statement("recall"))) == "unknown-handover"
    head = book.entries[-1].digest
    request = statement("records_request", by=RECEIVER, place=5, prev=head, seen=head)
    assert code(lambda: copies.issue(keeper(book), request)) == "not-in-this-state"


def test_only_the_keeper_claims_a_place() -> None:
    book = story()
    placed = statement("fact", place=5, prev=book.entries[-1].digest)
    assert code(lambda: copies.issue(sender(book, 4), placed)) == "ledger-keeper"
    assert code(lambda: copies.check_arrival(keeper(book), placed)) == "ledger-keeper"
    unplaced = statement("fact", by=RECEIVER)
    assert code(lambda: copies.issue(keeper(book), unplaced)) == "ledger-place"
    assert code(lambda: copies.follow(sender(book, 4), unplaced)) == "ledger-keeper"


def test_what_we_said_ourselves_does_not_arrive() -> None:
    """A message that is sent back to who wrote it proves nothing."""
    book = story()
    assert code(lambda: copies.check_arrival(sender(book, 2), said(book, 3))) == "ledger-keeper"
    assert code(lambda: copies.check_arrival(keeper(book, 3), said(book, 4))) == "ledger-keeper"


# Arriving at the keeper


def test_the_keeper_gives_a_place_by_its_receipt() -> None:
    book = story()
    copies.check_arrival(keeper(book, 2), said(book, 3))
    assert copies.place(keeper(book, 2), said(book, 3), answer(book, 3)) == keeper(book, 3)


def test_a_statement_has_one_place_only() -> None:
    book = story()
    book.says("fact")
    again = receipt(said(book, 5), 6, book.entries[-1].digest)
    assert keeper(book).known(said(book, 5).digest) == book.entries[4]
    assert keeper(book).known(digest("x")) is None
    assert code(lambda: copies.place(keeper(book), said(book, 5), again)) == "ledger-repeat"


def test_what_comes_after_an_acceptance_that_it_crossed_is_refused() -> None:
    book = story()
    book.says("acceptance", conference([result(ASH)]), by=RECEIVER)
    assert code(lambda: copies.check_arrival(keeper(book), statement("recall"))) == (
        "not-in-this-state"
    )


def test_strangers_are_refused_by_both() -> None:
    book = story()
    asking = statement("fact", by=STRANGER, to=RECEIVER)
    assert code(lambda: copies.check_arrival(keeper(book), asking)) == "not-a-party"
    head = book.entries[-1].digest
    telling = statement("fact", by=STRANGER, to=SENDER, place=5, prev=head)
    assert code(lambda: copies.check_arrival(sender(book, 4), telling)) == "not-a-party"
    opening = Replica(SENDER, False, (), (said(book, 1),))
    squatting = statement("notification", by=STRANGER, to=SENDER)
    assert code(lambda: copies.check_arrival(opening, squatting)) == "not-a-party"


# Following the keeper


def test_the_keepers_statement_follows_the_one_before() -> None:
    book = story()
    assert copies.follow(sender(book, 1), said(book, 2)) == sender(book, 2)
    with pytest.raises(Conflict) as caught:
        copies.follow(sender(book, 2, (3,)), said(book, 4))
    assert (caught.value.code, caught.value.retryable) == ("ledger-place", True)


def test_a_receipt_gives_our_statement_its_place() -> None:
    book = story()
    assert copies.confirm(sender(book, 2, (3,)), answer(book, 3)) == sender(book, 3)


def test_a_receipt_waits_for_what_comes_before_it() -> None:
    book = story()
    early = copies.confirm(sender(book, 1, (3,)), answer(book, 3))
    assert (early.entries, early.pending) == (tuple(book.entries[:1]), (said(book, 3),))
    assert early.receipts == {said(book, 3).digest: answer(book, 3)}
    assert copies.follow(early, said(book, 2)) == sender(book, 3)


def test_receipts_that_come_in_the_wrong_order_end_in_the_right_one() -> None:
    book = Book()
    book.says("notification")
    for day in (3, 4, 5):
        book.says("fact", {"code": "minutes_shared", "on": f"2026-03-0{day}"})
    copy = sender(book, 0, (1, 2, 3, 4))
    for place in (3, 4, 2):
        copy = copies.confirm(copy, answer(book, place))
        assert copy.entries == ()
    assert copies.confirm(copy, answer(book, 1)) == sender(book, 4)


def test_the_order_of_places_need_not_be_that_of_issue() -> None:
    """A recall does not wait behind an upload."""
    book = Book()
    book.says("notification")
    recall = book.says("recall")
    dispatch = statement("dispatch")
    copy = Replica(SENDER, False, tuple(book.entries[:1]), (dispatch, recall))
    copy = copies.confirm(copy, answer(book, 2))
    assert copy.pending == (dispatch,)
    assert copy.counted() == ()
    seen = copy.view()
    assert seen is not None
    assert seen.children[ASH].state == "recalled"
    assert copies.withdraw(copy, refusal(dispatch)).pending == ()


@pytest.mark.parametrize("confirmed", [1, 2])
def test_the_same_receipt_again_changes_nothing(confirmed: int) -> None:
    book = story()
    once = copies.confirm(sender(book, confirmed, (3,)), answer(book, 3))
    assert copies.confirm(once, answer(book, 3)) == once


def test_a_receipt_for_nothing_that_waits_is_unknown() -> None:
    book = story()
    for copy in (sender(book, 2), keeper(book, 2)):
        assert code(lambda kept=copy: copies.confirm(kept, answer(book, 3))) == "receipt-unknown"  # type: ignore[misc]
    assert code(lambda: copies.withdraw(sender(book, 2), refusal(said(book, 3)))) == (
        "receipt-unknown"
    )


@pytest.mark.parametrize("members", [{"by": STRANGER}, {"handover": ident("another")}])
def test_an_answer_of_somebody_else_is_none(members: dict[str, Any]) -> None:
    book = story()
    copy, waits = sender(book, 2, (3,)), said(book, 3)
    wrong = receipt(waits, 3, book.entries[1].digest, **members)
    assert code(lambda: copies.confirm(copy, wrong)) == "ledger-receipt"
    assert code(lambda: copies.withdraw(copy, refusal(waits, **members))) == "ledger-receipt"


def test_a_receipt_of_the_keeper_gives_a_place() -> None:
    book = story()
    placeless = receipt(said(book, 3), None, None)
    assert code(lambda: copies.confirm(sender(book, 2, (3,)), placeless)) == "ledger-keeper"


# Forks: a keeper that says two things


def forks() -> list[tuple[str, Callable[[], Any]]]:
    book = story()
    head = book.entries[-1].digest
    fact = statement("fact")
    other = statement("fact", {"code": "minutes_shared", "on": "2026-03-04"})
    waiting = Replica(SENDER, False, tuple(book.entries), (fact, other))
    late = copies.confirm(waiting, receipt(fact, 7, digest("six")))
    second = statement("chase", by=RECEIVER, place=4, prev=book.entries[2].digest)
    return [
        ("two statements for one place", lambda: copies.follow(sender(book, 4), second)),
        ("a receipt for a place that is taken", lambda: copies.confirm(
            waiting, receipt(fact, 4, book.entries[2].digest))),
        ("two receipts for one place, both waiting", lambda: copies.confirm(
            late, receipt(other, 7, digest("six")))),
        ("two receipts for one statement, waiting", lambda: copies.confirm(
            late, receipt(fact, 6, digest("five")))),
        ("two receipts for one statement, placed", lambda: copies.confirm(
            sender(book, 4), receipt(said(book, 3), 5, head))),
        ("a receipt and a refusal", lambda: copies.withdraw(late, refusal(fact))),
        ("another entry for a place that is taken", lambda: copies.adopt(
            sender(book, 4), Entry(second))),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "call"), forks(), ids=[name for name, _ in forks()])
def test_a_fork_is_noticed(name: str, call: Callable[[], Any]) -> None:
    with pytest.raises(Conflict) as caught:
        call()
    assert (caught.value.code, caught.value.retryable) == ("ledger-fork", False)


def test_a_keeper_with_another_past_is_noticed() -> None:
    book = story()
    elsewhere = statement("chase", by=RECEIVER, place=5, prev=digest("another past"))
    assert code(lambda: copies.follow(sender(book, 4), elsewhere)) == "ledger-prev"
    fact = statement("fact")
    waiting = Replica(SENDER, False, tuple(book.entries), (fact,))
    other = receipt(fact, 5, digest("another past"))
    assert code(lambda: copies.confirm(waiting, other)) == "ledger-prev"


# A keeper that misbehaves wedges nothing


def false_receipt(book: Book) -> tuple[Replica, Statement]:
    """A copy in which a receipt waits for place 3 that will not fit, and that receipt."""
    fact = statement("fact")
    copy = Replica(SENDER, False, tuple(book.entries[:1]), (said(book, 3), fact))
    wrong = receipt(fact, 3, digest("another past"))
    return copies.confirm(copy, wrong), wrong


def test_a_waiting_receipt_with_another_past_does_not_blame_the_next_good_entry() -> None:
    book = story()
    copy, wrong = false_receipt(book)
    grown = copies.follow(copy, said(book, 2))
    assert grown.entries == tuple(book.entries[:2])
    assert (grown.contradicted, grown.receipts) == ((wrong,), {})
    assert grown.pending == copy.pending, "what it was for waits on"
    on = copies.confirm(grown, answer(book, 3))
    assert copies.follow(on, said(book, 4)).entries == tuple(book.entries)


def test_a_waiting_receipt_for_what_does_not_follow_is_set_aside() -> None:
    book = story()
    closure = statement("closure")
    copy = Replica(SENDER, False, tuple(book.entries[:1]), (closure,))
    wrong = receipt(closure, 3, book.entries[1].digest)
    grown = copies.follow(copies.confirm(copy, wrong), said(book, 2))
    assert (grown.entries, grown.contradicted) == (tuple(book.entries[:2]), (wrong,))


def test_a_receipt_for_a_place_out_of_reach_keeps_nobody_from_it() -> None:
    """Whether the place is really taken is known once it comes next."""
    book = story()
    copy, wrong = false_receipt(book)
    head = book.entries[1].digest
    claimed = statement("chase", by=RECEIVER, place=3, prev=head, seen=head)
    with pytest.raises(Conflict) as caught:
        copies.follow(copy, claimed)
    assert (caught.value.code, caught.value.retryable) == ("ledger-place", True)
    grown = copies.follow(copies.follow(copy, said(book, 2)), claimed)
    assert grown.entries[2].statement == claimed
    assert grown.contradicted == (wrong,)


def test_what_the_keeper_refused_and_places_all_the_same_has_its_place() -> None:
    book = story()
    copy = copies.withdraw(sender(book, 2, (3,)), refusal(said(book, 3)))
    assert (copy.pending, list(copy.refused)) == ((), [said(book, 3).digest])
    for placed in (
        copies.confirm(copy, answer(book, 3)),
        copies.adopt(copy, book.entries[2]),
    ):
        assert placed == sender(book, 3)
        assert copies.follow(placed, said(book, 4)) == sender(book, 4)


def test_a_receipt_for_what_was_refused_may_wait_for_its_place() -> None:
    book = story()
    copy = copies.withdraw(sender(book, 1, (3,)), refusal(said(book, 3)))
    early = copies.confirm(copy, answer(book, 3))
    assert early.entries == copy.entries
    assert copies.follow(early, said(book, 2)) == sender(book, 3)


def test_an_entry_that_is_pulled_overrides_a_receipt_that_waits() -> None:
    """The chain is the keeper's last word; its other word is kept."""
    book = story()
    fact = statement("chase")
    copy = Replica(SENDER, False, tuple(book.entries[:1]), (fact,))
    late = receipt(fact, 3, book.entries[1].digest)
    now = receipt(fact, 2, book.entries[0].digest)
    grown = copies.adopt(copies.confirm(copy, late), Entry(fact, now))
    assert [entry.digest for entry in grown.entries] == [book.entries[0].digest, now.digest]
    assert (grown.pending, grown.receipts, grown.contradicted) == ((), {}, (late,))


# Refusals


def test_what_was_refused_for_good_is_gone() -> None:
    book = story()
    book.says("acceptance", conference([result(ASH)]), by=RECEIVER)
    recall, query = statement("recall"), statement("query", BODIES["query"])
    copy = Replica(SENDER, False, tuple(book.entries[:4]), (recall, query))
    crossed = copies.follow(copy, said(book, 5))
    assert (crossed.pending, crossed.counted()) == ((recall, query), (query,))
    left = copies.withdraw(crossed, refusal(recall))
    assert left.pending == (query,)
    assert left.view() == crossed.view()


# After a restore


def test_a_restored_copy_adopts_what_it_lost() -> None:
    book = story()
    for lost in (Replica(SENDER, False), sender(book, 1, (3,))):
        copy = lost
        for entry in book.entries[len(lost.entries) :]:
            copy = copies.adopt(copy, entry)
        assert copy == sender(book, 4)
    copy = Replica(RECEIVER, True)
    for entry in book.entries:
        copy = copies.adopt(copy, entry)
    assert copy == keeper(book)
    assert code(lambda: copies.adopt(copy, book.entries[-1])) == "ledger-repeat"


def test_what_is_adopted_makes_receipts_reachable() -> None:
    book = story()
    early = copies.confirm(sender(book, 0, (1, 3)), answer(book, 3))
    first = copies.adopt(early, book.entries[0])
    assert first.receipts == early.receipts
    assert copies.adopt(first, book.entries[1]) == sender(book, 3)


def test_an_adopted_entry_settles_its_own_receipt() -> None:
    book = story()
    early = copies.confirm(sender(book, 1, (3,)), answer(book, 3))
    assert code(lambda: copies.adopt(early, book.entries[2])) == "ledger-place"
    unabsorbed = Replica(SENDER, False, tuple(book.entries[:2]), early.pending, early.receipts)
    assert copies.adopt(unabsorbed, book.entries[2]) == sender(book, 3)
