"""Carrying forward: one person takes over, by name, all items of which nothing else was said."""

from collections.abc import Collection
from typing import Any

from app.crypto.strictjson import JsonValue
from app.flows import ledgers
from app.flows.site import Site
from app.handover.bodies.base import MAX_ITEMS
from app.handover.codes import PASSING_RESULTS
from app.handover.open_items import left_open

Json = dict[str, Any]


def all_to(
    site: Site,
    handover: str,
    codes: Json,
    words: Json | None,
    children: Collection[str] | None,
    owner: Json,
) -> tuple[Json, Json]:
    """The codes and words of an acceptance or disposition, which carry forward to `owner` every
    open item of the children meant that they do not name themselves: of an acceptance the children
    whom it accepts, of a disposition those in `children`, or all.

    At most as many as a statement holds: concerns and outcomes come first, and what is left of the
    others is said later. Of codes or words that are not of the form nothing is made here: whoever
    reads them says what is wrong.
    """
    given, said = codes.get("dispositions", []), (words or {}).get("items", [])
    if not isinstance(given, list) or not isinstance(said, list):
        return codes, words or {}
    with site.database.read() as uow:
        view = ledgers.load(uow, site, handover).view()
    assert view is not None
    meant = _accepted(codes) if "results" in codes else children or view.children
    left = left_open(view, meant, _named(given))[: MAX_ITEMS - len(given)]
    more = [{"item": item, "disposition": "carried_forward"} for item in left]
    taken = [{"item": item, "owner": owner} for item in left]
    return (
        {**codes, "dispositions": [*given, *more]},
        {**(words or {}), "items": [*said, *taken]},
    )


def _accepted(codes: Json) -> set[str]:
    results = codes["results"] if isinstance(codes["results"], list) else []
    return {
        one["child"]
        for one in results
        if isinstance(one, dict)
        and isinstance(one.get("child"), str)
        and one.get("result") in PASSING_RESULTS
    }


def _named(given: list[JsonValue]) -> set[str]:
    items = (one.get("item") for one in given if isinstance(one, dict))
    return {item for item in items if isinstance(item, str)}
