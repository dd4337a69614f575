"""What the sender owes because it was missing: since when, and when it was answered."""

from typing import Any

import pytest

from app.handover.gaps import gap_facts
from app.handover.ledger import counting, fold
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    MONDAY,
    RECEIVER,
    SENDER,
    Book,
    conference,
    dispatched,
    disposed,
    ident,
    item,
    result,
)

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
BOTH = [ASH, BIRCH]


def gap(label: str = "gap", child: str | None = ASH) -> dict[str, Any]:
    return item(label, "gap", child)


def known(book: Book, child: str = ASH) -> dict[str, str]:
    view = fold(book.entries)
    assert view is not None
    return gap_facts(counting(book.entries), view, child)


def answered(label: str = "gap", on: str = TUESDAY) -> dict[str, Any]:
    return {"code": "gap_answered", "on": on, "item": ident(label)}


def accept(book: Book, *dispositions: dict[str, Any]) -> None:
    children = dict.fromkeys(child for entry in book.entries[:1]
                             for child in entry.statement.payload.children or ())  # fmt: skip
    body = conference([result(child) for child in children], dispositions)
    book.says("acceptance", body, by=RECEIVER, children=list(children))


def test_where_nothing_was_missing_nothing_is_owed() -> None:
    assert known(dispatched([item("bruise")])) == {}


def test_it_is_owed_from_the_day_of_the_papers_until_each_is_answered() -> None:
    book = dispatched([gap(), gap("other", None)])
    assert known(book) == {"gaps_declared": MONDAY}
    book.says("fact", answered())
    assert known(book) == {"gaps_declared": MONDAY}
    last = book.says("fact", answered("other", WEDNESDAY))
    assert known(book) == {"gaps_declared": MONDAY, "gaps_answered": WEDNESDAY}
    book.says("correction", {"of": last.digest, "withdraws": True, "items": []})
    assert known(book) == {"gaps_declared": MONDAY}


def test_each_child_has_its_own_and_the_family_s() -> None:
    book = dispatched([gap(), gap("hers", BIRCH), gap("ours", None)], BOTH)
    book.says("fact", answered(), children=BOTH)
    book.says("fact", answered("ours"), children=BOTH)
    assert known(book) == {"gaps_declared": MONDAY, "gaps_answered": TUESDAY}
    assert known(book, BIRCH) == {"gaps_declared": MONDAY}


def test_an_answer_on_the_day_itself_is_one() -> None:
    book = dispatched([gap()])
    book.says("fact", answered(on=MONDAY[:10]))
    assert known(book)["gaps_answered"] == MONDAY[:10]


@pytest.mark.parametrize(
    ("result_", "is_answer"),
    [("answered", True), ("not_held", True), ("withheld", True), ("not_applicable", True),
     ("coming", False)],
)  # fmt: skip
def test_a_reply_to_a_question_about_it_answers_it(result_: str, is_answer: bool) -> None:
    book = dispatched([gap()])
    book.says("query", {**BODIES["query"], "item": ident("gap")}, by=RECEIVER)
    reply = {"query": ident("query"), "result": result_}
    book.says("reply", reply, by=SENDER, effective=WEDNESDAY)
    assert ("gaps_answered" in known(book)) is is_answer


@pytest.mark.parametrize(
    ("disposition", "is_answer"),
    [("carried_forward", False), ("stays_with_sender", False), ("queried", False),
     ("resolved", True), ("referred_on", True), ("in_new_plan", True), ("not_agreed", True)],
)  # fmt: skip
def test_who_takes_a_gap_over_lets_nobody_off(disposition: str, is_answer: bool) -> None:
    book = dispatched([gap()])
    accept(book, disposed("gap", disposition))
    assert ("gaps_answered" in known(book)) is is_answer


def test_what_is_listed_again_is_owed_again() -> None:
    book = dispatched([gap()])
    book.says("fact", answered())
    book.says("supplement", {"items": [gap()]}, effective=WEDNESDAY)
    assert known(book) == {"gaps_declared": WEDNESDAY}


def test_a_case_that_is_sent_again_owes_what_it_lists() -> None:
    book = dispatched([gap(), gap("mended meanwhile")])
    book.says("decline", by=RECEIVER)
    again = {**BODIES["dispatch"], "items": [gap()]}
    book.says("dispatch", again, effective=WEDNESDAY)
    assert known(book) == {"gaps_declared": WEDNESDAY}
    book.says("fact", answered(on="2026-03-05"))
    assert known(book)["gaps_answered"] == "2026-03-05"
