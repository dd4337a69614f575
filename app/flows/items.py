"""The open things of a handover in words, and what became of each: for either side."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any, get_args

from app.access import Caller
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.continuity import current, tell
from app.casefile.declared import telling
from app.casefile.items import ItemType, in_words, over
from app.casefile.model import CaseFile
from app.casefile.shown import Shown
from app.crypto.strictjson import JsonValue
from app.errors import Conflict
from app.flows import continuity, disclose, ledgers
from app.flows.continuity import Told
from app.flows.site import Site
from app.handover.bodies.conversation import FactStated
from app.handover.gaps import answered
from app.handover.ledger import Counted, counting
from app.handover.replica import Replica
from app.handover.statement import Statement

Words = dict[str, Any]
TYPES = get_args(ItemType)
"""In the order in which they are told: harm first, and what is merely missing last."""


def items(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Each item of the papers, and of what was said since, in words: what it is, of which child,
    and what happens to it now, with the latest words about that (of a gap also the sender's answer,
    and when it was given); no words where they are withheld for their label. Concerns come first
    and gaps last, those of a type in the order in which they were told.

    Of an entry that both authorities tell, the words are those of whoever told it first, as it is
    then mended by the same. Raises as `disclose.words`.
    """
    opening = disclose.find(site, caller, handover, "dispatch", "open")
    disclose.write_down(site, caller, handover, f"dispatch/{CONTENT}", "open", purpose)
    replica, said, withheld = told_and_withheld(site, handover, opening)
    view = replica.view()
    assert view is not None
    files = files_of(said)
    described = _described(files, view.children, withheld)
    names = called(files, withheld)
    order = {item: place for place, item in enumerate(described)}
    counted = counting(replica.entries, replica.counted())
    answers = answered(counted, view)
    became = became_of(site, caller, handover, counted, purpose)
    return [
        {
            "item": item,
            "type": one.type,
            "child": one.child,
            "child_name": names.get(one.child or ""),
            "disposition": one.disposition,
            "since": one.on,
            "answered_on": answers.get(item),
            "what": described.get(item),
            "became": became.get(item)
            if item in described and (one.disposition or item in answers)
            else None,
        }
        for item, one in sorted(
            view.items.items(),
            key=lambda pair: (_rank(pair[1].type), order.get(pair[0], len(order)), pair[0]),
        )
    ]


def told_and_withheld(
    site: Site, handover: str, opening: disclose.Opening
) -> tuple[Replica, list[Told], frozenset[str]]:
    """Our copy of the ledger, what each side tells, and the ids of what is withheld in it."""
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover).shown()
        said = continuity.told(uow, site, replica)
    words: JsonValue = {one.source.statement: one.words for one in said}
    return replica, said, handling.withheld_ids(words, opening.labels)


Files = list[tuple[Told, CaseFile]]
"""What each statement tells, and the same as a case file."""


def files_of(said: list[Told]) -> Files:
    """Statement by statement: nobody's words take the place of another's, and a flood in one of
    them is not one of the case."""
    return [
        (one, current(tell(one.source, one.words, one.documents)).case_file)
        for one in said
        if one.problem is None
    ]


def called(files: Files, withheld: frozenset[str]) -> dict[str, str]:
    """What everybody is called whose entry is not withheld, by id."""
    found: dict[str, tuple[str, str]] = {}
    for one, file in files:
        _tell(found, one.source.authority, Shown(file, withheld).called)
    return {key: name for key, (_, name) in found.items()}


def _described(files: Files, children: Collection[str], withheld: frozenset[str]) -> dict[str, str]:
    """Each item → what it is."""
    found: dict[str, tuple[str, str]] = {}
    for one, file in files:
        with suppress(Conflict):  # more than a handover has: none of them is an item
            gaps = (telling(one.words, gap, withheld) for gap in file.declared)
            shown = {"declared": tuple(gap for gap in gaps if gap is not None)}
            told = in_words(over(file, children).model_copy(update=shown), withheld)
            _tell(found, one.source.authority, told)
    return {item: what for item, (_, what) in found.items()}


def _tell(found: dict[str, tuple[str, str]], by: str, words: dict[str, str]) -> None:
    """Whoever told something first may mend it; nobody else."""
    found |= {key: (by, one) for key, one in words.items() if found.get(key, (by, ""))[0] == by}


def _rank(item_type: str) -> int:
    """A type that a later version brings comes last."""
    return TYPES.index(item_type) if item_type in TYPES else len(TYPES)


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
    """Nothing of words that are not of a form that we know."""
    content = disclose.content(site, statement)
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
