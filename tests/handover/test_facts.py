"""What the clocks run on: which statement makes which fact, for whom, and from when."""

from dataclasses import replace
from typing import Any

import pytest

from app.handover.codes import DERIVED_FACTS, Fact
from app.handover.deadlines import deadlines
from app.handover.facts import Facts, facts
from app.handover.ledger import Entry, fold
from app.handover.statement import parse_body
from app.handover.timetable import FrozenTimetable
from app.handover.when import instant
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    OPENING,
    RECEIVER,
    SENDER,
    TIMETABLE,
    Book,
    conference,
    digest,
    dispatched,
    result,
    statement,
)

BOTH = [ASH, BIRCH]
THURSDAY = "2026-03-05T14:00:00Z"
BEGUN = {
    "learned": "2026-03-02",
    "moved": "2026-02-28",
    "notified": "2026-03-02T09:00:00Z",
    "papers_received": "2026-03-02T09:00:00Z",
}
"""What `dispatched()` makes known."""
FIRST = dispatched().entries[0].statement.digest


def known(book: Book, child: str = ASH) -> Facts:
    fold(book.entries)
    return facts(book.entries, (), child)


def new(book: Book, child: str = ASH) -> Facts:
    return {code: on for code, on in known(book, child).items() if BEGUN.get(code) != on}


SEEN = {"on": "2026-03-04", "alone": False, "home": False}


@pytest.mark.parametrize(
    ("kind", "body", "by", "expected"),
    [
        ("acknowledgement", {}, RECEIVER, {"acknowledged": THURSDAY}),
        ("arrangements", {}, RECEIVER, {"arranged": THURSDAY}),
        ("arrangements", {"conference": "2026-03-16"}, RECEIVER,
         {"arranged": THURSDAY, "conference_arranged": THURSDAY}),
        ("arrangements", {"temporary_list": "2026-03-03"}, RECEIVER,
         {"arranged": THURSDAY, "on_temporary_list": "2026-03-03"}),
        ("arrangements", {"seen": SEEN}, RECEIVER,
         {"arranged": THURSDAY, "child_seen": "2026-03-04"}),
        ("arrangements", {"seen": {**SEEN, "alone": True}}, RECEIVER,
         {"arranged": THURSDAY, "child_seen": "2026-03-04", "child_seen_alone": "2026-03-04"}),
        ("arrangements", {"seen": {**SEEN, "home": True}}, RECEIVER,
         {"arranged": THURSDAY, "child_seen": "2026-03-04", "visited": "2026-03-04"}),
        ("acceptance", conference([result(ASH, "no_plan")]), RECEIVER,
         {"acknowledged": THURSDAY, "conference_held": "2026-03-16", "accepted": THURSDAY,
          "result_written": "2026-03-16T09:00:00Z"}),
        ("acceptance", conference([result(ASH, "not_accepted")]), RECEIVER,
         {"acknowledged": THURSDAY, "conference_held": "2026-03-16", "declined": THURSDAY,
          "result_written": "2026-03-16T09:00:00Z"}),
        ("acceptance", conference([result(ASH, "adjourned")]), RECEIVER, {}),
        ("decline", {"code": "not_living_here"}, RECEIVER, {"declined": THURSDAY}),
        ("recall", {"code": "died"}, SENDER, {"recalled": THURSDAY}),
        ("fact", {"code": "child_seen", "on": "2026-03-04"}, RECEIVER,
         {"child_seen": "2026-03-04"}),
        ("fact", {"code": "minutes_shared", "on": "2026-03-04"}, SENDER,
         {"minutes_shared": "2026-03-04"}),
        ("supplement", {"items": []}, SENDER, {}),
        ("correction", {"of": FIRST, "withdraws": False, "items": []}, SENDER, {}),
        ("query", BODIES["query"], SENDER, {}),
        ("disagreement", BODIES["disagreement"], SENDER, {}),
        ("chase", BODIES["chase"], SENDER, {}),
    ],
)  # fmt: skip
def test_what_a_statement_makes_known(
    kind: str, body: dict[str, Any], by: str, expected: Facts
) -> None:
    book = dispatched()
    book.says(kind, body, by=by, effective=THURSDAY)
    assert new(book) == expected


def test_a_closure_ends_the_old_plan() -> None:
    book = dispatched()
    book.says("acceptance", conference([result(ASH)]), by=RECEIVER)
    book.says("closure", effective=THURSDAY)
    assert new(book)["closed"] == THURSDAY


def test_what_a_statement_says_itself_can_not_be_stated_as_a_fact() -> None:
    """Every derived fact has its statement, and none of them has two sources."""
    made = {"learned", "requested", "notified", "papers_received", "acknowledged", "arranged",
            "accepted", "declined", "recalled", "closed", "result_written"}  # fmt: skip
    assert DERIVED_FACTS - made == {"items_settled", "gaps_declared", "gaps_answered"}, (
        "and those `clocks` makes"
    )
    assert set(Fact.__args__) >= DERIVED_FACTS  # type: ignore[attr-defined]


# Beginning


def test_the_first_dispatch_notifies_too() -> None:
    book = Book()
    book.says("dispatch", {**BODIES["dispatch"], "opening": OPENING}, known=THURSDAY)
    assert known(book) == {**BEGUN, "papers_received": THURSDAY}


def test_a_request_for_records_makes_known_that_it_was_made_and_nothing_of_the_move() -> None:
    book = Book()
    book.says("records_request", by=RECEIVER, effective="2026-03-01")
    assert known(book) == {"requested": "2026-03-01"}
    book.says("notification")
    assert known(book)["requested"] == "2026-03-01"


def test_where_nobody_knows_when_they_moved_no_clock_of_a_move_runs() -> None:
    book = Book()
    body = {name: one for name, one in BODIES["notification"].items() if name != "moved"}
    book.says("notification", body)
    assert set(known(book)) == {"learned", "notified"}


def test_each_child_has_its_own_beginning() -> None:
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER)
    later = {**BODIES["notification"], "learned": "2026-03-04", "moved": {
        "on": "2026-03-03", "precision": "day"}}  # fmt: skip
    book.says("notification", later, children=[BIRCH], effective=THURSDAY)
    assert new(book) == {"acknowledged": "2026-03-02T09:00:00Z"}
    assert known(book, BIRCH) == {
        "learned": "2026-03-04",
        "moved": "2026-03-03",
        "notified": THURSDAY,
    }


def test_a_child_who_joins_after_the_conference_was_not_accepted_by_it() -> None:
    book = dispatched()
    book.says("acceptance", conference([result(ASH)]), by=RECEIVER)
    book.says("notification", children=[BIRCH], effective=THURSDAY)
    assert "accepted" in known(book)
    assert "accepted" not in known(book, BIRCH)


# The papers


def test_the_papers_have_come_when_the_receiver_could_open_them() -> None:
    book = Book()
    book.says("notification")
    book.says("dispatch", effective="2026-03-03", outcome="unusable", known=THURSDAY)
    assert "papers_received" not in known(book)
    friday = "2026-03-06T08:00:00Z"
    book.says("dispatch", effective="2026-03-03", known=friday)
    assert known(book)["papers_received"] == friday


def assisted(*told: tuple[str, dict[str, Any], str]) -> Book:
    book = Book(SENDER)
    book.says("notification")
    sent = book.says("dispatch")
    for says, body, effective in told:
        inner = {"of": sent.digest, **body} if says == "receipt" else body
        attested = {"says": says, "body": inner, "told_on": "2026-03-06", "how": "telephone"}
        book.says("attested", attested, effective=effective)
    return book


def test_where_they_do_not_use_the_service_the_papers_have_come_when_they_said_so() -> None:
    assert "papers_received" not in known(assisted())
    came = known(assisted(("receipt", {"result": "stored"}, THURSDAY)))
    assert came["papers_received"] == THURSDAY
    spoilt = assisted(("receipt", {"result": "unusable", "code": "unreadable"}, THURSDAY))
    assert "papers_received" not in known(spoilt)
    other = assisted(("receipt", {"result": "stored", "of": digest("a letter")}, THURSDAY))
    assert "papers_received" not in known(other)


def test_what_was_told_counts_like_what_was_signed() -> None:
    told = known(
        assisted(
            ("acknowledgement", {}, THURSDAY),
            ("fact", {"code": "child_seen", "on": "2026-03-04"}, THURSDAY),
            ("acceptance", conference([result(ASH)]), "2026-03-16"),
        )
    )
    assert (told["acknowledged"], told["child_seen"], told["accepted"]) == (
        THURSDAY, "2026-03-04", "2026-03-16",
    )  # fmt: skip


# True on


def test_a_conference_on_monday_that_is_typed_on_thursday_was_held_on_monday() -> None:
    book = dispatched()
    typed = "2026-03-19T16:00:00Z"
    book.says(
        "acceptance", conference([result(ASH)]), by=RECEIVER, at=typed, effective="2026-03-16"
    )
    assert (known(book)["accepted"], known(book)["result_written"]) == ("2026-03-16", typed)
    assert book.entries[-1].known_at == typed


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_earliest_date_counts_whatever_came_first(order: list[int]) -> None:
    days = ["2026-03-04T10:00:00Z", "2026-03-04", "2026-03-07"]
    book = dispatched()
    for one in order:
        book.says("fact", {"code": "child_seen", "on": days[one]}, by=RECEIVER)
    assert known(book)["child_seen"] == "2026-03-04"


def test_a_case_sent_again_after_a_decline_begins_anew() -> None:
    """What the first attempt did meets no clock of the second."""
    book = dispatched()
    book.says("acknowledgement", by=RECEIVER, effective="2026-03-03")
    book.says("decline", by=RECEIVER, effective="2026-03-04")
    assert {"acknowledged", "declined"} <= set(known(book))
    book.says("dispatch", at=THURSDAY, effective=THURSDAY)
    assert known(book) == {
        "learned": BEGUN["learned"],
        "moved": BEGUN["moved"],
        "notified": THURSDAY,
        "papers_received": THURSDAY,
    }


def test_what_is_held_makes_nothing_known_on_either_side() -> None:
    book = dispatched()
    book.says("fact", BODIES["fact"], v=2, outcome="held")
    book.says("fact", {"what": "is new"}, v=2, outcome="held")
    entry = book.entries[-2]
    known_here = replace(entry.statement, body=parse_body("fact", BODIES["fact"]))
    book.entries[-2] = Entry(known_here, entry.receipt)
    assert new(book) == {}


# For whom, and what is not confirmed


def test_a_fact_about_one_child_is_not_about_its_sibling() -> None:
    book = dispatched(children=BOTH)
    book.says("fact", {"code": "child_seen", "on": "2026-03-04"}, by=RECEIVER, children=[BIRCH])
    body = conference([result(ASH), result(BIRCH, "not_accepted")])
    book.says("acceptance", body, by=RECEIVER, children=BOTH)
    ash, birch = new(book), new(book, BIRCH)
    assert ("child_seen" in ash, "child_seen" in birch) == (False, True)
    assert ("accepted" in ash, "declined" in ash) == (True, False)
    assert ("accepted" in birch, "declined" in birch) == (False, True)
    assert facts(book.entries, (), "a child of nobody") == {}


def test_what_we_said_counts_before_it_is_confirmed() -> None:
    """A silent other side is overdue, and never invisible."""
    book = Book()
    book.says("notification")
    pending = [statement("dispatch"), statement("recall", effective=THURSDAY)]
    seen = facts(book.entries, pending, ASH)
    assert seen["recalled"] == THURSDAY
    assert "papers_received" not in seen
    unheard = facts([], [statement("notification")], ASH)
    assert unheard["notified"] == BEGUN["notified"]


def test_the_clocks_follow() -> None:
    timetable = FrozenTimetable.model_validate(TIMETABLE)
    book = Book()
    book.says("notification")
    states = []
    for kind, by, body in [
        ("dispatch", SENDER, BODIES["dispatch"]),
        ("acknowledgement", RECEIVER, {}),
        ("acceptance", RECEIVER, conference([result(ASH)])),
    ]:
        at = {"at": THURSDAY, "known": THURSDAY} if kind != "acceptance" else {}
        book.says(kind, body, by=by, effective="2026-03-05", **at)
        clocks = deadlines(timetable, known(book), instant("2026-03-20T09:00:00Z"))
        states.append([one.state for one in clocks])
    assert states == [
        ["overdue", "met", "due_soon"],
        ["met_late", "met", "due_soon"],
        ["met_late", "met", "met"],
    ]
