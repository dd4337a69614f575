"""How things may be dated: each bound from both sides, and who is refused beyond it."""

from typing import Any

import pytest

from app.errors import Conflict
from app.handover.ledger import Entry, admit, extend, fold
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    MONDAY,
    OPENING,
    RECEIVER,
    SENDER,
    TIMETABLE,
    Book,
    conference,
    dispatched,
    receipt,
    result,
    statement,
)

BOTH = [ASH, BIRCH]
THURSDAY = "2026-03-05T14:00:00Z"


def code(book: Book) -> str | None:
    """The code with which the last entry is refused; the rest must fold."""
    fold(book.entries[:-1])
    try:
        fold(book.entries)
    except Conflict as error:
        return error.code
    return None


# Along the ledger


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("2026-03-03T10:00:00Z", None),
        ("2026-03-03T09:55:00Z", None),
        ("2026-03-03T09:54:59Z", "ledger-time"),
        ("2026-03-02T09:00:00Z", "ledger-time"),
    ],
)
@pytest.mark.parametrize("by", [SENDER, RECEIVER])
def test_the_keepers_clock_goes_forward(known: str, expected: str | None, by: str) -> None:
    book = dispatched()
    book.says("chase", known="2026-03-03T10:00:00Z")
    book.says("chase", by=by, at=MONDAY if by == SENDER else known, known=known)
    assert code(book) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-03T10:00:00Z", None),
        ("2026-03-03T10:05:00Z", None),
        ("2026-03-03T10:05:01Z", "ledger-time"),
    ],
)
def test_nothing_is_placed_before_it_was_said(at: str, expected: str | None) -> None:
    book = dispatched()
    book.says("chase", at=at, known="2026-03-03T10:00:00Z")
    assert code(book) == expected


def test_a_place_in_the_past_is_refused_for_good() -> None:
    book = dispatched()
    said = statement("chase", at=MONDAY)
    late = receipt(said, 3, book.entries[-1].digest, at="2026-03-02T08:00:00Z")
    with pytest.raises(Conflict) as caught:
        extend(fold(book.entries), Entry(said, late))
    assert (caught.value.code, caught.value.retryable) == ("ledger-time", False)


# Ahead


def seen(day: str) -> dict[str, Any]:
    return {"seen": {"on": day, "alone": True, "home": True}}


HAPPENED: list[tuple[str, str, dict[str, Any]]] = [
    ("fact", RECEIVER, {"code": "visited", "on": "2026-03-05"}),
    ("fact", SENDER, {"code": "moved", "on": "2026-03-05T15:00:00Z"}),
    ("arrangements", RECEIVER, seen("2026-03-05")),
    ("acceptance", RECEIVER, {**conference([result(ASH, "no_plan")]), "held": "2026-03-05"}),
]


@pytest.mark.parametrize(("kind", "by", "body"), HAPPENED)
@pytest.mark.parametrize(
    ("at", "expected"), [("2026-03-05T00:00:00Z", None), ("2026-03-04T23:59:59Z", "dates-ahead")]
)
def test_what_happened_is_past(
    kind: str, by: str, body: dict[str, Any], at: str, expected: str | None
) -> None:
    book = dispatched()
    book.says(kind, body, by=by, at=at)
    assert code(book) == expected


def accepted(at: str = "2026-03-16T12:00:00Z", effective: str | None = None) -> Book:
    book = dispatched()
    body = conference([result(ASH)])
    book.says("acceptance", body, by=RECEIVER, at=at, effective=effective or at)
    return book


@pytest.mark.parametrize(
    ("ended", "expected"), [("2026-03-17", None), ("2026-03-18", "dates-ahead")]
)
def test_an_end_is_past(ended: str, expected: str | None) -> None:
    book = accepted()
    book.says("closure", {"ended": ended}, at="2026-03-17T09:00:00Z")
    assert code(book) == expected


@pytest.mark.parametrize(
    ("effective", "expected"),
    [("2026-03-05", None), ("2026-03-05T23:59:59Z", None), ("2026-03-06", "dates-ahead")],
)
@pytest.mark.parametrize("kind", ["query", "supplement", "recall"])
def test_a_statement_is_true_by_the_day_it_is_made(
    kind: str, effective: str, expected: str | None
) -> None:
    book = dispatched()
    book.says(kind, at=THURSDAY, effective=effective)
    assert code(book) == expected


@pytest.mark.parametrize("kind", ["notification", "dispatch", "records_request"])
def test_a_handover_begins_today(kind: str) -> None:
    body = {**BODIES[kind], "opening": OPENING} if kind == "dispatch" else BODIES[kind]
    by = RECEIVER if kind == "records_request" else SENDER
    for effective, expected in [
        ("2026-03-02", None), ("2026-03-03", "dates-ahead"),
        ("2025-03-01", None), ("2025-02-28", "dates-early"),
    ]:  # fmt: skip
        book = Book()
        book.says(kind, body, by=by, at=MONDAY, effective=effective)
        assert code(book) == expected


@pytest.mark.parametrize(
    ("effective", "expected"), [("2026-04-16", None), ("2026-04-17", "dates-ahead")]
)
def test_a_plan_may_pass_a_month_ahead(effective: str, expected: str | None) -> None:
    assert code(accepted(effective=effective)) == expected
    book = Book(SENDER)
    book.says("notification")
    told = {"says": "acceptance", "body": conference([result(ASH)]), "told_on": "2026-03-16",
            "how": "telephone"}  # fmt: skip
    book.says("attested", told, at="2026-03-16T12:00:00Z", effective=effective)
    assert code(book) == expected


# Early


@pytest.mark.parametrize(
    ("effective", "expected"), [("2026-02-28", None), ("2026-02-27", "dates-early")]
)
@pytest.mark.parametrize("kind", ["query", "decline", "dispatch"])
def test_nothing_is_true_before_the_handovers_beginning(
    kind: str, effective: str, expected: str | None
) -> None:
    book = Book()
    book.says("notification")
    book.says(kind, by=RECEIVER if kind == "decline" else SENDER, effective=effective)
    assert code(book) == expected


@pytest.mark.parametrize(
    ("members", "earliest", "before"),
    [
        ({}, "2026-02-28", "2026-02-27"),
        ({"learned": "2026-02-25"}, "2026-02-25", "2026-02-24"),
        ({"moved": {"on": "2026-03-20", "precision": "day"}}, "2026-03-02", "2026-03-01"),
        ({"moved": {"on": "2025-01-01", "precision": "month"}}, "2025-01-01", "2024-12-31"),
    ],
)
def test_it_begins_with_the_earliest_that_its_opening_says(
    members: dict[str, Any], earliest: str, before: str
) -> None:
    for effective, expected in ((earliest, None), (before, "dates-early")):
        book = Book()
        book.says("notification", {**BODIES["notification"], **members})
        book.says("query", effective=effective)
        assert code(book) == expected


@pytest.mark.parametrize(("kind", "by", "body"), HAPPENED)
def test_what_was_done_for_it_was_done_since(kind: str, by: str, body: dict[str, Any]) -> None:
    for day, expected in (("2026-02-28", None), ("2026-02-27", "dates-early")):
        dated = seen(day) if kind == "arrangements" else {**body}
        dated |= {name: day for name in ("on", "held") if name in body}
        book = dispatched()
        book.says(kind, dated, by=by, at=THURSDAY)
        assert code(book) == (None if body.get("code") == "moved" else expected)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [("moved", None), ("child_born", None), ("minutes_shared", "dates-early"),
     ("a_new_code", "dates-early")],
)  # fmt: skip
def test_only_a_birth_and_a_move_are_older(fact: str, expected: str | None) -> None:
    book = dispatched()
    book.says("fact", {"code": fact, "on": "2025-12-24"})
    assert code(book) == expected


def test_a_sibling_who_joins_later_has_a_later_beginning() -> None:
    book = dispatched()
    later = {**BODIES["notification"], "learned": THURSDAY, "moved": {
        "on": "2026-03-04", "precision": "day"}}  # fmt: skip
    book.says("notification", later, children=[BIRCH], effective=THURSDAY)
    for children, expected in (([ASH], None), ([BIRCH], "dates-early"), (BOTH, "dates-early")):
        book.says("query", children=children, effective="2026-03-03")
        assert code(book) == expected
        book.entries.pop()
    chase = book.says("chase", by=RECEIVER)
    book.says("heard", {"of": chase.digest}, effective="2026-03-03")
    assert code(book) == "dates-early"


def test_an_opening_for_a_siblings_sake_moves_nobodys_beginning() -> None:
    book = Book()
    book.says("notification")
    older = {**OPENING, "moved": {"on": "2025-06-01", "precision": "day"}}
    book.says("dispatch", {**BODIES["dispatch"], "opening": older}, children=BOTH)
    view = fold(book.entries)
    assert view is not None
    assert [view.children[child].since for child in BOTH] == ["2026-02-28", "2025-06-01"]


def test_while_the_opening_may_be_on_its_way_early_is_worth_another_try() -> None:
    book = Book()
    book.says("records_request", by=RECEIVER)
    view = fold(book.entries)
    said = statement("query", effective="2026-03-01", seen=book.entries[-1].digest)
    with pytest.raises(Conflict) as caught:
        admit(view, said)
    assert (caught.value.code, caught.value.retryable) == ("dates-early", True)
    book.says("notification")
    admit(fold(book.entries), said)
    with pytest.raises(Conflict) as caught:
        admit(
            fold(book.entries), statement("query", effective="2026-02-01", seen=said.payload.seen)
        )
    assert (caught.value.code, caught.value.retryable) == ("dates-early", False)


# Acts and ends


@pytest.mark.parametrize(
    ("effective", "expected"),
    [("2026-03-05", None), ("2026-03-05T08:00:00Z", None), ("2026-03-04", "acknowledged-now"),
     ("2026-03-04T23:59:59Z", "acknowledged-now"), ("2026-03-06", "dates-ahead")],
)  # fmt: skip
def test_to_acknowledge_is_to_act(effective: str, expected: str | None) -> None:
    book = dispatched()
    book.says("acknowledgement", by=RECEIVER, at=THURSDAY, effective=effective)
    assert code(book) == expected


def test_what_was_told_was_acknowledged_when_it_was_told() -> None:
    book = Book(SENDER)
    book.says("notification")
    book.says("attested", at=THURSDAY, effective="2026-03-03")
    assert code(book) is None


@pytest.mark.parametrize(
    ("passed", "ended", "expected"),
    [
        ("2026-03-16", "2026-03-16", None),
        ("2026-03-16", "2026-03-15", "ended-early"),
        ("2026-03-20T23:59:59Z", "2026-03-20", None),
        ("2026-04-01T23:30:00Z", "2026-04-01", "ended-early"),  # 2 April in London
    ],
)
def test_the_old_plan_ends_when_the_new_one_has_begun(
    passed: str, ended: str, expected: str | None
) -> None:
    book = accepted(effective=passed)
    book.says("closure", {"ended": ended}, at="2026-04-10T09:00:00Z")
    assert code(book) == expected


def test_the_old_plan_ends_for_each_child_in_its_time() -> None:
    book = dispatched(children=BOTH)
    for child, day in ((ASH, "2026-03-16"), (BIRCH, "2026-03-20")):
        book.says("acceptance", conference([result(child)]), by=RECEIVER, children=[child],
                  effective=day)  # fmt: skip
    for children, expected in (([ASH], None), (BOTH, "ended-early")):
        book.says("closure", {"ended": "2026-03-17"}, children=children)
        assert code(book) == expected
        book.entries.pop()


# Timetables


@pytest.mark.parametrize("kind", ["notification", "dispatch", "records_request"])
@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        ("2026-03-02", "2028-03-02", None),
        ("2024-03-02", "2026-03-02", None),
        ("2026-03-03", "2028-03-02", "timetable-elsewhere"),
        ("2024-03-02", "2026-03-01", "timetable-elsewhere"),
    ],
)
def test_a_timetable_is_of_its_statements_time(
    kind: str, first: str, until: str, expected: str | None
) -> None:
    closed: dict[str, list[str]] = {"sender": [], "receiver": []}
    timetable = {**TIMETABLE, "from": first, "until": until, "closed": closed}
    body = {**BODIES[kind], "timetable": timetable}
    if kind == "dispatch":
        body = {**BODIES[kind], "opening": {**OPENING, "timetable": timetable}}
    book = Book()
    book.says(kind, body, by=RECEIVER if kind == "records_request" else SENDER, at=MONDAY)
    assert code(book) == expected
