"""Saying something about a handover that stands: acknowledge, arrange, accept, decline, recall,
state a fact, close, say later what became of items. One way for all of them: codes go into the
statement, words are sealed."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from app.access import Act, Caller
from app.casefile.contents import Acceptance, Content, Disposition, parse_content
from app.casefile.contents.dispositions import check_dispositions
from app.crypto.strictjson import JsonValue
from app.errors import Malformed, NotAllowed
from app.flows import carrying
from app.flows.issue import Issued, Saying, issue, recall
from app.flows.once import Remember, once
from app.flows.reach import reach
from app.flows.site import Site
from app.handover.bodies.answers import Acceptance as AcceptanceCodes
from app.handover.bodies.base import Body
from app.handover.bodies.conversation import DispositionLater
from app.handover.codes import Side
from app.handover.statement import WITH_BUNDLE, Statement, parse_body
from app.handover.when import When, london_date
from app.store.handovers import HandoverRow
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Said:
    """`codes`: the body. `words`: the sealed content; None where there is nothing to add.
    `children` None: all for whom it can be said now. `effective` None: now. `carry_forward_to`:
    who takes over, in an acceptance or disposition, every open item that it does not name."""

    codes: dict[str, Any]
    words: dict[str, Any] | None = None
    children: tuple[str, ...] | None = None
    effective: When | None = None
    carry_forward_to: dict[str, Any] | None = None


BY_RECEIVER: frozenset[Side] = frozenset({"receiver"})
BY_SENDER: frozenset[Side] = frozenset({"sender"})

Sayable = Literal[
    "acknowledgement", "arrangements", "acceptance", "decline", "recall", "closure", "fact",
    "disposition",
]  # fmt: skip

SIDES: dict[Sayable, frozenset[Side]] = {
    "acknowledgement": BY_RECEIVER,
    "arrangements": BY_RECEIVER,
    "acceptance": BY_RECEIVER,
    "decline": BY_RECEIVER | BY_SENDER,
    "recall": BY_SENDER,
    "closure": BY_SENDER,
    "fact": BY_RECEIVER | BY_SENDER,
    "disposition": BY_RECEIVER,
}
"""Which side may say each kind."""

ACTS: dict[Side, Act] = {"receiver": "respond", "sender": "send"}
"""What saying something for our side asks of the caller."""


def say(
    site: Site, caller: Caller, handover: str, kind: Sayable, said: Said, key: str | None = None
) -> Issued:
    """State it for our side. The same `key` again gives the same statement.

    Raises NotFound and NotAllowed (`not-permitted`, `not-your-side`), Malformed for codes or words
    that are not of the form, Conflict where it does not follow (`items-open` names the items).
    """
    row = speaking(site, caller, handover)
    if _side(row) not in SIDES[kind]:
        raise NotAllowed("not-your-side", "That is for the other authority to say")
    about: JsonValue = list(said.children) if said.children is not None else None
    asked: JsonValue = [
        handover, kind, said.codes, said.words, about, said.effective, said.carry_forward_to
    ]  # fmt: skip
    act = partial(_say, site, row, kind, said)
    return once(site, caller, key, asked, act, partial(recall, site))


def answer_gap(
    site: Site, caller: Caller, handover: str, item: str, words: dict[str, Any]
) -> Issued:
    """Answer, today, what was missing from a case that we sent. Raises as `say`."""
    today = london_date(site.clock()).isoformat()
    codes = {"code": "gap_answered", "on": today, "item": item}
    return say(site, caller, handover, "fact", Said(codes, words))


def _say(site: Site, row: HandoverRow, kind: Sayable, said: Said, remember: Remember) -> Issued:
    said = _carrying(site, row, said)
    codes = codes_of(kind, said.codes)
    words = _words(kind, said.words)
    children = said.children
    if isinstance(codes, AcceptanceCodes | DispositionLater):
        about = words.items if isinstance(words, Acceptance | Disposition) else ()
        check_dispositions(about, {one.item: one.disposition for one in codes.dispositions})
    if isinstance(codes, AcceptanceCodes):
        children = tuple(result.child for result in codes.results)
    content = words.to_value() if words else None
    saying = Saying(kind, said.codes, content, (), children, said.effective)

    def also(uow: UnitOfWork, statement: Statement) -> None:
        remember(uow, statement.digest)

    return issue(site, row.handover, row.peer, _side(row), saying, before=also)


def _carrying(site: Site, row: HandoverRow, said: Said) -> Said:
    if said.carry_forward_to is None:
        return said
    codes, words = carrying.all_to(
        site, row.handover, said.codes, said.words, said.children, said.carry_forward_to
    )
    return replace(said, codes=codes, words=words)


def speaking(site: Site, caller: Caller, handover: str) -> HandoverRow:
    """The handover, if the caller may speak for our side of it. Raises NotFound, NotAllowed."""
    row = reach(site, caller, handover, "see").row
    return reach(site, caller, handover, ACTS[_side(row)]).row


def _side(row: HandoverRow) -> Side:
    return "sender" if row.side == "sender" else "receiver"


def codes_of(kind: str, codes: dict[str, Any]) -> Body:
    """As `parse_body`, pointing to where our caller has them."""
    try:
        return parse_body(kind, codes)
    except Malformed as error:
        pointer = error.pointer and error.pointer.replace("/body", "/codes", 1)
        raise Malformed(error.code, error.detail, pointer=pointer) from None


def _words(kind: str, words: dict[str, Any] | None) -> Content | None:
    if words is None and kind in WITH_BUNDLE:
        raise Malformed("statement-bundle", f"Say the `words` of this {kind} too", pointer="/words")
    if words is None:
        return None
    content = parse_content(kind, {"v": 1, **words})
    assert isinstance(content, Content)
    return content
