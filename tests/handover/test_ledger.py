"""The chain: who may add what, where, and that nothing else gets in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.errors import Conflict
from app.handover.bodies import BODIES as KINDS
from app.handover.bodies.machine import Receipt, Refusal
from app.handover.codes import KINDS_V1, AuthorityId
from app.handover.ledger import (
    Entry,
    admit,
    check_answer,
    confirmed_and_pending,
    counting,
    extend,
    fold,
    keeper,
    speaking_of,
)
from app.handover.statement import ANSWERS, OPENERS, Statement, parse_body
from app.handover.view import HandoverView
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    OPENING,
    RECEIVER,
    SENDER,
    STRANGER,
    Book,
    conference,
    digest,
    dispatched,
    disposed,
    ident,
    item,
    receipt,
    result,
    statement,
)

OTHER = ident("another handover")


def view(book: Book) -> HandoverView:
    seen = fold(book.entries)
    assert seen is not None
    return seen


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as caught:
        call()
    return caught.value.code


def test_nothing_says_nothing() -> None:
    assert fold([]) is None


def test_places_and_the_chain_run_through_what_the_keeper_signs() -> None:
    book = dispatched()
    book.says("acknowledgement", by=RECEIVER)
    assert [entry.place for entry in book.entries] == [1, 2, 3]
    first, second, third = book.entries
    assert first.receipt is not None
    assert first.digest == first.receipt.digest != first.statement.digest
    assert third.digest == third.statement.digest
    assert second.placing.payload.prev == first.digest
    assert keeper(book.entries) == view(book).keeper == RECEIVER
    assert view(book).head == third.digest


# Who may begin


@pytest.mark.parametrize("kind", sorted(set(KINDS) - ANSWERS))
def test_only_openers_begin_and_anything_else_may_be_early(kind: str) -> None:
    body = {**BODIES[kind], "opening": OPENING} if kind == "dispatch" else BODIES[kind]
    early = statement(kind, body)
    if kind in OPENERS:
        assert admit(None, early).children[ASH].state != "none"
    else:
        with pytest.raises(Conflict) as caught:
            admit(None, early)
        assert (caught.value.code, caught.value.retryable) == ("unknown-handover", True)


def test_what_we_do_not_know_yet_begins_nothing() -> None:
    assert code(lambda: admit(None, statement("notification", {}, v=2))) == "unknown-handover"


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_an_answer_is_no_entry(kind: str) -> None:
    for seen in (None, view(dispatched())):
        assert code(lambda kept=seen: admit(kept, statement(kind))) == "not-an-entry"  # type: ignore[misc]


# What does not belong


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"by": STRANGER, "to": SENDER}, "not-a-party"),
        ({"by": STRANGER, "to": RECEIVER}, "not-a-party"),
        ({"to": STRANGER}, "not-a-party"),
        ({"handover": OTHER}, "not-a-party"),
        ({}, None),
    ],
)
def test_only_the_two_parties_speak(members: dict[str, Any], expected: str | None) -> None:
    seen = view(dispatched())
    said = statement("fact", **members)
    if expected is None:
        assert admit(seen, said).children == seen.children
    else:
        assert code(lambda: admit(seen, said)) == expected


def test_an_opener_of_the_same_handover_in_the_other_direction_is_refused() -> None:
    book = dispatched()
    other = statement("notification", by=RECEIVER, seen=book.entries[-1].digest)
    assert code(lambda: admit(view(book), other)) == "not-in-this-state"


def next_entry(book: Book, place: int | None = None, prev: str | None = None) -> Entry:
    """An entry of the sender's, as the keeper would place it next."""
    said = statement("fact")
    at = len(book.entries) + 1 if place is None else place
    given = receipt(said, at, prev or book.entries[-1].digest, at=said.payload.at)
    return Entry(said, given)


@pytest.mark.parametrize(
    ("place", "prev", "expected"),
    [
        (3, None, None),
        (2, None, "ledger-place"),
        (4, None, "ledger-place"),
        (3, digest("another entry"), "ledger-prev"),
    ],
)
def test_an_entry_has_the_next_place_and_names_the_one_before(
    place: int, prev: str | None, expected: str | None
) -> None:
    book = dispatched()
    entry = next_entry(book, place, prev)
    if expected is None:
        assert extend(view(book), entry).length == 3
    else:
        assert code(lambda: extend(view(book), entry)) == expected


def test_only_an_early_place_is_worth_another_try() -> None:
    book = dispatched()
    for entry, retryable in ((next_entry(book, 4), True), (next_entry(book, 3, digest("")), False)):
        with pytest.raises(Conflict) as caught:
            extend(view(book), entry)
        assert caught.value.retryable is retryable


def test_an_entry_without_any_place_is_none() -> None:
    assert code(lambda: extend(view(dispatched()), Entry(statement("fact")))) == "ledger-place"


def test_the_first_entry_has_the_first_place() -> None:
    said = statement("notification")
    assert code(lambda: extend(None, Entry(said, receipt(said, 2, digest("x"))))) == "ledger-place"


@pytest.mark.parametrize(
    "changes",
    [
        {"handover": OTHER},
        {"by": SENDER, "to": RECEIVER},
        {"by": STRANGER},
        {"to": STRANGER},
        {"body": {"of": digest("another statement"), "result": "stored"}},
    ],
    ids=["another ledger's", "one's own", "a stranger's", "to a stranger", "for another"],
)
def test_a_receipt_is_the_keepers_for_this_statement(changes: dict[str, Any]) -> None:
    book = dispatched()
    said = statement("fact")
    head = book.entries[-1].digest
    body = changes.pop("body", {"of": said.digest, "result": "stored"})
    members = {"by": RECEIVER, "place": 3, "prev": head, **changes}
    wrong = statement("receipt", body, **members)
    expected = "ledger-keeper" if wrong.payload.sender != RECEIVER else "ledger-receipt"
    assert code(lambda: extend(view(book), Entry(said, wrong))) == expected
    assert code(lambda: check_answer(said, wrong, Receipt)) == "ledger-receipt"


def test_a_refusal_places_nothing() -> None:
    book = dispatched()
    said = statement("fact")
    no = statement(
        "refusal", {"of": said.digest, "code": "x"}, by=RECEIVER, place=3,
        prev=book.entries[-1].digest,
    )  # fmt: skip
    assert code(lambda: extend(view(book), Entry(said, no))) == "ledger-receipt"
    check_answer(said, no, Refusal)


def test_the_keeper_does_not_change() -> None:
    """A place that the sender gives itself, in a ledger that the receiver keeps, is none."""
    book = dispatched()
    forged = statement("recall", place=3, prev=book.entries[-1].digest)
    assert code(lambda: extend(view(book), Entry(forged))) == "ledger-keeper"
    book.says("acknowledgement", by=RECEIVER)
    mine = statement("arrangements", by=RECEIVER, place=4, prev=book.entries[-1].digest)
    theirs = receipt(mine, 4, book.entries[-1].digest)
    assert code(lambda: extend(view(book), Entry(mine, theirs))) == "ledger-keeper"


def test_the_keepers_own_statement_needs_no_receipt_and_takes_none() -> None:
    book = dispatched()
    mine = statement("acknowledgement", by=RECEIVER, place=3, prev=book.entries[-1].digest)
    assert code(
        lambda: check_answer(mine, receipt(mine, 3, book.entries[-1].digest), Receipt)
    ) == "ledger-receipt"  # fmt: skip


def test_a_changed_order_or_a_missing_entry_is_noticed() -> None:
    book = dispatched()
    book.says("fact")
    book.says("fact", {"code": "minutes_shared", "on": "2026-03-04"})
    entries = book.entries
    fold(entries)
    for spoilt in (entries[1:], entries[:1] + entries[2:], [*entries[:2], entries[3], entries[2]],
                   [*entries, entries[-1]]):  # fmt: skip
        assert code(lambda kept=spoilt: fold(kept)) in ("ledger-place", "unknown-handover")  # type: ignore[misc]


def test_a_changed_receipt_breaks_all_that_comes_after() -> None:
    """The chain binds what the receiver answered, not only what was said."""
    book = Book()
    book.says("notification")
    book.says("dispatch")
    book.says("fact")
    said = book.entries[1].statement
    spoilt = receipt(said, 2, book.entries[0].digest, "unusable")
    book.entries[1] = Entry(said, spoilt)
    assert code(lambda: fold(book.entries)) == "ledger-prev"


# What is held


@pytest.mark.parametrize(("kind", "version"), [("telepathy", 1), ("fact", 2), ("recall", 2)])
@pytest.mark.parametrize("by", [SENDER, RECEIVER])
def test_what_we_do_not_know_yet_has_its_place_and_no_effect(
    kind: str, version: int, by: AuthorityId
) -> None:
    book = dispatched()
    before = view(book)
    book.says(kind, {"new": [1, {"deep": True}]}, by=by, v=version, outcome="held")
    after = view(book)
    head = book.entries[-1].digest
    entries = before.entries | {head}
    assert after == replace(before, length=3, head=head, entries=entries)
    assert book.entries[-1].result == "held"
    assert len(list(speaking_of(ASH, counting(book.entries)))) == 2
    book.says("acknowledgement", by=RECEIVER)
    assert view(book).children[ASH].state == "acknowledged"


def test_what_the_keeper_held_has_no_effect_for_those_who_know_it_either() -> None:
    """Else the two sides would compute different things from one ledger."""
    book = dispatched()
    before = view(book)
    book.says("recall", v=2, outcome="held")
    entry = book.entries.pop()
    known_here = replace(entry.statement, body=parse_body("recall", BODIES["recall"]))
    book.entries.append(Entry(known_here, entry.receipt))
    assert view(book).children == before.children
    said = [said.kind for said, _ in speaking_of(ASH, counting(book.entries))]
    assert said == ["notification", "dispatch"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - ANSWERS))
def test_nobody_holds_what_version_1_knows(kind: str) -> None:
    """A keeper could otherwise silence any statement and have it in the ledger all the same."""
    assert kind in KINDS_V1
    said = statement(kind)
    held = receipt(said, 3, digest("x"), "held")
    assert code(lambda: check_answer(said, held, Receipt)) == "ledger-receipt"
    check_answer(said, receipt(said, 3, digest("x")), Receipt)
    for newer in (statement(kind, v=2), statement("telepathy", {})):
        check_answer(newer, receipt(newer, 3, digest("x"), "held"), Receipt)


def test_the_kinds_of_version_1_are_closed() -> None:
    assert set(KINDS) == KINDS_V1


def test_a_stranger_is_not_held_either() -> None:
    assert code(
        lambda: admit(view(dispatched()), statement("telepathy", {}, by=STRANGER, to=SENDER))
    ) == "not-a-party"  # fmt: skip


@pytest.mark.parametrize("outcome", ["stored", "unusable", "held"])
def test_an_entry_says_what_became_of_it(outcome: str) -> None:
    book = dispatched()
    version = 2 if outcome == "held" else 1
    book.says("supplement", v=version, outcome=outcome, known="2026-03-03T10:00:00Z")
    assert book.entries[-1].result == outcome
    assert book.entries[-1].known_at == "2026-03-03T10:00:00Z"
    book.says("acknowledgement", by=RECEIVER, at="2026-03-04T10:00:00Z")
    assert book.entries[-1].result == "stored"
    assert book.entries[-1].known_at == "2026-03-04T10:00:00Z"


# The assisted route


def told(says: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    inner = BODIES[says] if body is None else body
    return {"says": says, "body": inner, "told_on": "2026-03-16", "how": "telephone"}


def test_where_they_do_not_use_the_service_the_sender_keeps_the_order_and_records() -> None:
    book = Book(SENDER)
    book.says("notification")
    sent = book.says("dispatch", {**BODIES["dispatch"], "items": [item("bruise")]})
    states = []
    for body in (
        told("receipt", {"of": sent.digest, "result": "stored"}),
        told("acknowledgement"),
        told("arrangements"),
        told("fact"),
        told("acceptance", conference([result(ASH)], [disposed("bruise")])),
        told("disposition", {"dispositions": [disposed("bruise", "resolved")]}),
    ):
        book.says("attested", body)
        states.append(view(book).children[ASH].state)
    assert states == ["dispatched", *["acknowledged"] * 3, "accepted", "accepted"]
    seen = view(book)
    assert (seen.keeper, seen.sender, seen.receiver) == (SENDER, SENDER, RECEIVER)
    assert seen.items[ident("bruise")].disposition == "resolved"
    assert all(entry.receipt is None for entry in book.entries)


def test_what_was_told_is_held_to_the_same_rules() -> None:
    book = Book(SENDER)
    book.says("notification")
    book.says("dispatch", {**BODIES["dispatch"], "items": [item("bruise")]})
    acceptance = told("acceptance", conference([result(ASH)]))
    book.says("attested", acceptance)
    assert code(lambda: fold(book.entries)) == "items-open"
    book.entries.pop()
    book.says("attested", told("decline"))
    assert view(book).children[ASH].state == "declined"


def test_a_decline_by_telephone_is_the_receivers() -> None:
    """A sender may decline a request for records; it can't say so on the other's behalf there."""
    book = Book(SENDER)
    book.says("notification")
    book.says("attested", told("decline"))
    assert view(book).children[ASH].state == "declined"


@pytest.mark.parametrize("by", [SENDER, RECEIVER])
def test_where_both_sign_nobody_speaks_for_the_other(by: str) -> None:
    book = dispatched()
    acceptance = told("acceptance", conference([result(ASH)]))
    book.says("attested", acceptance, by=by)
    assert code(lambda: fold(book.entries)) == "not-assisted"
    unplaced = statement("attested", acceptance, by=by)
    assert code(lambda: admit(view(dispatched()), unplaced)) == "not-assisted"
    beginning = admit(None, statement("notification"))
    assert code(lambda: admit(beginning, unplaced)) == "not-assisted"


# Pending statements, and whom a statement speaks of


def test_pending_statements_count_as_long_as_they_follow() -> None:
    book = dispatched()
    recall, query = statement("recall"), statement("query")
    seen, counted = confirmed_and_pending(view(book), [recall, query])
    assert seen is not None
    assert (seen.children[ASH].state, counted) == ("recalled", [recall, query])
    book.says("acceptance", conference([result(ASH)]), by=RECEIVER)
    seen, counted = confirmed_and_pending(view(book), [recall, query])
    assert seen is not None
    assert (seen.children[ASH].state, counted) == ("accepted", [query])
    assert seen.questions == {ident("query"): "open"}


def test_before_anything_is_confirmed_there_is_what_we_said() -> None:
    said: list[Statement] = [statement("notification"), statement("recall")]
    seen, counted = confirmed_and_pending(None, said)
    assert seen is not None
    assert (seen.children[ASH].state, seen.length, seen.keeper) == ("recalled", 0, "")
    assert counted == said
    assert confirmed_and_pending(None, []) == (None, [])


def test_a_statement_speaks_of_the_children_it_names() -> None:
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER)
    book.says("notification", children=[BIRCH])
    chase = book.says("chase", by=RECEIVER)
    book.says("heard", {"of": chase.digest})
    counted = counting(book.entries, [statement("recall", children=[ASH, BIRCH])])
    spoken = {child: [said.kind for said, _ in speaking_of(child, counted)]
              for child in (ASH, BIRCH)}  # fmt: skip
    assert spoken == {
        ASH: ["notification", "acknowledgement", "chase", "recall"],
        BIRCH: ["notification", "recall"],
    }
    assert [entry for _, entry in speaking_of(ASH, counted)] == [
        book.entries[0], book.entries[1], book.entries[3], None,
    ]  # fmt: skip
