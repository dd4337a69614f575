"""Who holds the plan and who responds to harm, true on a day and known on a day."""

from datetime import date
from typing import Any

import pytest

from app.errors import NotFound
from app.handover.facts import facts
from app.handover.holder import Responds, known_by, plan_holder, responds
from app.handover.ledger import fold
from app.handover.view import HandoverView
from app.handover.when import instant
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    MONDAY,
    OPENING,
    RECEIVER,
    SENDER,
    STRANGER,
    Book,
    conference,
    dispatched,
    result,
)

SOON = date(2026, 3, 10)
BOTH = [ASH, BIRCH]


def view(book: Book) -> HandoverView:
    seen = fold(book.entries)
    assert seen is not None
    return seen


def holder(book: Book, on: str, child: str = ASH) -> str:
    return plan_holder(view(book), child, date.fromisoformat(on))


def where(book: Book, on: str = "2026-03-10", child: str = ASH) -> Responds:
    return responds(book.entries, view(book), child, date.fromisoformat(on))


def accepts(book: Book, *results: dict[str, Any], **members: Any) -> None:
    book.says("acceptance", conference(results), by=RECEIVER, **{
        "children": [one["child"] for one in results], **members})  # fmt: skip


def notified(**changes: Any) -> Book:
    """A notification with other opening facts; those that are None are left out."""
    body = {**BODIES["notification"], **changes}
    book = Book()
    book.says("notification", {name: one for name, one in body.items() if one is not None})
    return book


# The plan


def test_the_sender_holds_the_plan_until_the_day_of_acceptance() -> None:
    book = dispatched()
    book.says("acknowledgement", by=RECEIVER)
    assert holder(book, "2027-01-01") == SENDER
    accepts(book, result(ASH), effective="2026-03-16")
    days = ["2026-03-15", "2026-03-16", "2030-01-01"]
    assert [holder(book, day) for day in days] == [SENDER, RECEIVER, RECEIVER]
    book.says("closure")
    assert holder(book, "2026-03-16") == RECEIVER


def test_a_late_evening_is_the_day_it_is_in_london() -> None:
    book = dispatched()
    accepts(book, result(ASH), effective="2026-07-01T23:30:00Z")
    assert [holder(book, day) for day in ("2026-07-01", "2026-07-02")] == [SENDER, RECEIVER]


@pytest.mark.parametrize(
    ("outcome", "moves"),
    [("plan", True), ("child_in_need", True), ("no_plan", True), ("adjourned", False),
     ("not_accepted", False)],
)  # fmt: skip
def test_a_decision_moves_the_plan_and_a_postponement_does_not(outcome: str, moves: bool) -> None:
    book = dispatched()
    accepts(book, result(ASH, outcome), effective="2026-03-16")
    assert holder(book, "2026-03-20") == (RECEIVER if moves else SENDER)


def test_information_moves_no_plan() -> None:
    book = notified(basis="information", transfer="cp_temporary")
    accepts(book, result(ASH), effective="2026-03-16")
    assert holder(book, "2026-03-20") == SENDER


@pytest.mark.parametrize("kind", ["decline", "recall"])
def test_what_is_declined_or_recalled_stays_with_the_sender(kind: str) -> None:
    book = dispatched()
    book.says(kind, by=SENDER if kind == "recall" else RECEIVER)
    assert holder(book, "2027-01-01") == SENDER


def test_siblings_go_different_ways() -> None:
    book = dispatched(children=BOTH)
    accepts(book, result(ASH), result(BIRCH, "not_accepted"), children=BOTH)
    assert [holder(book, "2026-03-20", child) for child in BOTH] == [RECEIVER, SENDER]


def test_of_a_child_it_does_not_know_it_says_so() -> None:
    with pytest.raises(NotFound, match="unknown-child"):
        plan_holder(view(dispatched()), BIRCH, SOON)


# True on and known on


def test_a_conference_on_monday_typed_on_thursday() -> None:
    """True on Tuesday: the receiver. Known on Tuesday: the sender, as far as anybody could tell."""
    book = dispatched()
    thursday = "2026-03-19T16:00:00Z"
    accepts(book, result(ASH), at=thursday, effective="2026-03-16")
    tuesday = date(2026, 3, 17)
    assert plan_holder(view(book), ASH, tuesday) == RECEIVER
    for moment, expected in [
        ("2026-03-17T12:00:00Z", SENDER),
        ("2026-03-19T15:59:59Z", SENDER),
        (thursday, RECEIVER),
    ]:
        then = known_by(book.entries, instant(moment))
        seen = fold(then)
        assert seen is not None
        assert plan_holder(seen, ASH, tuesday) == expected
        assert ("accepted" in facts(then, (), ASH)) == (expected == RECEIVER)


def test_what_is_known_is_known_when_the_keeper_has_it() -> None:
    book = Book()
    book.says("notification", known="2026-03-03T10:00:00Z")
    assert known_by(book.entries, instant(MONDAY)) == ()
    assert fold(known_by(book.entries, instant(MONDAY))) is None
    assert known_by(book.entries, instant("2026-03-03T10:00:00Z")) == tuple(book.entries)


def test_a_clock_that_was_put_back_leaves_no_gap() -> None:
    book = Book()
    book.says("notification", known="2026-03-03T10:00:00Z")
    book.says("query", at="2026-03-03T10:00:00Z", known="2026-03-03T10:04:00Z")
    book.says("recall", at="2026-03-03T10:00:00Z", known="2026-03-03T10:00:05Z")
    known = known_by(book.entries, instant("2026-03-03T10:01:00Z"))
    assert known == tuple(book.entries[:1])
    assert fold(known) is not None


# Who responds


def test_the_duty_to_respond_follows_the_child_and_the_plan_stays() -> None:
    book = dispatched()
    assert where(book, "2026-02-27") == Responds(SENDER, "not_moved")
    assert where(book, "2026-02-28") == Responds(RECEIVER, "moved")
    assert holder(book, "2026-03-10") == SENDER


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({"moved": {"on": "2026-03-20", "precision": "day"}}, "2026-03-19", "not_moved"),
        ({"moved": {"on": "2026-03-20", "precision": "day"}}, "2026-03-20", "moved"),
        ({"moved": None}, "2026-03-01", "not_moved"),
        ({"moved": None}, "2026-03-02", "moved"),
        ({"moved": None, "planned": "planned"}, "2027-03-02", "not_moved"),
        ({"moved": None, "planned": "avoidance_suspected"}, "2026-03-02", "moved"),
    ],
)
def test_where_a_notification_has_the_child(
    changes: dict[str, Any], on: str, expected: str
) -> None:
    authority = RECEIVER if expected == "moved" else SENDER
    assert where(notified(**changes), on) == Responds(authority, expected)


def test_a_planned_move_has_happened_when_somebody_says_so() -> None:
    book = notified(moved=None, planned="planned")
    book.says("fact", {"code": "moved", "on": "2026-03-09"}, by=RECEIVER)
    book.says("fact", {"code": "child_seen", "on": "2026-03-09"}, by=RECEIVER)
    days = ["2026-03-08", "2026-03-09"]
    assert [where(book, day).because for day in days] == ["not_moved", "moved"]


def test_who_states_when_they_moved_corrects_what_was_said_of_it() -> None:
    book = dispatched()
    book.says("fact", {"code": "moved", "on": "2026-03-09"}, by=RECEIVER)
    days = ["2026-03-01", "2026-03-08", "2026-03-09"]
    assert [where(book, day).because for day in days] == ["not_moved", "not_moved", "moved"]
    later = book.says("fact", {"code": "moved", "on": "2026-03-07"})
    assert [where(book, day).because for day in days] == ["not_moved", "moved", "moved"]
    gone = {"of": later.digest, "withdraws": True, "items": []}
    book.says("correction", gone)
    assert [where(book, day).because for day in days] == ["not_moved", "not_moved", "moved"]


def test_a_move_yet_to_come_does_not_undo_a_decline() -> None:
    book = dispatched()
    book.says("decline", {"code": "not_living_here"}, by=RECEIVER, effective="2026-03-04")
    book.says("fact", {"code": "moved", "on": "2026-03-09"})
    days = ["2026-03-05", "2026-03-09"]
    assert [where(book, day).because for day in days] == ["not_living_here", "moved"]


def test_papers_that_come_ahead_of_the_family_move_nobody() -> None:
    book = notified(moved={"on": "2026-03-20", "precision": "day"}, planned="planned")
    book.says("dispatch")
    days = ["2026-03-19", "2026-03-20"]
    assert [where(book, day).because for day in days] == ["not_moved", "moved"]


def test_who_asks_for_the_records_has_the_child() -> None:
    book = Book()
    book.says("records_request", by=RECEIVER, effective="2026-03-05")
    assert where(book, "2026-03-04") == Responds(SENDER, "not_moved")
    assert where(book, "2026-03-05") == Responds(RECEIVER, "moved")
    book.says("decline", {"code": "not_known_here"})
    assert where(book) == Responds(RECEIVER, "moved")


def test_a_first_dispatch_says_where_the_child_is() -> None:
    book = Book()
    book.says("dispatch", {**BODIES["dispatch"], "opening": OPENING})
    assert where(book) == Responds(RECEIVER, "moved")


def test_a_temporary_stay_ends_when_the_child_is_back_and_not_before() -> None:
    book = notified(stay="temporary", until="2026-03-08")
    book.says("decline", {"code": "temporary_stay", "until": "2026-03-08"}, by=RECEIVER)
    assert holder(book, "2026-03-20") == SENDER
    assert where(book, "2026-03-20") == Responds(RECEIVER, "moved")
    book.says("recall", {"code": "returned_home"}, effective="2026-03-09")
    assert where(book, "2026-03-08") == Responds(RECEIVER, "moved")
    assert where(book, "2026-03-20") == Responds(SENDER, "returned_home")


DECLINED: dict[str, Responds] = {
    "not_living_here": Responds(None, "not_living_here"),
    "another_area": Responds(STRANGER, "another_area"),
    "temporary_stay": Responds(RECEIVER, "moved"),
    "order_keeps_with_sender": Responds(RECEIVER, "moved"),
    "left_before_conference": Responds(STRANGER, "left_before_conference"),
    "cannot_identify_child": Responds(None, "cannot_identify_child"),
    "duplicate": Responds(RECEIVER, "moved"),
    "not_known_here": Responds(RECEIVER, "moved"),
}
RECALLED: dict[str, Responds] = {
    "returned_home": Responds(SENDER, "returned_home"),
    "moved_on": Responds(STRANGER, "moved_on"),
    "plan_ended_at_review": Responds(RECEIVER, "moved"),
    "became_looked_after": Responds(SENDER, "became_looked_after"),
    "whereabouts_unknown": Responds(None, "whereabouts_unknown"),
    "moved_abroad": Responds(None, "moved_abroad"),
    "died": Responds(None, "died"),
    "wrong_authority": Responds(STRANGER, "wrong_authority"),
}


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [("decline", *pair) for pair in DECLINED.items()]
    + [("recall", *pair) for pair in RECALLED.items()],
)
def test_who_responds_after_an_end(kind: str, code: str, expected: Responds) -> None:
    book = dispatched(children=BOTH)
    body = {"code": code, "to": STRANGER}
    by = SENDER if kind == "recall" else RECEIVER
    book.says(kind, body, by=by, children=[ASH], effective="2026-03-06")
    assert where(book, "2026-03-05") == Responds(RECEIVER, "moved")
    assert where(book, "2026-03-06") == expected
    assert where(book, child=BIRCH) == Responds(RECEIVER, "moved")


@pytest.mark.parametrize("code", sorted(DECLINED))
def test_a_conference_that_does_not_accept_says_where_the_child_is_too(code: str) -> None:
    book = dispatched()
    accepts(book, result(ASH, "not_accepted", declined=code), effective="2026-03-06")
    expected = DECLINED[code]
    known = None if expected.authority == STRANGER else expected.authority
    assert where(book) == Responds(known, expected.because)


@pytest.mark.parametrize("code", ["another_area", "moved_on", "wrong_authority"])
def test_to_where_nobody_said_is_nobody_known(code: str) -> None:
    book = dispatched()
    kind, by = ("decline", RECEIVER) if code == "another_area" else ("recall", SENDER)
    book.says(kind, {"code": code}, by=by)
    assert where(book) == Responds(None, code)


def test_a_case_sent_again_says_that_the_child_is_there() -> None:
    book = dispatched()
    book.says("decline", {"code": "not_living_here"}, by=RECEIVER, effective="2026-03-04")
    book.says("dispatch", effective="2026-03-06")
    assert where(book, "2026-03-05") == Responds(None, "not_living_here")
    assert where(book, "2026-03-06") == Responds(RECEIVER, "moved")


def test_acceptance_leaves_the_child_where_it_is() -> None:
    book = dispatched()
    accepts(book, result(ASH))
    assert where(book) == Responds(RECEIVER, "moved")


def test_what_is_held_moves_no_duty() -> None:
    book = dispatched()
    book.says("recall", v=2, outcome="held")
    assert where(book) == Responds(RECEIVER, "moved")


def test_a_decline_told_by_telephone_counts() -> None:
    book = Book(SENDER)
    book.says("notification")
    body = {"code": "another_area", "to": STRANGER}
    told = {"says": "decline", "body": body, "told_on": "2026-03-05", "how": "telephone"}
    book.says("attested", told, effective="2026-03-05")
    assert where(book) == Responds(STRANGER, "another_area")
