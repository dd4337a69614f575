"""What the sender owes because it was missing when the case was sent: from the ledger, for one
child. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.handover.bodies import conversation, opening
from app.handover.bodies.base import Item
from app.handover.codes import ANSWERING_GAPS, GAP_REPLIES
from app.handover.ledger import Counted
from app.handover.view import HandoverView
from app.handover.when import When, instant, london_date

Facts = dict[str, When]


def gap_facts(counted: Iterable[Counted], view: HandoverView, child: str) -> Facts:
    """`gaps_declared`: since when items of type `gap` of the child, or of the family, stand, and
    `gaps_answered`: when the last of them was answered; neither where there is none.

    An answer is the sender's fact `gap_answered`, a reply to a question about the item, or what the
    receiver says of it. A case that is sent again begins anew: of the gaps of before it only those
    count that it lists.
    """
    if not any(item.type == "gap" and item.child in (None, child) for item in view.items.values()):
        return {}
    counted = list(counted)
    stands = _stands(counted, view, child)
    if not stands:
        return {}
    found = {"gaps_declared": min(stands.values(), key=instant)}
    answers = _answers(counted, view, stands)
    if answers.keys() == stands.keys():
        found["gaps_answered"] = max(answers.values(), key=instant)
    return found


def answered(counted: Iterable[Counted], view: HandoverView) -> Facts:
    """Each gap of any child that has been answered → when."""
    counted = list(counted)
    return _answers(counted, view, _listed_since(counted, view))


def _stands(counted: Iterable[Counted], view: HandoverView, child: str) -> Facts:
    """Each gap of the child → since when it is listed: from its latest papers on."""
    last: list[Counted] = []
    for statement, entry in counted:
        if statement.kind == "dispatch" and child in (statement.payload.children or ()):
            last = []
        last.append((statement, entry))
    listed = _listed_since(last, view)
    return {item: on for item, on in listed.items() if view.items[item].child in (None, child)}


def _listed_since(counted: Iterable[Counted], view: HandoverView) -> Facts:
    return {
        item.id: statement.payload.effective
        for statement, _ in counted
        for item in _listed(statement.said[1])
        if item.type == "gap" and item.id in view.items
    }


def _listed(body: Any) -> tuple[Item, ...]:
    match body:
        case opening.Dispatch() | conversation.Supplement() | conversation.Correction():
            return body.items
    return ()


def _answers(counted: Iterable[Counted], view: HandoverView, stands: Facts) -> Facts:
    """Each answered gap → when it first was, since it is listed."""
    found: Facts = {}
    for item, on in _said(counted, view):
        if item in stands and london_date(on) >= london_date(stands[item]):
            earlier = found.get(item)
            if earlier is None or instant(on) < instant(earlier):
                found[item] = on
    return found


def _said(counted: Iterable[Counted], view: HandoverView) -> Iterator[tuple[str, When]]:
    about: dict[str, str] = {}
    for statement, _ in counted:
        _, body = statement.said
        match body:
            case conversation.FactStated(code="gap_answered", item=str(item)):
                yield item, body.on
            case conversation.Query(item=str(item)):
                about[body.query] = item
            case conversation.Reply() if body.result in GAP_REPLIES and body.query in about:
                yield about[body.query], statement.payload.effective
    for item, seen in view.items.items():
        if seen.on is not None and seen.disposition in ANSWERING_GAPS:
            yield item, seen.on
