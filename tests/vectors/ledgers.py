"""Ledgers that hold: each function tells one."""

from collections.abc import Callable
from typing import Any

from tests.handover import make
from tests.handover.make import ASH, BIRCH, RECEIVER, SENDER, STRANGER, Book

NOW = "2026-03-20T09:00:00Z"
BOTH = [ASH, BIRCH]
OPENED = {**make.BODIES["dispatch"], "opening": make.OPENING}


def accepts(book: Book, *results: dict[str, Any], answers: tuple[str, ...] = ()) -> None:
    body = make.conference(results, [make.disposed(label) for label in answers])
    children = [one["child"] for one in results]
    day = "2026-03-16"
    book.says("acceptance", body, by=RECEIVER, children=children, at=NOW, effective=day)


def accepted() -> Book:
    """From the first call to the end of the old plan."""
    book = Book()
    book.says("notification")
    book.says("acknowledgement", by=RECEIVER, at="2026-03-02T11:00:00Z")
    book.says("dispatch", {**make.BODIES["dispatch"], "items": [make.item("bruise")]},
              known="2026-03-04T08:00:00Z")  # fmt: skip
    book.says("fact", by=RECEIVER)
    accepts(book, make.result(ASH), answers=("bruise",))
    book.says("closure", at=NOW)
    return book


def requested() -> Book:
    """The receiver asks first, and the case comes without a notification."""
    book = Book()
    book.says("records_request", by=RECEIVER)
    book.says("dispatch", OPENED)
    return book


def not_known() -> Book:
    """The receiver asks somebody who does not know the child."""
    book = Book()
    book.says("records_request", by=RECEIVER)
    book.says("decline", {"code": "not_known_here"})
    return book


def unusable() -> Book:
    """The first bundle could not be opened, the second could."""
    book = Book()
    items = {"items": [make.item("bruise")]}
    book.says("dispatch", {**OPENED, **items}, outcome="unusable")
    book.says("dispatch", {**make.BODIES["dispatch"], **items})
    return book


def siblings() -> Book:
    """One conference: one child accepted, its sibling not; each goes its own way."""
    items = [make.item("bruise"), make.item("school", child=BIRCH), make.item("minutes", "minutes")]
    book = make.dispatched(items, BOTH)
    accepts(book, make.result(ASH), make.result(BIRCH, "not_accepted"), answers=("bruise",))
    book.says("recall", {"code": "moved_on", "to": STRANGER}, children=[BIRCH])
    return book


def adjourned() -> Book:
    """An adjourned conference decides nothing; the next one does."""
    book = make.dispatched([make.item("bruise")])
    accepts(book, make.result(ASH, "adjourned"))
    accepts(book, make.result(ASH), answers=("bruise",))
    return book


def resent() -> Book:
    """Declined, and sent again: what had an answer asks again."""
    items = [make.item("bruise")]
    book = make.dispatched(items)
    accepts(book, make.result(ASH, "not_accepted"), answers=("bruise",))
    book.says("dispatch", {**make.BODIES["dispatch"], "items": items})
    return book


def joined() -> Book:
    """A sibling joins later: its own dates, and the first timetable."""
    book = make.dispatched()
    book.says("acknowledgement", {"steps": [make.LIMIT]}, by=RECEIVER)
    timetable = {**make.TIMETABLE, "steps": []}
    later = {**make.BODIES["notification"], "learned": "2026-03-05", "timetable": timetable}
    book.says("notification", later, children=[BIRCH], at="2026-03-06T09:00:00Z")
    return book


def information() -> Book:
    """Accepted for information only: no plan moves."""
    book = Book()
    body = {**make.BODIES["notification"], "basis": "information", "transfer": "information_only"}
    book.says("notification", body)
    accepts(book, make.result(ASH, "no_plan"))
    return book


def held() -> Book:
    """What one side does not know yet has a place and no effect, for both."""
    book = make.dispatched()
    book.says("telepathy", {"new": [1]}, outcome="held")
    book.says("fact", {"what": "is new"}, by=RECEIVER, v=2)
    book.says("recall", v=2, outcome="held")
    return book


def mended() -> Book:
    """A fact is withdrawn, when they moved is stated anew, and a code of later has no effect."""
    book = make.dispatched()
    seen = book.says("fact", {"code": "child_seen", "on": "2026-03-03"}, by=RECEIVER)
    book.says("fact", {"code": "moved", "on": "2026-02-20"}, by=RECEIVER)
    book.says("fact", {"code": "moved", "on": "2026-03-01"})
    book.says("fact", {"code": "school_told", "on": "2026-03-05"})
    withdrawal = {"of": seen.digest, "withdraws": True, "items": []}
    book.says("correction", withdrawal, by=RECEIVER)
    return book


def requested_with_timetable() -> Book:
    """A request brings its own timetable, which holds until the sender answers."""
    book = Book()
    steps = [{**make.STEP, "code": "answer_request", "owes": "sender", "after": ["requested"],
              "met_by": ["notified", "declined"]}]  # fmt: skip
    timetable = {**make.TIMETABLE, "steps": steps}
    book.says("records_request", {**make.BODIES["records_request"], "timetable": timetable},
              by=RECEIVER)  # fmt: skip
    return book


def assisted() -> Book:
    """The other authority does not use the service: the sender keeps the order and records."""
    book = Book(SENDER)
    book.says("notification")
    sent = book.says("dispatch")
    told = {"told_on": "2026-03-05", "how": "telephone"}
    receipt = {"of": sent.digest, "result": "stored"}
    book.says("attested", {"says": "receipt", "body": receipt, **told}, effective="2026-03-05")
    conference = make.conference([make.result(ASH)])
    book.says(
        "attested", {"says": "acceptance", "body": conference, **told}, effective="2026-03-16"
    )
    return book


STORIES: list[Callable[[], Book]] = [
    accepted, requested, not_known, unusable, siblings, adjourned, resent, joined, information,
    held, assisted, mended, requested_with_timetable,
]  # fmt: skip
