"""How one statement changes what a ledger says. Pure; every refusal is a Conflict.

`apply` gets the statement, what became of it at the receiver (`stored` or `unusable`) and when the
keeper knew of it; it never sees places, digests of entries or signatures.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.errors import Conflict, Malformed
from app.handover.bodies import answers, conversation, opening
from app.handover.bodies.base import Disposed, Item
from app.handover.codes import BLOCKING_ITEMS, FINAL_DISPOSITIONS, PASSING_RESULTS, Side
from app.handover.lifecycle import next_state, permits
from app.handover.statement import Statement, attested_as
from app.handover.timetable import replace_receiver_steps
from app.handover.view import ChildView, HandoverView, ItemView


@dataclass(frozen=True)
class Said:
    """A statement as the fold needs it: what was said, by which side, of whom."""

    kind: str
    by: Side
    body: Any
    children: tuple[str, ...]
    statement: Statement
    result: str


def begin(statement: Statement) -> HandoverView:
    """An empty view whose parties are those of the first statement."""
    payload = statement.payload
    sender, receiver = payload.sender, payload.recipient
    if statement.kind == "records_request":
        sender, receiver = receiver, sender
    return HandoverView(statement.handover, sender, receiver, opened_at=payload.at)


def apply(view: HandoverView, statement: Statement, result: str) -> HandoverView:
    """The view with one more statement.

    Raises Conflict (`not-in-this-state`, `items-open`, `unknown-item`, `item-repeated`,
    `already-dispatched`, `opening-missing` (retryable), `opening-repeated`, `unknown-child`,
    `unknown-query`, `not-your-step`) and Malformed (`statement-children`, `timetable`).
    """
    said = _said(view, statement, result)
    if said.kind == "acceptance":
        return _accept(view, said)
    kind = "unusable_dispatch" if said.kind == "dispatch" and result == "unusable" else said.kind
    handle = _HANDLERS.get(kind)
    view = _move(view, said.children, kind, said.by)
    return handle(view, said) if handle else view


def permitted_children(view: HandoverView, kind: str, by: Side) -> tuple[str, ...]:
    """The children of whom this can be said now, in order."""
    return tuple(c for c, seen in sorted(view.children.items()) if permits(seen.state, kind, by))


def needs_opening(view: HandoverView | None, children: Iterable[str]) -> bool:
    """Whether a dispatch for these children must bring the facts that start the clocks: it must
    for a child of whom no notification and no dispatch has gone before."""
    known = view.children if view else {}
    return any(child not in known or known[child].transfer is None for child in children)


def _said(view: HandoverView, statement: Statement, result: str) -> Said:
    """An attested entry speaks for the receiving authority."""
    kind, body = attested_as(statement)
    by = "receiver" if statement.kind == "attested" else view.side(statement.payload.sender)
    children = statement.payload.children or tuple(sorted(view.children))
    return Said(kind, by, body, children, statement, result)


def _move(view: HandoverView, children: Iterable[str], kind: str, by: Side) -> HandoverView:
    moved = dict(view.children)
    for child in children:
        seen = moved.get(child, ChildView())
        state = next_state(seen.state, kind, by)
        if state != seen.state:
            moved[child] = replace(seen, state=state)
    return replace(view, children=moved)


def _each(view: HandoverView, children: Iterable[str], **changes: Any) -> HandoverView:
    changed = {child: replace(view.children[child], **changes) for child in children}
    return replace(view, children={**view.children, **changed})


# Beginning and sending


def _notification(view: HandoverView, said: Said) -> HandoverView:
    body: opening.Notification = said.body
    view = _each(view, said.children, transfer=body.transfer, basis=body.basis)
    return _open(view, body)


def _records_request(view: HandoverView, said: Said) -> HandoverView:
    body: opening.RecordsRequest = said.body
    return replace(view, restricted=view.restricted or body.restricted)


def _unusable_dispatch(view: HandoverView, said: Said) -> HandoverView:
    body: opening.Dispatch = said.body
    needed = needs_opening(view, said.children)
    if needed and body.opening is None:
        raise Conflict(
            "opening-missing",
            "The facts that start the clocks are missing; a notification may still be on its way",
            retryable=True,
        )
    if body.opening is not None and not needed:
        raise Conflict("opening-repeated", "The facts that start the clocks have been given")
    # What was accepted was accepted: papers that come after it change no basis.
    before = [child for child in said.children if view.children[child].state != "accepted"]
    view = _each(view, before, transfer=body.transfer, basis=body.basis)
    return _open(view, body.opening) if body.opening else view


def _dispatch(view: HandoverView, said: Said) -> HandoverView:
    body: opening.Dispatch = said.body
    if any(view.children[child].papers for child in said.children):
        raise Conflict(
            "already-dispatched", "The papers are there; send what is new as a supplement"
        )
    view = _unusable_dispatch(view, said)
    view = _each(view, said.children, papers=said.statement.digest)
    return _add_items(view, body.items)


def _open(view: HandoverView, body: opening.Opening) -> HandoverView:
    """The first opening freezes the timetable; that of a child who joins later adds its facts."""
    view = replace(view, restricted=view.restricted or body.restricted)
    if view.opening is not None:
        return view
    opened = opening.Opening.model_construct(
        **{name: getattr(body, name) for name in opening.Opening.model_fields}
    )
    return replace(view, opening=opened, timetable=body.timetable)


# Answering


def _acknowledgement(view: HandoverView, said: Said) -> HandoverView:
    body: answers.Acknowledgement = said.body
    if body.steps is None or view.timetable is None:
        return view
    return replace(view, timetable=replace_receiver_steps(view.timetable, body.steps))


def _decline(view: HandoverView, said: Said) -> HandoverView:
    """A declined child's papers may be sent again, so they no longer stand in the way."""
    return _each(view, said.children, papers=None)


def _accept(view: HandoverView, said: Said) -> HandoverView:
    body: answers.Acceptance = said.body
    results = {result.child: result.result for result in body.results}
    if len(results) != len(body.results) or set(results) != set(said.children):
        raise Malformed("statement-children", "`children` are those with a result, each once")
    view = _dispose(view, body.dispositions, said)
    passing = {child for child, result in results.items() if result in PASSING_RESULTS}
    _check_items(view, passing)
    for child, result in results.items():
        kind = {"adjourned": "adjournment", "not_accepted": "decline"}.get(result, "acceptance")
        view = _move(view, [child], kind, said.by)
        view = _each(view, [child], result=result)
        if kind == "decline":
            view = _decline(view, replace(said, children=(child,)))
    return _each(view, passing, passed=said.statement.payload.effective)


def _check_items(view: HandoverView, passing: set[str]) -> None:
    """No concern or outcome of a child who passes may be without an answer."""
    waiting = tuple(
        item
        for item, seen in sorted(view.items.items())
        if passing
        and seen.type in BLOCKING_ITEMS
        and (seen.child is None or seen.child in passing)
        and seen.disposition not in FINAL_DISPOSITIONS
    )
    if waiting:
        raise Conflict(
            "items-open",
            "A concern or outcome has nobody: say what happens to each of these now",
            ids=waiting,
        )


# Items and conversation


def _add_items(view: HandoverView, items: Iterable[Item]) -> HandoverView:
    """An item that is listed is open: one that is listed again, as in a dispatch after a decline,
    asks again."""
    added = dict(view.items)
    for item in items:
        listed = ItemView(item.type, item.child)
        seen = added.get(item.id, listed)
        if (seen.type, seen.child) != (listed.type, listed.child):
            raise Conflict("item-repeated", "Another item has this id already", ids=(item.id,))
        if item.child is not None and item.child not in view.children:
            raise Conflict("unknown-child", "This handover has no such child", ids=(item.child,))
        added[item.id] = listed
    return replace(view, items=added)


def _more_items(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Supplement | conversation.Correction = said.body
    return _add_items(view, body.items)


def _dispose(view: HandoverView, dispositions: Iterable[Disposed], said: Said) -> HandoverView:
    items = dict(view.items)
    for disposed in dispositions:
        named = [disposed.item, *([disposed.same_as] if disposed.same_as else [])]
        unknown = tuple(item for item in named if item not in items)
        if unknown:
            raise Conflict("unknown-item", "This handover has no such item", ids=unknown)
        items[disposed.item] = replace(
            items[disposed.item],
            disposition=disposed.disposition,
            on=said.statement.payload.effective,
        )
    return replace(view, items=items)


def _disposition(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.DispositionLater = said.body
    return _dispose(view, body.dispositions, said)


def _query(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Query = said.body
    return replace(view, questions={**view.questions, body.query: "open"})


def _reply(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Reply = said.body
    if body.query not in view.questions:
        raise Conflict("unknown-query", "This handover has no such question", ids=(body.query,))
    return replace(view, questions={**view.questions, body.query: body.result})


def _disagreement(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Disagreement = said.body
    return replace(view, disagreements={**view.disagreements, body.disagreement: body.act})


_HANDLERS: dict[str, Callable[[HandoverView, Said], HandoverView]] = {
    "notification": _notification,
    "records_request": _records_request,
    "dispatch": _dispatch,
    "unusable_dispatch": _unusable_dispatch,
    "acknowledgement": _acknowledgement,
    "decline": _decline,
    "supplement": _more_items,
    "correction": _more_items,
    "disposition": _disposition,
    "query": _query,
    "reply": _reply,
    "disagreement": _disagreement,
}
