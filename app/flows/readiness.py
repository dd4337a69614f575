"""What a case file lacks: asked before it is sent, and declared with it when it is. Nothing here
ever stops a handover, and no answer has a word of the case."""

import hashlib
import hmac
import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from app.access import Caller
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.declared import declare, places
from app.casefile.items import item_id, items
from app.casefile.model import CaseFile, DeclaredGap, Gap, parse_case_file
from app.casefile.readiness import FINDINGS, RULES, Missing, in_order, missing
from app.casefile.shown import Shown
from app.crypto.strictjson import JsonValue
from app.flows import disclose, ledgers
from app.flows import draft as drafting
from app.flows.site import Site
from app.handover.bodies.base import MAX_ITEMS
from app.handover.gaps import Facts, answered
from app.handover.ledger import counting
from app.handover.view import HandoverView
from app.handover.when import london_date

log = logging.getLogger(__name__)


def of_draft(site: Site, caller: Caller, draft: str) -> dict[str, Any]:
    """What a draft's case file lacks today: `missing`, the most serious first, `explained`, and
    what would travel as `declared`. Raises NotFound, NotAllowed."""
    row = drafting.find(site, caller, draft)
    on = london_date(site.clock())
    return _told(drafting.case_file(site, row), on, _secret(site, draft))


def check(case_file: JsonValue, on: date) -> dict[str, Any]:
    """As `of_draft`, for a case file alone. Raises what `parse_case_file` raises."""
    return _told(parse_case_file(case_file), on, b"")


def called(case_file: JsonValue) -> dict[str, str]:
    """What the children of a case file at hand are called, by id: for its own author, who has it
    before them. Raises what `parse_case_file` raises."""
    parsed = parse_case_file(case_file)
    names = Shown(parsed).called
    return {one.id: names[one.id] for one in parsed.children if one.id in names}


def rules() -> list[dict[str, str]]:
    """Every check, with its source and the review's finding that it comes from."""
    return [
        {
            "code": one.code,
            "seriousness": one.seriousness,
            "what": one.what,
            "question": one.question,
            "finding": FINDINGS[one.finding],
            "source": one.source,
        }
        for one in RULES
    ]


def declaring(site: Site, handover: str, case_file: CaseFile) -> CaseFile:
    """The case file with what it still lacks today, as it is sent."""
    try:
        found = _by_child(case_file, missing(case_file, london_date(site.clock())))
    except Exception as error:  # a check that fails must not keep a case from being sent
        kind = type(error).__name__
        # Its text may quote the case, and a terminal would show it.
        log.error("what a case lacks was not found out", extra={"code": kind})  # noqa: TRY400
        found = []
    declared = _declared(case_file, found, _secret(site, handover))
    return case_file.model_copy(update={"declared": declared})


def of_handover(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """What was missing when the papers were sent, as the sender's service declared it, and when
    each gap that is asked was answered; but what lacks in entries that are withheld. The opening is
    logged. Raises as `disclose.words`."""
    opening = disclose.find(site, caller, handover, "dispatch", "open")
    disclose.write_down(site, caller, handover, f"dispatch/{CONTENT}", "open", purpose)
    words = opening.bundle.content()
    withheld = handling.withheld_ids(words, opening.labels, disclose.beside(site, opening))
    declared = parse_case_file(words).declared
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover).shown()
    view = replica.view()
    assert view is not None
    answers = answered(counting(replica.entries, replica.counted()), view)
    return [
        {**_of_item(one, view, answers), "where": list(where)}
        for one in declared
        if (where := places(words, one, withheld)) is not None
    ]


def _of_item(gap: DeclaredGap, view: HandoverView, answers: Facts) -> dict[str, Any]:
    item = item_id("gap", gap.id, gap.child)
    seen = view.items.get(item) if gap.asked else None
    return {
        **gap.model_dump(mode="json", exclude={"id"}),
        "item": item if seen else None,
        "disposition": seen.disposition if seen else None,
        "answered_on": answers.get(item) if seen else None,
    }


def _told(case_file: CaseFile, on: date, secret: bytes) -> dict[str, Any]:
    found = _by_child(case_file, missing(case_file, on))
    return {
        "on": on.isoformat(),
        "counts": {
            one: sum(gap.seriousness == one for gap in found) for one in ("high", "medium", "low")
        },
        "missing": [asdict(one) for one in found],
        "explained": [_explained(one, n) for n, one in enumerate(case_file.gaps)],
        "declared": [
            one.model_dump(mode="json", exclude={"id"})
            for one in _declared(case_file, found, secret)
        ],
    }


def _by_child(case_file: CaseFile, found: Iterable[Missing]) -> list[Missing]:
    """The most serious first; then what is about the family, and child by child."""
    order = {child.id: place for place, child in enumerate(case_file.children, 1)}
    return in_order(sorted(found, key=lambda one: order.get(one.child or "", 0)))


def _declared(
    case_file: CaseFile, found: Iterable[Missing], secret: bytes
) -> tuple[DeclaredGap, ...]:
    """The items that the case has of its own come first: a gap never takes a concern's place."""
    own = items(case_file.model_copy(update={"declared": ()}))
    return declare(found, secret, MAX_ITEMS - len(own))


def _explained(gap: Gap, number: int) -> dict[str, Any]:
    about = gap.about
    return {
        "where": f"/gaps/{number}",
        "section": about.section,
        "entry": about.entry,
        "field": about.field,
        "child": about.child,
        "reason": gap.reason,
        "coming_by": gap.coming_by,
    }


def _secret(site: Site, handover: str) -> bytes:
    key = site.keyring.label_key.raw
    return hmac.digest(key, f"declared:{handover}".encode(), hashlib.sha256)
