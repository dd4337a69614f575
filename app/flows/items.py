"""The open things of a handover in words, and what became of each: for either side."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from app.access import Caller
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.items import in_words
from app.casefile.model import parse_case_file
from app.crypto.strictjson import JsonValue
from app.errors import Malformed, NotFound, TooLarge
from app.flows import disclose, ledgers, parcels
from app.flows.site import Site
from app.handover.statement import Statement

ANSWERING = ("acceptance", "disposition")
"""Kinds of statements that say what becomes of items."""

Words = dict[str, Any]


def items(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Each item that came with the papers, in words: what it is, of which child, and what happens
    to it now, with the latest words about that; no words where they are withheld for their label.

    Raises as `disclose.words`, and Malformed for a case file of a newer form, Conflict
    (`too-many-items`).
    """
    opening = disclose.find(site, caller, handover, "dispatch", "open")
    disclose.write_down(site, caller, handover, f"dispatch/{CONTENT}", "open", purpose)
    content = opening.bundle.content()
    withheld = handling.withheld_ids(content, opening.labels, disclose.beside(site, opening))
    described = in_words(parse_case_file(content), withheld)
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover).shown()
    view = replica.view()
    answers = [one for one in disclose.usable(replica) if one.kind in ANSWERING]
    became = _became(site, caller, handover, answers, purpose)
    return [
        {
            "item": item,
            "type": one.type,
            "child": one.child,
            "disposition": one.disposition,
            "since": one.on,
            "what": described.get(item),
            "became": became.get(item) if item in described and one.disposition else None,
        }
        for item, one in sorted(
            view.items.items() if view else (), key=lambda pair: (pair[1].type, pair[0])
        )
    ]


def _became(
    site: Site, caller: Caller, handover: str, answers: list[Statement], purpose: str
) -> dict[str, Words]:
    """Item → the latest words about it. Opening them is written down as well."""
    for kind in dict.fromkeys(one.kind for one in answers):
        disclose.write_down(site, caller, handover, f"{kind}/{CONTENT}", "open", purpose)
    return {
        said["item"]: {name: value for name, value in said.items() if name != "item"}
        for statement in answers
        for said in _item_words(_content(site, statement))
    }


def _content(site: Site, statement: Statement) -> JsonValue:
    with site.database.read() as uow, suppress(NotFound, Malformed, TooLarge):
        return parcels.opened(uow, site, statement).content()
    return None


def _item_words(content: JsonValue) -> Iterator[Words]:
    """Of whatever version: strictness must not delay a child."""
    said = content.get("items") if isinstance(content, dict) else None
    for one in said if isinstance(said, list) else ():
        if isinstance(one, dict) and isinstance(one.get("item"), str):
            yield one
