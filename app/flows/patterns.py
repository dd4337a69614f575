"""Patterns of a case, as a caller may see it, or of a case file at hand."""

import re
from datetime import datetime

from app.access import Caller, labels
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.continuity import current
from app.casefile.model import parse_case_file
from app.casefile.patterns import Patterns, patterns
from app.casefile.patterns.plots import plot
from app.casefile.patterns.words import NAMES, Name, Told, not_counted, told
from app.crypto.ids import ID_PATTERN
from app.errors import NotFound
from app.flows import continuity, disclose, ledgers
from app.flows.reach import reach
from app.flows.site import Site
from app.handover.when import london_date

__all__ = [
    "HANDOVER", "NAMES", "Name", "Patterns", "Told", "count", "not_counted", "of_file", "plot",
    "told",
]  # fmt: skip


HANDOVER = re.compile(ID_PATTERN)
"""What a handover is named by; a file can be named so only on purpose."""


def count(site: Site, caller: Caller, handover: str, purpose: str) -> Patterns:
    """Patterns of the case as it is now, up to today: the papers with all supplements and
    corrections, and of two tellings of an entry the one that came last. To count it is to open it:
    for a purpose, logged as that, and without what handling labels withhold from the caller.

    Raises as `disclose.words`.
    """
    reached = reach(site, caller, handover, "open")
    with site.database.read() as uow:
        said = continuity.told(uow, site, ledgers.load(uow, site, handover))
    if not said:
        raise NotFound("no-papers", "No papers have come")
    disclose.write_down(site, caller, handover, f"case/{CONTENT}", "open", purpose)
    words = {one.source.statement: one.words for one in said}
    allowed = labels(caller, reached.record)
    return patterns(
        current(continuity.merged(said)).case_file,
        london_date(site.clock()),
        handling.withheld_ids(words, allowed),
        withheld=handling.disclose(words, allowed).withheld,
        unread=sum(one.problem is not None for one in said),
    )


def of_file(content: object, now: datetime) -> Patterns:
    """Patterns of a case file at hand, sent or not. Raises Malformed."""
    return patterns(parse_case_file(content), london_date(now))
