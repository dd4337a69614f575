"""For each rule, sections of a case file in which it finds something, and in which it does not."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.casefile.samples import case, ref

ON = date(2031, 6, 2)
"""The day of all these cases."""
CHILD = ref("child")
Sections = dict[str, Any]
WITHDRAWN = {"on": "2031", "why": "Invented."}


@dataclass(frozen=True)
class Pair:
    """In `found`, and in each of `also`, the rule finds one thing, at `where` and for `child`; in
    none of `silent` any."""

    where: str
    found: Sections
    silent: list[Sections]
    child: str | None = None
    because: str | None = None
    also: tuple[Sections, ...] = ()


def ago(days: int) -> str:
    """The day so many days before `ON`."""
    return str(ON - timedelta(days=days))


def one(section: str, **fields: Any) -> Sections:
    """A section of one entry."""
    return {section: [{"id": ref(section), **fields}]}


def child(**fields: Any) -> Sections:
    """The one child, of six unless the fields say otherwise."""
    return {"children": [{"id": CHILD, "status": "living", "born_on": "2025-01-10", **fields}]}


def made(sections: Sections) -> Sections:
    """A case file of these sections, with the one child unless they say otherwise."""
    return case(**{**child(), **sections})
