"""What may be said given what was said before: each rule kept, and each broken."""

from typing import Any

import pytest

from app.errors import Conflict
from app.handover.codes import FACT_SIDES, FACTS, ITEM_FACTS
from app.handover.facts import facts
from app.handover.ledger import admit, fold
from app.handover.statement import MAX_CHILDREN, Statement
from app.handover.view import HandoverView
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    LIMIT,
    MONDAY,
    OPENING,
    RECEIVER,
    SENDER,
    STEP,
    TIMETABLE,
    Book,
    conference,
    digest,
    dispatched,
    disposed,
    ident,
    item,
    result,
    statement,
)

BOTH = [ASH, BIRCH]


def view(book: Book) -> HandoverView:
    seen = fold(book.entries)
    assert seen is not None
    return seen


def code(book: Book, kind: str, body: dict[str, Any] | None = None, **members: Any) -> str | None:
    """The code with which this is refused next; what is refused is left out of the book."""
    book.says(kind, body, **members)
    try:
        view(book)
    except Conflict as error:
        book.entries.pop()
        return f"{error.code}, for now" if error.retryable else error.code
    return None


# What was seen


def seeing(book: Book, seen: str | None, by: str = SENDER) -> str | None:
    try:
        admit(view(book), statement("query", by=by, seen=seen))
    except Conflict as error:
        return error.code
    return None


def test_only_entries_of_this_ledger_have_been_seen() -> None:
    book = dispatched()
    for entry in book.entries:
        assert seeing(book, entry.digest) is None
    for other in (digest("another ledger"), book.entries[0].statement.digest):
        assert seeing(book, other) == "ledger-seen"
    first = statement("notification", seen=digest("x"))
    with pytest.raises(Conflict, match="ledger-seen"):
        admit(None, first)


@pytest.mark.parametrize("opener", [SENDER, RECEIVER])
def test_only_who_began_it_may_have_seen_nothing(opener: str) -> None:
    book = Book()
    book.says("notification" if opener == SENDER else "records_request", by=opener)
    assert seeing(book, None) == (None if opener == SENDER else "ledger-seen")


def test_the_keeper_has_seen_what_it_follows() -> None:
    book = dispatched()
    first, last = (entry.digest for entry in book.entries)
    for seen, expected in ((last, None), (first, "ledger-seen"), (None, "ledger-seen")):
        said = statement("query", by=RECEIVER, place=3, prev=last, seen=seen)
        if expected is None:
            admit(view(book), said)
        else:
            with pytest.raises(Conflict, match=expected):
                admit(view(book), said)


# Corrections


def corrects(of: Statement, withdraws: bool = False) -> dict[str, Any]:
    return {"of": of.digest, "withdraws": withdraws, "items": []}


def test_a_side_corrects_its_own_statements() -> None:
    book = dispatched()
    ours = book.entries[1].statement
    theirs = book.says("arrangements", by=RECEIVER)
    assert code(book, "correction", corrects(ours)) is None
    assert code(book, "correction", corrects(theirs)) == "unknown-statement"
    assert code(book, "correction", corrects(theirs), by=RECEIVER) is None
    assert code(book, "correction", corrects(ours), by=RECEIVER) == "unknown-statement"
    of_nothing = {**BODIES["correction"], "of": book.entries[1].digest}
    assert code(book, "correction", of_nothing) == "unknown-statement"


def test_what_is_held_is_not_corrected() -> None:
    book = dispatched()
    held = book.says("omen", {}, v=2, outcome="held")
    assert code(book, "correction", corrects(held)) == "unknown-statement"


@pytest.mark.parametrize("kind", ["fact", "arrangements"])
def test_what_makes_facts_can_be_withdrawn_and_stays(kind: str) -> None:
    book = dispatched()
    before = facts(book.entries, (), ASH)
    said = book.says(kind, by=RECEIVER)
    assert facts(book.entries, (), ASH) != before
    book.says("correction", corrects(said), by=RECEIVER)
    assert facts(book.entries, (), ASH) != before
    assert code(book, "correction", corrects(said, True), by=RECEIVER) is None
    assert facts(book.entries, (), ASH) == before
    assert facts(book.entries[:-1], (), ASH) != before
    assert said.digest in view(book).statements


def test_a_pending_withdrawal_counts() -> None:
    book = dispatched()
    before = facts(book.entries, (), ASH)
    said = statement("fact")
    withdrawal = statement("correction", corrects(said, True))
    assert facts(book.entries, (said,), ASH) != before
    assert facts(book.entries, (said, withdrawal), ASH) == before


@pytest.mark.parametrize("kind", ["acknowledgement", "query", "supplement"])
def test_nothing_else_can_be_withdrawn(kind: str) -> None:
    book = dispatched()
    said = book.says(kind, by=RECEIVER)
    assert code(book, "correction", corrects(said), by=RECEIVER) is None
    assert code(book, "correction", corrects(said, True), by=RECEIVER) == "not-withdrawable"


def test_who_recorded_what_was_told_may_withdraw_it() -> None:
    book = Book(SENDER)
    book.says("notification")
    before = facts(book.entries, (), ASH)
    body = {"code": "child_seen", "on": "2026-03-03"}
    told = {"says": "fact", "body": body, "told_on": "2026-03-03", "how": "telephone"}
    said = book.says("attested", told)
    assert "child_seen" in facts(book.entries, (), ASH)
    assert code(book, "correction", corrects(said, True)) is None
    assert facts(book.entries, (), ASH) == before


# The receiver's own limits


def steps(**changes: Any) -> dict[str, Any]:
    return {"steps": [{**LIMIT, **changes}]}


def test_the_first_acknowledgement_sets_limits_and_the_originals_stay_visible() -> None:
    book = dispatched()
    frozen = view(book).timetable
    assert frozen is not None
    assert code(book, "acknowledgement", steps(n=2), by=RECEIVER) is None
    now = view(book)
    assert now.timetable is not None
    assert [step.n for step in now.timetable.steps] == [2, 3, 15]
    assert dict(now.replaced) == {"acknowledge": frozen.steps[0]}
    assert now.timetable.steps[0].after == frozen.steps[0].after
    assert code(book, "acknowledgement", by=RECEIVER) is None
    assert view(book).replaced == now.replaced


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, None), ({"code": "send_papers"}, "not-your-step"), ({"code": "new"}, "unknown-step")],
)
def test_only_existing_steps_of_ones_own(changes: dict[str, Any], expected: str | None) -> None:
    assert code(dispatched(), "acknowledgement", steps(**changes), by=RECEIVER) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-09T23:59:59Z", None), ("2026-03-10T00:00:00Z", "steps-too-late")],
)
def test_limits_are_set_within_a_week_of_the_opening(at: str, expected: str | None) -> None:
    assert code(dispatched(), "acknowledgement", steps(), by=RECEIVER, at=at) == expected


def test_only_the_first_acknowledgement_of_a_handover_sets_limits() -> None:
    book = dispatched(children=BOTH)
    book.says("acknowledgement", by=RECEIVER, children=[ASH])
    expected = "steps-too-late"
    assert code(book, "acknowledgement", steps(), by=RECEIVER, children=[BIRCH]) == expected


# Facts


@pytest.mark.parametrize("fact", [*sorted(FACT_SIDES), "moved", "minutes_shared", "a_new_code"])
@pytest.mark.parametrize("by", [SENDER, RECEIVER])
def test_a_fact_is_stated_by_whose_act_it_is(fact: str, by: str) -> None:
    book = dispatched([item("bear")])
    side = "sender" if by == SENDER else "receiver"
    body = {"code": fact, "on": "2026-03-03"}
    if fact in ITEM_FACTS:
        body["item"] = ident("bear")
    expected = None if FACT_SIDES.get(fact, side) == side else "not-your-fact"
    assert code(book, "fact", body, by=by) == expected
    if expected is None:
        assert facts(book.entries, (), ASH).get(fact) == ("2026-03-03" if fact in FACTS else None)


@pytest.mark.parametrize("fact", sorted(ITEM_FACTS))
def test_what_a_fact_is_about_is_an_item_of_the_handover(fact: str) -> None:
    body = {"code": fact, "on": "2026-03-03", "item": ident("bear")}
    assert code(dispatched(), "fact", body) == "unknown-item"


def test_the_latest_word_on_when_they_moved_counts() -> None:
    book = dispatched()
    assert facts(book.entries, (), ASH)["moved"] == "2026-02-28"
    for day, by in (("2026-03-03", SENDER), ("2026-02-01", RECEIVER), ("2026-03-01", SENDER)):
        said = book.says("fact", {"code": "moved", "on": day}, by=by)
        assert facts(book.entries, (), ASH)["moved"] == day
    book.says("correction", corrects(said, True))
    assert facts(book.entries, (), ASH)["moved"] == "2026-02-01"


# Dispositions


REPEATS = [item("a"), item("b"), item("c", "outcome"), item("d", child=None)]


@pytest.mark.parametrize(
    ("same_as", "others", "expected"),
    [
        ("b", [disposed("b")], None),
        ("b", [], "duplicate-of-nothing"),
        ("b", [disposed("b", "queried")], "duplicate-of-nothing"),
        ("b", [disposed("b", "duplicate_of", same_as=ident("a"))], "duplicate-of-nothing"),
        ("a", [], "duplicate-of-nothing"),
        ("c", [disposed("c")], "duplicate-of-nothing"),
        ("d", [disposed("d")], "duplicate-of-nothing"),
        ("x", [], "unknown-item"),
    ],
)
def test_a_duplicate_repeats_what_is_settled(
    same_as: str, others: list[dict[str, Any]], expected: str | None
) -> None:
    book = dispatched(REPEATS)
    given = [disposed("a", "duplicate_of", same_as=ident(same_as)), *others]
    adjourned = conference([result(ASH, "adjourned")], given)
    assert code(book, "acceptance", adjourned, by=RECEIVER) == expected


def test_what_was_settled_before_can_be_repeated_later() -> None:
    book = dispatched([item("a"), item("b")])
    body = conference([result(ASH)], [disposed("a", "resolved"), disposed("b")])
    book.says("acceptance", body, by=RECEIVER)
    later = {"dispositions": [disposed("b", "duplicate_of", same_as=ident("a"))]}
    assert code(book, "disposition", later, by=RECEIVER) is None


# Conversation


def test_a_question_is_asked_once_and_answered_by_the_other_side() -> None:
    book = dispatched()
    assert code(book, "query", by=RECEIVER) is None
    assert code(book, "query", by=RECEIVER) == "query-repeated"
    assert code(book, "query", by=SENDER) == "query-repeated"
    assert code(book, "reply", by=RECEIVER) == "not-yours-to-answer"
    assert code(book, "reply", by=SENDER) is None
    assert code(book, "reply", {**BODIES["reply"], "query": ident("x")}) == "unknown-query"


def test_a_disagreement_is_opened_once_and_goes_on_until_it_is_resolved() -> None:
    book = dispatched()
    for act, expected in [
        ("step", "unknown-disagreement"),
        ("resolved", "unknown-disagreement"),
        ("opened", None),
        ("opened", "disagreement-repeated"),
        ("step", None),
        ("opened", "disagreement-repeated"),
        ("step", None),
        ("resolved", None),
        ("resolved", "unknown-disagreement"),
        ("step", "unknown-disagreement"),
        ("opened", "disagreement-repeated"),
    ]:
        assert code(book, "disagreement", {**BODIES["disagreement"], "act": act}) == expected


def test_only_the_other_sides_chase_is_heard() -> None:
    book = dispatched()
    chase, query = book.says("chase", by=RECEIVER), book.says("query", by=RECEIVER)
    assert code(book, "heard", {"of": chase.digest}) is None
    for of, by in ((chase, RECEIVER), (query, SENDER)):
        assert code(book, "heard", {"of": of.digest}, by=by) == "unknown-statement"
    assert code(book, "heard", BODIES["heard"]) == "unknown-statement"


# Transfers, requests and caps


OTHER = {"transfer": "cp_temporary", "basis": "information"}


@pytest.mark.parametrize("outcome", ["stored", "unusable"])
def test_what_was_acknowledged_stays_that_kind_of_transfer(outcome: str) -> None:
    body = {**BODIES["dispatch"], **OTHER}
    book = Book()
    book.says("notification")
    assert code(book, "dispatch", body, outcome=outcome) is None
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER)
    assert code(book, "dispatch", body, outcome=outcome) == "transfer-changed"
    assert code(book, "dispatch", outcome=outcome) is None


def test_a_requests_timetable_holds_until_an_opening_has_its_own() -> None:
    own = {**TIMETABLE, "steps": [{**STEP, "code": "answer", "after": ["requested"]}]}
    book = Book()
    book.says("records_request", {**BODIES["records_request"], "timetable": own}, by=RECEIVER)
    later = {**BODIES["records_request"], "timetable": TIMETABLE}
    book.says("records_request", later, by=RECEIVER, children=[BIRCH])
    now = view(book).timetable
    assert now is not None
    assert [step.code for step in now.steps] == ["answer"]
    book.says("dispatch", {**BODIES["dispatch"], "opening": OPENING})
    now = view(book).timetable
    assert now is not None
    assert [step.code for step in now.steps] == [step["code"] for step in TIMETABLE["steps"]]
    assert view(book).opened_effective == MONDAY


def test_a_handover_is_of_so_many_children_and_items() -> None:
    children = sorted(ident(f"child {number}") for number in range(MAX_CHILDREN))
    book = Book()
    book.says("notification", children=children)
    assert code(book, "notification", children=[ASH]) == "too-many-children"
    for start in range(0, 2_000, 400):
        more = [item(f"item {start + n}", child=None) for n in range(400)]
        assert code(book, "supplement", {"items": more}, children=children[:1]) is None
    again = {"items": [item("item 7", child=None)]}
    assert code(book, "supplement", again, children=children[:1]) is None
    one = {"items": [item("one too many", child=None)]}
    assert code(book, "supplement", one, children=children[:1]) == "too-many-items"
