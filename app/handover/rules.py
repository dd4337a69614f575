"""What a statement may say, given what the ledger says already. Pure; every no is a Conflict.

Whether it may follow at all is the lifecycle's to say, and how it may be dated is in `dates`. All
these are final: who refers to an earlier statement of its own side delivers that one first.
"""

from collections.abc import Callable, Mapping

from app.errors import Conflict
from app.handover.bodies import answers, conversation, opening
from app.handover.bodies.base import Disposed
from app.handover.codes import FACT_SIDES, FINAL_DISPOSITIONS, ITEM_FACTS, Side
from app.handover.dates import replaced_in_time
from app.handover.said import Said
from app.handover.statement import Statement
from app.handover.view import HandoverView, ItemView

WITHDRAWABLE = frozenset({"fact", "arrangements"})
"""What makes facts and nothing else, and so can be taken back."""


def check_seen(view: HandoverView | None, statement: Statement) -> None:
    """That `seen` is an entry of this ledger: for its keeper's own statement the last one, and
    for who did not begin it at least some. Raises Conflict (`ledger-seen`)."""
    payload = statement.payload
    if payload.place is not None:
        good = payload.seen == payload.prev
    elif payload.seen is not None:
        good = view is not None and payload.seen in view.entries
    else:
        good = view is None or payload.sender == view.opener
    if not good:
        raise Conflict("ledger-seen", "`seen` is not an entry that its author can have known")


def check_said(view: HandoverView, said: Said) -> None:
    """Raises Conflict, with the code of the rule."""
    rule = _RULES.get(said.kind)
    if rule is not None:
        rule(view, said)


def check_repeats(items: Mapping[str, ItemView], of: Disposed) -> None:
    """That what is called a duplicate repeats something that is settled.

    Raises Conflict (`duplicate-of-nothing`).
    """
    if of.same_as is None:
        return
    one, other = items[of.item], items[of.same_as]
    settled = other.disposition in FINAL_DISPOSITIONS - {"duplicate_of"}
    if of.item == of.same_as or (one.type, one.child) != (other.type, other.child) or not settled:
        raise Conflict("duplicate-of-nothing", "Name the settled item that it repeats")


def _dispatch(view: HandoverView, said: Said) -> None:
    body: opening.Dispatch = said.body
    known = [view.children[child] for child in said.children if child in view.children]
    if any(child.state == "acknowledged" and child.transfer != body.transfer for child in known):
        raise Conflict("transfer-changed", "This was acknowledged as another kind of transfer")


def _acknowledgement(view: HandoverView, said: Said) -> None:
    body: answers.Acknowledgement = said.body
    if body.steps is None:
        return
    if view.acknowledged or not replaced_in_time(view, said):
        raise Conflict("steps-too-late", "Only the first acknowledgement, in a week, sets limits")


def _correction(view: HandoverView, said: Said) -> None:
    body: conversation.Correction = said.body
    kind = _kind_of(view, body.of, said.author)
    if kind is None:
        raise Conflict("unknown-statement", "Correct an earlier statement of your own side")
    if body.withdraws and kind not in WITHDRAWABLE:
        raise Conflict("not-withdrawable", "Only a fact or arrangements can be withdrawn")


def _heard(view: HandoverView, said: Said) -> None:
    body: conversation.Heard = said.body
    other: Side = "receiver" if said.author == "sender" else "sender"
    if _kind_of(view, body.of, other) != "chase":
        raise Conflict("unknown-statement", "What is heard is a chase of the other side")


def _fact(view: HandoverView, said: Said) -> None:
    body: conversation.FactStated = said.body
    if FACT_SIDES.get(body.code, said.by) != said.by:
        raise Conflict("not-your-fact", "This is for the other authority to state")
    if body.code in ITEM_FACTS and body.item not in view.items:
        raise Conflict("unknown-item", "This handover has no such item")


def _query(view: HandoverView, said: Said) -> None:
    body: conversation.Query = said.body
    if body.query in view.questions:
        raise Conflict("query-repeated", "Another question has this id already")


def _reply(view: HandoverView, said: Said) -> None:
    body: conversation.Reply = said.body
    if body.query not in view.questions:
        raise Conflict("unknown-query", "This handover has no such question", ids=(body.query,))
    if view.askers[body.query] == said.by:
        raise Conflict("not-yours-to-answer", "The other authority answers this question")


def _disagreement(view: HandoverView, said: Said) -> None:
    body: conversation.Disagreement = said.body
    earlier = view.disagreements.get(body.disagreement)
    if body.act == "opened":
        if earlier is not None:
            raise Conflict("disagreement-repeated", "Another disagreement has this id already")
    elif earlier in (None, "resolved"):
        raise Conflict("unknown-disagreement", "There is no such open disagreement")


def _kind_of(view: HandoverView, digest: str, author: Side) -> str | None:
    """The kind of an earlier statement of that side."""
    kind, side = view.statements.get(digest, (None, None))
    return kind if side == author else None


_RULES: dict[str, Callable[[HandoverView, Said], None]] = {
    "dispatch": _dispatch,
    "acknowledgement": _acknowledgement,
    "correction": _correction,
    "heard": _heard,
    "fact": _fact,
    "query": _query,
    "reply": _reply,
    "disagreement": _disagreement,
}
