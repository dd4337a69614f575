"""What is still missing when a case is sent travels as declared: a gap never delays a handover.

Every gap is told to the receiver. Those that somebody may come to harm by, or judge wrongly for,
(`high`, `medium`) are also *asked*: they become items, and the sender owes an answer to each. They
are put together by check and child, because the answer to "five outcomes have no measure" is one
answer, and nobody can work through a wall of three hundred. One of `low` seriousness is only told.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from typing import Any

from app.casefile.items import id_of
from app.casefile.model import CaseFile, DeclaredGap
from app.casefile.model.base import MAX_MANY
from app.casefile.readiness import Missing, in_order

ASKED = frozenset({"high", "medium"})
"""How serious a gap is that becomes an item."""
SAYING = frozenset({"concerns", "outcomes", "earlier_handovers"})
"""Sections whose entries, and what is open in them, are known by what they say."""
MOST_SAID = 3
"""Entries that one gap quotes."""
LONGEST = 120
"""Characters of one that are quoted."""
MOST_ASKED = 100
"""Items for declared gaps of one handover. Of the invented cases none has more than twenty: of a
hundred checks and more, most find nothing."""


def declare(missing: Iterable[Missing], secret: bytes, room: int) -> tuple[DeclaredGap, ...]:
    """One declared gap for each check and child, the most serious first; at most `room` are asked.

    The id of each is a MAC under `secret`, a key of the sender's for this handover: the same when
    the case is sent again, and to nobody else does the item in a statement tell what is missing.
    """
    groups: dict[tuple[str, str | None], list[Missing]] = {}
    for one in in_order(missing):
        groups.setdefault((one.code, one.child), []).append(one)
    left = max(0, min(room, MOST_ASKED))
    found = []
    for (code, child), group in list(groups.items())[:MAX_MANY]:
        asked = left > 0 and group[0].seriousness in ASKED
        left -= asked
        found.append(_declared(_id(secret, code, child), group, asked=asked))
    return tuple(found)


def _declared(identifier: str, group: list[Missing], *, asked: bool) -> DeclaredGap:
    first = group[0]
    return DeclaredGap(
        id=identifier,
        code=first.code,
        what=first.what,
        question=first.question,
        finding=first.finding,
        seriousness=first.seriousness,
        child=first.child,
        where=tuple(one.where for one in group[:MAX_MANY]),
        asked=asked,
    )


def _id(secret: bytes, code: str, child: str | None) -> str:
    return id_of(hmac.digest(secret, "\0".join((code, child or "")).encode(), hashlib.sha256))


def with_declared(words: dict[str, Any], case_file: CaseFile) -> dict[str, Any]:
    """The words of a case file as they are sent: unchanged, and beside them what they lack."""
    declared = [one.to_value() for one in case_file.declared]
    return {**without_declared(words), **({"declared": declared} if declared else {})}


def without_declared(words: Any) -> Any:
    """A case file as its author wrote it."""
    if not isinstance(words, dict):
        return words
    return {name: value for name, value in words.items() if name != "declared"}


def places(words: Any, gap: DeclaredGap, withheld: Collection[str]) -> tuple[str, ...] | None:
    """Where in the words of the case file that declares it the gap is, but in entries that are
    withheld; None where it is in no other: then the gap tells of what nobody may know of."""
    left = tuple(one for one in gap.where if _entry(words, one) not in withheld)
    return None if gap.where and not left else left


def telling(words: Any, gap: DeclaredGap, withheld: Collection[str]) -> DeclaredGap | None:
    """The gap as it is told to a reader: in which of the entries that the reader may see, and in
    their words, because "an open concern does not say what is next" does not say which. None as
    `places`."""
    left = places(words, gap, withheld)
    if left is None:
        return None
    about = list(dict.fromkeys(said for one in left if (said := _said(words, one))))[:MOST_SAID]
    what = " ".join([gap.what, *(f"“{one}”" for one in about)])
    return gap.model_copy(update={"where": left, "what": what})


def _said(words: Any, where: str) -> str | None:
    """What happened or was open, nearest to the place that a JSON pointer leads to, in short."""
    _, section, *steps = [*where.split("/"), ""]
    if section not in SAYING or _entry(words, where) is None:
        return None
    said, at = None, words[section]
    for step in steps:
        if isinstance(at, list):
            at = at[int(step)] if _is_index(step) and int(step) < len(at) else None
        else:
            at = at.get(step) if isinstance(at, dict) else None
        what = at.get("what") if isinstance(at, dict) else None
        said = what if isinstance(what, str) else said
    return said if said is None or len(said) <= LONGEST else f"{said[:LONGEST]}..."


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 6


def _entry(words: Any, where: str) -> str | None:
    """The id of the entry that a JSON pointer leads into."""
    _, section, place, *_ = [*where.split("/"), "", ""]
    entries = words.get(section) if isinstance(words, dict) else None
    if not isinstance(entries, list) or not _is_index(place):
        return None
    entry = entries[int(place)] if int(place) < len(entries) else None
    own = entry.get("id") if isinstance(entry, dict) else None
    return own if isinstance(own, str) else None
