"""The dated facts of one child's transfer, gathered from the ledger: what the clocks run on.

Each fact keeps its earliest date ("true on"): a conference on Monday that is typed on Thursday was
held on Monday. Only what the ledger says counts; nothing here knows what time it is.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from app.handover.bodies import answers, conversation, opening
from app.handover.bodies.machine import Receipt
from app.handover.codes import FACTS
from app.handover.ledger import Counted, Entry, counting, speaking_of
from app.handover.statement import Statement
from app.handover.when import When, instant

Facts = dict[str, When]
"""Fact code → the earliest When it is true from."""


_KEPT = ("moved", "learned")
"""What stays true of the move itself when a case is sent again."""

_ENDS = {"decline": "declined", "recall": "recalled", "closure": "closed"}


def facts(entries: Iterable[Entry], pending: Iterable[Statement], child: str) -> Facts:
    """The facts known of one child, from the confirmed entries and own pending statements (those
    that count: `Replica.counted`).

    A case that is sent again after it was declined begins anew: what the first attempt did meets
    no clock of the second one.
    """
    return facts_among(counting(entries, pending), child)


def facts_among(counted: Iterable[Counted], child: str) -> Facts:
    """The facts of one child from what counts (`ledger.counting`)."""
    found: Facts = {}
    sent: set[str] = set()
    moved: When | None = None
    for statement, entry in speaking_of(child, counted):
        kind, body = statement.said
        if statement.kind == "dispatch":
            sent.add(statement.digest)
            if "declined" in found and (entry is None or entry.result == "stored"):
                found = {code: found[code] for code in _KEPT if code in found}
                found["notified"] = statement.payload.effective
        known = chain(_stated(statement, kind, body, child), _papers(statement, entry, body, sent))
        for code, on in known:
            if code not in found or instant(on) < instant(found[code]):
                found[code] = on
        if isinstance(body, conversation.FactStated) and body.code == "moved":
            moved = body.on
    # Who states when they moved corrects what the opening, or an earlier word, said of it.
    return found if moved is None else {**found, "moved": moved}


def _papers(
    statement: Statement, entry: Entry | None, body: Any, sent: set[str]
) -> Iterator[tuple[str, When]]:
    """The papers have come with the keeper's receipt; on the assisted route when somebody said so,
    and not before."""
    if statement.kind == "dispatch":
        if entry is not None and entry.receipt is not None and entry.result == "stored":
            yield "papers_received", entry.known_at
        return
    if isinstance(body, Receipt) and body.of in sent and body.result == "stored":
        yield "papers_received", statement.payload.effective


def _stated(statement: Statement, kind: str, body: Any, child: str) -> Iterator[tuple[str, When]]:
    effective = statement.payload.effective
    match body:
        case opening.Notification():
            yield "notified", effective
            yield from _opened(body)
        case opening.Dispatch(opening=opened) if opened is not None:
            yield "notified", effective
            yield from _opened(opened)
        case answers.Acknowledgement():
            yield "acknowledged", effective
        case answers.Arrangements():
            yield "arranged", effective
            yield from _arranged(body, effective)
        case answers.Acceptance():
            yield from _accepted(body, statement, child)
        case opening.RecordsRequest():
            yield "requested", effective
        case conversation.FactStated() if body.code in FACTS:
            yield body.code, body.on
        case answers.Decline() | answers.Recall() | answers.Closure():
            yield _ENDS[kind], effective


def _opened(body: opening.Opening) -> Iterator[tuple[str, When]]:
    yield "learned", body.learned
    if body.moved is not None:
        yield "moved", body.moved.on


def _arranged(body: answers.Arrangements, effective: When) -> Iterator[tuple[str, When]]:
    if body.conference is not None:
        yield "conference_arranged", effective
    if body.temporary_list is not None:
        yield "on_temporary_list", body.temporary_list
    if body.seen is not None:
        yield "child_seen", body.seen.on
        if body.seen.alone:
            yield "child_seen_alone", body.seen.on
        if body.seen.home:
            yield "visited", body.seen.on


def _accepted(
    body: answers.Acceptance, statement: Statement, child: str
) -> Iterator[tuple[str, When]]:
    result = body.of(child)
    effective = statement.payload.effective
    if result.result == "adjourned":
        return
    yield "acknowledged", effective
    yield "conference_held", body.held
    yield "result_written", statement.payload.at
    yield ("declined" if result.result == "not_accepted" else "accepted"), effective
