"""For each rule, sections of a case file in which it finds something, and in which it does not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.casefile.samples import case, ref

ON = date(2031, 6, 2)
"""The day of all these cases."""
Sections = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """`found` has the gap, as many as `times`; each of `silent` has none."""

    found: Sections
    silent: list[Sections]
    times: int = 1
    where: str | None = None


def made(sections: Sections) -> Sections:
    """A case file of these sections, with one child of six unless they say otherwise."""
    child = {"id": ref("child"), "status": "living", "born_on": "2025-01-10"}
    return case(**{"children": [child], **sections})
