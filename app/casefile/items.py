"""The open things of a case that a dispatch puts before the receiving authority, one by one."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from app.casefile.live import Live
from app.casefile.model import CaseFile, Child, DeclaredGap, Gap, Meeting, Part, Professional
from app.errors import Conflict

MOST = 2_000
"""Items of one handover. A thousand concerns about a thousand children would be a million."""

ItemType = Literal["concern", "outcome", "action", "minutes", "professional", "gap"]


@dataclass(frozen=True)
class Item:
    """One open thing. Both authorities compute the same items, with the same ids, from the case
    file, so nothing has to say which item stands for which entry."""

    id: str
    """What statements call it. A digest of random ids: it says nothing about anyone."""
    type: ItemType
    child: str | None
    """The child it is about; None for several, or for the family."""
    source: str
    """The id of the entry in the case file."""


def items(case_file: CaseFile) -> list[Item]:
    """What is open, in the order of the file.

    A concern or an outcome makes one item for each child handed over, because siblings may be
    accepted apart and what happens to it is answered for each child. Everything else makes one.
    Entries that are superseded or withdrawn, or about other children alone, make none.

    An item of type `gap` is something that the sender owes: what was promised for a day, and what
    travels as declared. A gap that the sender has explained (not held, withheld, not applicable)
    makes none: nobody can supply it, and the case file says so. Raises Conflict (`too-many-items`).
    """
    found = list(islice(_open(case_file), MOST + 1))
    if len(found) > MOST:
        raise Conflict("too-many-items", f"A handover has at most {MOST} items")
    return found


def _open(case_file: CaseFile) -> Iterator[Item]:
    handed_over, live = _handed_over(case_file), Live(case_file)

    for concern in live(c for c in case_file.concerns if c.status == "open"):
        yield from _for_each("concern", concern, handed_over)
    for outcome in live(o for o in case_file.outcomes if o.status == "open"):
        yield from _for_each("outcome", outcome, handed_over)
    for action in live(a for a in case_file.actions if a.status == "open"):
        yield from _one("action", action.id, _children(action), handed_over)
    for meeting in live(m for m in case_file.meetings if _owes_minutes(m)):
        yield from _one("minutes", meeting.id, _children(meeting), handed_over)
    yield from _successors(case_file, live, handed_over)
    for gap in (one for one in case_file.gaps if one.reason == "coming_by"):
        yield from _one("gap", gap.id, _only(gap.about.child), handed_over)
    for declared in (one for one in case_file.declared if one.asked):
        yield from _one("gap", declared.id, _only(declared.child), handed_over)


def over(case_file: CaseFile, children: Iterable[str]) -> CaseFile:
    """The case file with these as the children who are handed over, as the ledger has it: words
    add none."""
    handed_over = tuple(Child(id=one, status="living") for one in children)
    return case_file.model_copy(update={"children": handed_over})


def successors(case_file: CaseFile) -> Iterator[Item]:
    """Those that ask for a professional's successor, however many others there are."""
    return _successors(case_file, Live(case_file), _handed_over(case_file))


def _successors(case_file: CaseFile, live: Live, handed_over: dict[str, int]) -> Iterator[Item]:
    for one in live(p for p in case_file.professionals if _needs_successor(p)):
        yield from _one("professional", one.id, _children(one), handed_over)


def _handed_over(case_file: CaseFile) -> dict[str, int]:
    children = (child.id for child in case_file.children if child.scope == "handed_over")
    return {child: place for place, child in enumerate(children)}


def item_id(kind: ItemType, source: str, child: str | None) -> str:
    """SHA-256 of `kind`, source and child, joined by NUL: its first 128 bits in base32.

    Part of the format: it must never change, or the two sides would name different items.
    """
    return id_of(hashlib.sha256("\0".join((kind, source, child or "")).encode()).digest())


def id_of(digest: bytes) -> str:
    """The first 128 bits of a digest in base32, as every id is written."""
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def _one(
    kind: ItemType, source: str, children: tuple[str, ...], handed_over: dict[str, int]
) -> Iterator[Item]:
    """One item, unless it is about nobody who is handed over."""
    if children and handed_over.keys().isdisjoint(children):
        return
    child = children[0] if len(children) == 1 else None
    yield Item(item_id(kind, source, child), kind, child, source)


def _for_each(kind: ItemType, entry: Part, handed_over: dict[str, int]) -> Iterator[Item]:
    concerned = handed_over.keys() & _children(entry) if _children(entry) else handed_over
    for child in sorted(concerned, key=handed_over.__getitem__):
        yield Item(item_id(kind, entry.id, child), kind, child, entry.id)


def _only(child: str | None) -> tuple[str, ...]:
    return () if child is None else (child,)


def _children(entry: Part) -> tuple[str, ...]:
    children: tuple[str, ...] = getattr(entry, "children", ())
    return children


def _owes_minutes(meeting: Meeting) -> bool:
    if meeting.status != "held":
        return False
    return meeting.minutes is None or meeting.minutes.status == "coming"


def _needs_successor(professional: Professional) -> bool:
    """A professional of today whose work does not go on or end by itself, and nobody follows."""
    if professional.involvement != "current" or professional.successor is not None:
        return False
    return professional.after_move not in ("continues", "ends")


def in_words(case_file: CaseFile, withheld: frozenset[str] = frozenset()) -> dict[str, str]:
    """Item id → what it is in the own words of the case file, for whoever must answer it; of
    entries that are withheld there are no words."""
    entries = {entry.id: entry for entry in case_file.entries()}
    told = {key: one for key, one in entries.items() if key not in withheld}
    gaps = {gap.id: _gap(gap, told) for gap in case_file.gaps}
    gaps |= {gap.id: _declared(gap) for gap in case_file.declared}
    return {
        item.id: gaps[item.source] if item.type == "gap" else _entry(entries[item.source])
        for item in items(case_file)
        if item.source not in withheld
    }


def _entry(entry: Part) -> str:
    match entry:
        case Meeting():
            return f"Minutes of: {_meeting(entry)}"
        case Professional():
            return f"Successor of: {entry.name or 'no name'}, {entry.role}"
    return str(getattr(entry, "what", ""))


def _gap(gap: Gap, told: dict[str, Part]) -> str:
    """What was promised, of which meeting, and the day by which it comes."""
    about = gap.about
    parts = [one.replace("_", " ") for one in (about.section, about.field) if one]
    if isinstance(meeting := told.get(about.entry or ""), Meeting):
        parts.append(_meeting(meeting))
    by = f" Coming by {gap.coming_by}." if gap.coming_by else ""
    words = f" {gap.words}" if gap.words else ""
    return f"Not included: {', '.join(parts)}.{by}{words}"


def _meeting(meeting: Meeting) -> str:
    return f"{meeting.kind.replace('_', ' ')}, {meeting.at or 'no date'}"


def _declared(gap: DeclaredGap) -> str:
    places = f" ({len(gap.where)} places)" if len(gap.where) > 1 else ""
    return f"Missing: {gap.what}{places} {gap.question}"
