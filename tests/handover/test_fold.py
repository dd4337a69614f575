"""What a ledger comes to say, statement by statement, and what it refuses to say."""

from collections.abc import Sequence
from typing import Any, get_args

import pytest

from app.errors import Conflict, Malformed
from app.handover.codes import BLOCKING_ITEMS, FINAL_DISPOSITIONS, Disposition, ItemType
from app.handover.fold import needs_opening, permitted_children
from app.handover.ledger import fold
from app.handover.view import ChildView, HandoverView
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    HANDOVER,
    MONDAY,
    OPENING,
    RECEIVER,
    SENDER,
    STEP,
    TIMETABLE,
    Book,
    conference,
    dispatched,
    disposed,
    ident,
    item,
    result,
    statement,
)

BOTH = [ASH, BIRCH]
HELD = "2026-03-16T09:00:00Z"
"""When the conference has been held and can be told."""
OPENED = {**BODIES["dispatch"], "opening": OPENING}


def view(book: Book) -> HandoverView:
    seen = fold(book.entries)
    assert seen is not None
    return seen


def state(book: Book, child: str = ASH) -> str:
    return view(book).children[child].state


def refused(book: Book, kind: str, body: Any = None, **members: Any) -> Conflict | Malformed:
    """The error of what may not be said; the book is left as it was."""
    book.says(kind, body, **members)
    with pytest.raises((Conflict, Malformed)) as caught:
        fold(book.entries)
    book.entries.pop()
    fold(book.entries)
    assert isinstance(caught.value, Conflict | Malformed)
    return caught.value


def accepts(
    book: Book, results: Sequence[dict[str, Any]], dispositions: Sequence[dict[str, Any]] = ()
) -> None:
    children = sorted({one["child"] for one in results})
    body = conference(results, dispositions)
    book.says("acceptance", body, by=RECEIVER, children=children, effective="2026-03-16")


# Happy paths


def test_a_case_goes_from_the_first_call_to_the_end_of_the_old_plan() -> None:
    book = Book()
    states = []
    for kind, body, by in [
        ("notification", None, SENDER),
        ("acknowledgement", None, RECEIVER),
        ("arrangements", None, RECEIVER),
        ("dispatch", {**BODIES["dispatch"], "items": [item("bruise")]}, SENDER),
        ("fact", None, RECEIVER),
        ("acceptance", conference([result(ASH)], [disposed("bruise")]), RECEIVER),
        ("closure", None, SENDER),
    ]:
        book.says(kind, body, by=by, children=[ASH])
        states.append(state(book))
    assert states == ["notified", *["acknowledged"] * 4, "accepted", "closed"]
    seen = view(book)
    assert (seen.sender, seen.receiver, seen.keeper) == (SENDER, RECEIVER, RECEIVER)
    assert seen.children[ASH] == ChildView(
        state="closed",
        basis="transfer",
        transfer="cp_permanent",
        papers=book.entries[3].statement.digest,
        result="plan",
        since="2026-02-28",
        passed=HELD,
    )
    assert seen.items[ident("bruise")].disposition == "carried_forward"
    assert seen.items[ident("bruise")].on == HELD
    assert (seen.length, seen.head) == (7, book.entries[-1].digest)
    assert seen.opened_at == MONDAY
    assert seen.handover == HANDOVER


def test_the_receiver_asks_first() -> None:
    book = Book()
    book.says("records_request", by=RECEIVER)
    seen = view(book)
    assert (seen.sender, seen.receiver, state(book)) == (SENDER, RECEIVER, "requested")
    assert seen.timetable is None
    book.says("dispatch", OPENED)
    assert state(book) == "dispatched"
    assert view(book).timetable is not None


def test_the_sender_does_not_know_the_child() -> None:
    book = Book()
    book.says("records_request", by=RECEIVER)
    book.says("decline", {"code": "not_known_here"})
    assert state(book) == "declined"


def test_a_conference_may_accept_though_no_papers_came() -> None:
    book = Book()
    book.says("notification")
    accepts(book, [result(ASH)])
    assert state(book) == "accepted"
    assert view(book).children[ASH].papers is None


@pytest.mark.parametrize("said", ["notification", "records_request"])
def test_restricted_stays_restricted(said: str) -> None:
    book = Book()
    by = SENDER if said == "notification" else RECEIVER
    book.says(said, {**BODIES[said], "restricted": True}, by=by)
    assert view(book).restricted
    if said == "records_request":
        book.says("notification")
        assert view(book).restricted


# The facts that start the clocks


def test_a_dispatch_brings_the_opening_exactly_when_nothing_went_before() -> None:
    alone = Book()
    missing = refused_first("dispatch")
    assert (missing.code, missing.retryable) == ("opening-missing", True)
    alone.says("dispatch", OPENED)
    assert view(alone).timetable is not None
    notified = Book()
    notified.says("notification")
    assert refused(notified, "dispatch", OPENED).code == "opening-repeated"
    asked = Book()
    asked.says("records_request", by=RECEIVER)
    assert refused(asked, "dispatch").code == "opening-missing"
    asked.says("decline", {"code": "not_known_here"})
    assert refused(asked, "dispatch").code == "opening-missing"
    asked.says("dispatch", OPENED)
    assert state(asked) == "dispatched"


def refused_first(kind: str) -> Conflict:
    book = Book()
    book.says(kind)
    with pytest.raises(Conflict) as caught:
        fold(book.entries)
    return caught.value


def test_the_first_timetable_stays_when_a_sibling_joins() -> None:
    """Otherwise the clocks of the first child would change under both authorities' eyes."""
    book = Book()
    book.says("notification")
    other = {**TIMETABLE, "until": "2028-02-02", "steps": [STEP]}
    later = {**BODIES["notification"], "timetable": other, "restricted": True}
    book.says("notification", later, children=[BIRCH])
    seen = view(book)
    assert seen.timetable is not None
    assert seen.timetable.until == "2028-03-02"
    assert seen.opening is not None
    assert not seen.opening.restricted
    assert seen.restricted
    assert {one.state for one in seen.children.values()} == {"notified"}


def test_a_sibling_who_joins_by_a_dispatch_has_its_own_opening() -> None:
    book = Book()
    book.says("notification")
    assert not needs_opening(view(book), [ASH])
    assert needs_opening(view(book), BOTH)
    assert needs_opening(None, [ASH])
    assert refused(book, "dispatch", children=BOTH).code == "opening-missing"
    book.says("dispatch", OPENED, children=BOTH)
    assert {one.state for one in view(book).children.values()} == {"dispatched"}
    assert not needs_opening(view(book), BOTH)


# Papers


def test_papers_are_sent_once_and_more_is_a_supplement() -> None:
    book = dispatched()
    book.says("acknowledgement", by=RECEIVER)
    assert refused(book, "dispatch").code == "already-dispatched"
    book.says("supplement", {"items": [item("late minutes", "minutes")]})
    assert ident("late minutes") in view(book).items


def test_an_unusable_dispatch_is_known_but_the_papers_are_not_there() -> None:
    book = Book()
    book.says("dispatch", {**OPENED, "items": [item("bruise")]}, outcome="unusable")
    seen = view(book)
    assert (state(book), seen.children[ASH].papers, dict(seen.items)) == ("notified", None, {})
    assert seen.timetable is not None
    book.says("dispatch", {**BODIES["dispatch"], "items": [item("bruise")]})
    assert (state(book), list(view(book).items)) == ("dispatched", [ident("bruise")])


@pytest.mark.parametrize("before", ["notified", "acknowledged", "declined"])
def test_an_unusable_dispatch_leaves_the_state(before: str) -> None:
    book = Book()
    book.says("notification")
    if before != "notified":
        answer = "acknowledgement" if before == "acknowledged" else "decline"
        book.says(answer, by=RECEIVER)
    book.says("dispatch", outcome="unusable")
    assert state(book) == before
    book.says("dispatch")
    assert state(book) == ("acknowledged" if before == "acknowledged" else "dispatched")


def test_after_a_decline_the_case_is_sent_again_and_asks_again() -> None:
    book = dispatched([item("bruise")])
    not_here = conference([result(ASH, "not_accepted")], [disposed("bruise", "not_agreed")])
    book.says("acceptance", not_here, by=RECEIVER, children=[ASH])
    assert (state(book), view(book).children[ASH].papers) == ("declined", None)
    again = book.says("dispatch", {**BODIES["dispatch"], "items": [item("bruise")]})
    assert (state(book), view(book).children[ASH].papers) == ("dispatched", again.digest)
    no = refused(book, "acceptance", conference([result(ASH)]), by=RECEIVER, children=[ASH])
    assert (no.code, no.ids) == ("items-open", (ident("bruise"),))
    accepts(book, [result(ASH)], [disposed("bruise")])
    assert state(book) == "accepted"


def test_the_basis_is_that_of_the_last_dispatch() -> None:
    book = dispatched()
    book.says("decline", by=RECEIVER)
    body = {**BODIES["dispatch"], "basis": "information", "transfer": "information_only"}
    book.says("dispatch", body)
    child = view(book).children[ASH]
    assert (child.basis, child.transfer) == ("information", "information_only")


def test_papers_that_cross_an_acceptance_are_papers_and_move_nothing() -> None:
    book = Book()
    book.says("notification")
    accepts(book, [result(ASH)], [])
    body = {**BODIES["dispatch"], "basis": "information", "transfer": "information_only"}
    papers = book.says("dispatch", body)
    child = view(book).children[ASH]
    assert (child.state, child.papers, child.basis) == ("accepted", papers.digest, "transfer")
    assert refused(book, "dispatch", body).code == "already-dispatched"


# Items


@pytest.mark.parametrize("kind", get_args(ItemType))
@pytest.mark.parametrize("disposition", [None, *get_args(Disposition)])
def test_only_open_concerns_and_outcomes_block(kind: str, disposition: str | None) -> None:
    other = kind if disposition == "duplicate_of" else "action"
    book = dispatched([item("thing", kind), item("other", other)])
    more = {"same_as": ident("other")} if disposition == "duplicate_of" else {}
    given = [disposed("thing", disposition, **more)] if disposition else []
    given += [disposed("other")] if more else []
    free = kind not in BLOCKING_ITEMS or disposition in FINAL_DISPOSITIONS
    body = conference([result(ASH)], given)
    if free:
        book.says("acceptance", body, by=RECEIVER, children=[ASH])
        assert view(book).items[ident("thing")].disposition == disposition
    else:
        no = refused(book, "acceptance", body, by=RECEIVER, children=[ASH])
        assert (no.code, no.ids) == ("items-open", (ident("thing"),))


def test_a_question_is_no_answer() -> None:
    assert set(get_args(Disposition)) - FINAL_DISPOSITIONS == {"queried"}
    assert set(get_args(ItemType)) & BLOCKING_ITEMS == {"concern", "outcome"}


@pytest.mark.parametrize(
    ("owner", "passes", "blocks"),
    [
        (ASH, ASH, True),
        (BIRCH, ASH, False),
        (None, ASH, True),
        (None, BIRCH, True),
        (ASH, BIRCH, False),
    ],
    ids=["own", "a sibling's", "nobody's own", "nobody's own, for the sibling", "the other way"],
)
def test_an_item_blocks_its_child_and_a_childless_one_blocks_all(
    owner: str | None, passes: str, blocks: bool
) -> None:
    book = dispatched([item("thing", child=owner)], BOTH)
    body = conference([result(passes)])
    if blocks:
        no = refused(book, "acceptance", body, by=RECEIVER, children=[passes])
        assert no.ids == (ident("thing"),)
    else:
        book.says("acceptance", body, by=RECEIVER, children=[passes])
        assert state(book, passes) == "accepted"


@pytest.mark.parametrize("outcome", ["plan", "child_in_need", "no_plan"])
def test_every_result_that_passes_is_held_to_the_items(outcome: str) -> None:
    book = dispatched([item("bruise")])
    no = refused(
        book, "acceptance", conference([result(ASH, outcome)]), by=RECEIVER, children=[ASH]
    )
    assert no.code == "items-open"
    accepts(book, [result(ASH, outcome)], [disposed("bruise")])
    assert view(book).children[ASH].passed == "2026-03-16"
    assert view(book).children[ASH].result == outcome


def test_what_blocks_is_named_in_order() -> None:
    labels = ["one", "two", "three"]
    book = dispatched([item(label) for label in labels])
    no = refused(book, "acceptance", conference([result(ASH)]), by=RECEIVER, children=[ASH])
    assert no.ids == tuple(sorted(map(ident, labels)))


def test_an_item_that_comes_later_blocks_too_and_after_acceptance_gets_its_answer() -> None:
    book = dispatched()
    first = book.entries[0].statement.digest
    book.says("correction", {"of": first, "withdraws": False, "items": [item("new")]})
    no = refused(book, "acceptance", conference([result(ASH)]), by=RECEIVER, children=[ASH])
    assert no.code == "items-open"
    accepts(book, [result(ASH)], [disposed("new", "referred_on")])
    book.says("supplement", {"items": [item("newer")]})
    assert view(book).items[ident("newer")].disposition is None
    book.says("disposition", {"dispositions": [disposed("newer", "resolved")]}, by=RECEIVER)
    assert view(book).items[ident("newer")].disposition == "resolved"


@pytest.mark.parametrize(
    ("kind", "body", "by", "code"),
    [
        ("supplement", {"items": [item("thing", "outcome")]}, SENDER, "item-repeated"),
        ("supplement", {"items": [item("thing", child=None)]}, SENDER, "item-repeated"),
        ("supplement", {"items": [item("x", child=BIRCH)]}, SENDER, "unknown-child"),
        ("acceptance", conference([result(ASH)], [disposed("x")]), RECEIVER, "unknown-item"),
        ("acceptance", conference([result(ASH)], [
            disposed("thing", "duplicate_of", same_as=ident("x"))]), RECEIVER, "unknown-item"),
        ("reply", BODIES["reply"], SENDER, "unknown-query"),
    ],
)  # fmt: skip
def test_refused(kind: str, body: dict[str, Any], by: str, code: str) -> None:
    book = dispatched([item("thing")])
    assert refused(book, kind, body, by=by).code == code


def test_a_child_nobody_spoke_of_is_not_spoken_to() -> None:
    book = dispatched()
    no = refused(book, "fact", children=[BIRCH])
    assert no.code == "not-in-this-state"


# Siblings, adjournment, endings


def test_siblings_go_different_ways_in_one_conference() -> None:
    book = dispatched([item("bruise"), item("school", "outcome", BIRCH)], BOTH)
    accepts(
        book,
        [result(ASH), result(BIRCH, "not_accepted")],
        [disposed("bruise"), disposed("school", "queried")],
    )
    seen = view(book).children
    assert (seen[ASH].state, seen[ASH].passed) == ("accepted", "2026-03-16")
    assert (seen[BIRCH].state, seen[BIRCH].passed) == ("declined", None)
    assert (seen[BIRCH].result, seen[BIRCH].papers) == ("not_accepted", None)
    book.says("closure", children=[ASH])
    book.says("recall", children=[BIRCH])
    assert [one.state for _, one in sorted(view(book).children.items())] == ["closed", "recalled"]


def test_an_adjourned_conference_holds_nobody_up_and_decides_nothing() -> None:
    book = dispatched([item("bruise")], BOTH)
    accepts(book, [result(ASH, "adjourned"), result(BIRCH)])
    seen = view(book).children
    assert (seen[ASH].state, seen[ASH].result, seen[ASH].passed) == (
        "dispatched",
        "adjourned",
        None,
    )
    assert seen[BIRCH].state == "accepted"
    accepts(book, [result(ASH)], [disposed("bruise")])
    assert view(book).children[ASH].result == "plan"
    assert state(book) == "accepted"


def test_who_passes_nobody_is_asked_for_nothing() -> None:
    book = dispatched([item("thing", child=None), item("bruise")])
    accepts(book, [result(ASH, "adjourned")])
    accepts(book, [result(ASH, "not_accepted")])
    assert state(book) == "declined"


def test_what_is_said_of_several_children_follows_for_all_or_is_refused() -> None:
    book = dispatched(children=BOTH)
    book.says("acknowledgement", by=RECEIVER, children=BOTH)
    assert {one.state for one in view(book).children.values()} == {"acknowledged"}
    accepts(book, [result(ASH)])
    no = refused(book, "recall", children=BOTH)
    assert no.code == "not-in-this-state"
    assert permitted_children(view(book), "recall", "sender") == (BIRCH,)
    assert permitted_children(view(book), "fact", "receiver") == (ASH, BIRCH)
    book.says("recall", children=[BIRCH])
    assert state(book, BIRCH) == "recalled"


@pytest.mark.parametrize("kind", ["recall", "decline"])
def test_after_acceptance_nothing_is_withdrawn_or_declined(kind: str) -> None:
    book = dispatched()
    accepts(book, [result(ASH)])
    by = SENDER if kind == "recall" else RECEIVER
    assert refused(book, kind, by=by).code == "not-in-this-state"


def test_a_misdirected_bundle_is_certified_gone() -> None:
    book = dispatched()
    assert refused(book, "destruction", by=RECEIVER).code == "not-in-this-state"
    book.says("recall", {"code": "wrong_authority"})
    book.says("destruction", by=RECEIVER)
    assert state(book) == "recalled"


# Conversation


def test_questions_and_disagreements_are_followed() -> None:
    book = dispatched()
    seen = []
    for kind, body, by in [
        ("query", None, RECEIVER),
        ("reply", None, SENDER),
        ("reply", {**BODIES["reply"], "result": "answered"}, SENDER),
        ("disagreement", None, RECEIVER),
        ("disagreement", {**BODIES["disagreement"], "act": "step", "step": 2}, SENDER),
        ("disagreement", {**BODIES["disagreement"], "act": "resolved"}, SENDER),
    ]:
        book.says(kind, body, by=by)
        seen.append((view(book).questions.get(ident("query")),
                     view(book).disagreements.get(ident("row"))))  # fmt: skip
    assert seen == [
        ("open", None), ("coming", None), ("answered", None),
        ("answered", "opened"), ("answered", "step"), ("answered", "resolved"),
    ]  # fmt: skip
    assert state(book) == "dispatched"


def test_the_fold_changes_no_view_it_was_given() -> None:
    book = dispatched([item("bruise")])
    before = view(book)
    kept = (dict(before.children), dict(before.items), dict(before.questions))
    book.says("query", by=RECEIVER)
    accepts(book, [result(ASH)], [disposed("bruise")])
    assert view(book) != before
    assert (dict(before.children), dict(before.items), dict(before.questions)) == kept


def test_a_statement_says_whose_side_it_is_from() -> None:
    book = dispatched()
    assert view(book).side(SENDER) == "sender"
    assert view(book).side(RECEIVER) == "receiver"
    assert statement("fact", by=RECEIVER).payload.recipient == SENDER
