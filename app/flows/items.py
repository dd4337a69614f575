"""The open things of a handover in words, and what became of each: for either side."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from app.access import Caller
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.continuity import current
from app.casefile.items import in_words
from app.casefile.model import CaseFile, parse_case_file
from app.crypto.strictjson import JsonValue
from app.errors import Malformed, NotFound, TooLarge
from app.flows import continuity, disclose, ledgers, parcels
from app.flows.site import Site
from app.handover.bodies.conversation import FactStated
from app.handover.gaps import answered
from app.handover.ledger import Counted, counting
from app.handover.replica import Replica
from app.handover.statement import Statement

Words = dict[str, Any]


def items(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Each item of the papers, and of what was said since, in words: what it is, of which child,
    and what happens to it now, with the latest words about that (of a gap also the sender's answer,
    and when it was given); no words where they are withheld for their label.

    Raises as `disclose.words`, and Malformed for a case file of a newer form, Conflict
    (`too-many-items`).
    """
    opening = disclose.find(site, caller, handover, "dispatch", "open")
    disclose.write_down(site, caller, handover, f"dispatch/{CONTENT}", "open", purpose)
    sent = parse_case_file(opening.bundle.content())
    replica, now, withheld = now_and_withheld(site, handover, opening)
    described = {**in_words(sent, withheld), **in_words(now, withheld)}
    view = replica.view()
    assert view is not None
    counted = counting(replica.entries, replica.counted())
    answers = answered(counted, view)
    became = became_of(site, caller, handover, counted, purpose)
    return [
        {
            "item": item,
            "type": one.type,
            "child": one.child,
            "disposition": one.disposition,
            "since": one.on,
            "answered_on": answers.get(item),
            "what": described.get(item),
            "became": became.get(item)
            if item in described and (one.disposition or item in answers)
            else None,
        }
        for item, one in sorted(view.items.items(), key=lambda pair: (pair[1].type, pair[0]))
    ]


def now_and_withheld(
    site: Site, handover: str, opening: disclose.Opening
) -> tuple[Replica, CaseFile, frozenset[str]]:
    """Our copy of the ledger, the case as it is now, and the ids of what is withheld in it."""
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover).shown()
        said = continuity.told(uow, site, replica)
    words: JsonValue = {one.source.statement: one.words for one in said}
    now = current(continuity.merged(said)).case_file
    return replica, now, handling.withheld_ids(words, opening.labels)


def became_of(
    site: Site, caller: Caller, handover: str, counted: Iterable[Counted], purpose: str
) -> dict[str, Words]:
    """Item → the latest words of each side about it. Opening them is written down as well."""
    said = [statement for statement, _ in counted if _is_about_items(statement)]
    for kind in dict.fromkeys(one.kind for one in said):
        disclose.write_down(site, caller, handover, f"{kind}/{CONTENT}", "open", purpose)
    answers: dict[str, Words] = {}
    settled: dict[str, Words] = {}
    for statement in said:
        words = _content(site, statement)
        if isinstance(statement.body, FactStated):
            answers |= _answer(statement.body, words)
        else:
            settled |= dict(_item_words(words))
    items = answers.keys() | settled.keys()
    return {item: {**answers.get(item, {}), **settled.get(item, {})} for item in items}


def _is_about_items(statement: Statement) -> bool:
    body = statement.body
    if statement.payload.bundle is None:
        return False
    answer = isinstance(body, FactStated) and body.code == "gap_answered"
    return answer or statement.kind in ("acceptance", "disposition")


def _content(site: Site, statement: Statement) -> Words:
    """Nothing of words that are not here, or not of a form that we know."""
    content: JsonValue = None
    with site.database.read() as uow, suppress(NotFound, Malformed, TooLarge):
        content = parcels.opened(uow, site, statement).content()
    return content if isinstance(content, dict) else {}


def _answer(fact: FactStated, words: Words) -> dict[str, Words]:
    told = {"answer": words.get("note"), "answered_by": words.get("by")}
    return {str(fact.item): {name: one for name, one in told.items() if one is not None}}


def _item_words(content: Words) -> Iterator[tuple[str, Words]]:
    """Of whatever version: strictness must not delay a child."""
    said = content.get("items")
    for one in said if isinstance(said, list) else ():
        if isinstance(one, dict) and isinstance(item := one.get("item"), str):
            yield item, {name: value for name, value in one.items() if name != "item"}
