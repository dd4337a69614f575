"""How one statement changes what a ledger says. Pure; every refusal is a Conflict.

`apply` gets the statement, what became of it at the receiver (`stored` or `unusable`) and when the
keeper knew of it; it never sees places, digests of entries or signatures.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.errors import Conflict
from app.handover.bodies import answers, conversation, opening
from app.handover.bodies.base import Disposed, Item
from app.handover.codes import BLOCKING_ITEMS, FINAL_DISPOSITIONS, PASSING_RESULTS, Side
from app.handover.dates import beginning, check_dates, opened_by
from app.handover.lifecycle import next_state, permits
from app.handover.rules import check_repeats, check_said
from app.handover.said import Said, hear
from app.handover.statement import MAX_CHILDREN, Statement
from app.handover.timetable import replace_receiver_steps
from app.handover.view import ChildView, HandoverView, ItemView

MAX_HANDOVER_ITEMS = 2_000


def begin(statement: Statement) -> HandoverView:
    """An empty view whose parties are those of the first statement."""
    payload = statement.payload
    sender, receiver = payload.sender, payload.recipient
    if statement.kind == "records_request":
        sender, receiver = receiver, sender
    return HandoverView(
        statement.handover, sender, receiver, opener=payload.sender, opened_at=payload.at
    )


def apply(view: HandoverView, statement: Statement, result: str) -> HandoverView:
    """The view with one more statement.

    Raises Conflict: the codes of `dates` and `rules`, and `not-in-this-state`, `items-open`,
    `unknown-item`, `item-repeated`, `already-dispatched`, `opening-missing` (retryable),
    `opening-repeated`, `unknown-child`, `unknown-step`, `not-your-step`, `too-many-children`,
    `too-many-items`.
    """
    said = hear(view, statement, result)
    check_dates(view, said)
    changed = _effect(view, said)
    check_said(view, said)
    noted = {**view.statements, statement.digest: (said.kind, said.author)}
    return replace(_since(view, changed, said), statements=noted)


def permitted_children(view: HandoverView, kind: str, by: Side) -> tuple[str, ...]:
    """The children of whom this can be said now, in order."""
    return tuple(c for c, seen in sorted(view.children.items()) if permits(seen.state, kind, by))


def needs_opening(view: HandoverView | None, children: Iterable[str]) -> bool:
    """Whether a dispatch for these children must bring the facts that start the clocks: it must
    for a child of whom no notification and no dispatch has gone before."""
    known = view.children if view else {}
    return any(child not in known or known[child].transfer is None for child in children)


def _effect(view: HandoverView, said: Said) -> HandoverView:
    if said.kind == "acceptance":
        return _accept(view, said)
    unusable = said.kind == "dispatch" and said.result == "unusable"
    kind = "unusable_dispatch" if unusable else said.kind
    handle = _HANDLERS.get(kind)
    view = _move(view, said.children, kind, said.by)
    return handle(view, said) if handle else view


def _since(before: HandoverView, view: HandoverView, said: Said) -> HandoverView:
    """A request, and then the first opening of a child, say since when there is something to
    date; a later opening that names it again, for a sibling's sake, does not move that."""
    opened = opened_by(said)
    if opened is None:
        return view
    first = beginning(said, opened).isoformat()
    children = dict(view.children)
    for child in said.children:
        if needs_opening(before, [child]):
            seen = children[child]
            children[child] = replace(seen, since=min(seen.since or first, first))
    return replace(view, children=children)


def _move(view: HandoverView, children: Iterable[str], kind: str, by: Side) -> HandoverView:
    moved = dict(view.children)
    for child in children:
        seen = moved.get(child, ChildView())
        state = next_state(seen.state, kind, by)
        if state != seen.state:
            moved[child] = replace(seen, state=state)
    if len(moved) > MAX_CHILDREN:
        raise Conflict("too-many-children", f"A handover is of at most {MAX_CHILDREN} children")
    return replace(view, children=moved)


def _each(view: HandoverView, children: Iterable[str], **changes: Any) -> HandoverView:
    changed = {child: replace(view.children[child], **changes) for child in children}
    return replace(view, children={**view.children, **changed})


# Beginning and sending


def _notification(view: HandoverView, said: Said) -> HandoverView:
    body: opening.Notification = said.body
    view = _each(view, said.children, transfer=body.transfer, basis=body.basis)
    return _open(view, said, body)


def _records_request(view: HandoverView, said: Said) -> HandoverView:
    body: opening.RecordsRequest = said.body
    timetable = view.timetable or body.timetable
    return replace(view, restricted=view.restricted or body.restricted, timetable=timetable)


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
    return _open(view, said, body.opening) if body.opening else view


def _dispatch(view: HandoverView, said: Said) -> HandoverView:
    body: opening.Dispatch = said.body
    if any(view.children[child].papers for child in said.children):
        raise Conflict(
            "already-dispatched", "The papers are there; send what is new as a supplement"
        )
    view = _unusable_dispatch(view, said)
    view = _each(view, said.children, papers=said.statement.digest)
    return _add_items(view, body.items)


def _open(view: HandoverView, said: Said, body: opening.Opening) -> HandoverView:
    """The first opening freezes the timetable; that of a child who joins later adds its facts."""
    view = replace(view, restricted=view.restricted or body.restricted)
    if view.opening is not None:
        return view
    opened = opening.Opening.model_construct(
        **{name: getattr(body, name) for name in opening.Opening.model_fields}
    )
    effective = said.statement.payload.effective
    return replace(view, opening=opened, opened_effective=effective, timetable=body.timetable)


# Answering


def _acknowledgement(view: HandoverView, said: Said) -> HandoverView:
    body: answers.Acknowledgement = said.body
    view = replace(view, acknowledged=True)
    if body.steps is None or view.timetable is None:
        return view
    codes = {step.code for step in body.steps}
    return replace(
        view,
        timetable=replace_receiver_steps(view.timetable, body.steps),
        replaced={step.code: step for step in view.timetable.steps if step.code in codes},
    )


def _decline(view: HandoverView, said: Said) -> HandoverView:
    """A declined child's papers may be sent again, so they no longer stand in the way."""
    return _each(view, said.children, papers=None)


def _accept(view: HandoverView, said: Said) -> HandoverView:
    body: answers.Acceptance = said.body
    results = {result.child: result.result for result in body.results}
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
            "A concern or outcome has nobody: say for each of these who carries it forward, where "
            "it was referred or what shows that it is resolved, or who takes all that is left",
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
    if len(added) > MAX_HANDOVER_ITEMS:
        raise Conflict("too-many-items", f"A handover has at most {MAX_HANDOVER_ITEMS} items")
    return replace(view, items=added)


def _more_items(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Supplement | conversation.Correction = said.body
    return _add_items(view, body.items)


def _dispose(view: HandoverView, dispositions: Sequence[Disposed], said: Said) -> HandoverView:
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
    for disposed in dispositions:
        check_repeats(items, disposed)
    return replace(view, items=items)


def _disposition(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.DispositionLater = said.body
    return _dispose(view, body.dispositions, said)


def _query(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Query = said.body
    return replace(
        view,
        questions={**view.questions, body.query: "open"},
        askers={**view.askers, body.query: said.by},
    )


def _reply(view: HandoverView, said: Said) -> HandoverView:
    body: conversation.Reply = said.body
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
