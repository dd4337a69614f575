"""The case as it is now, as one case file, for whatever reads case files: items, readiness..."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from app.casefile.continuity.standing import Telling, threads
from app.casefile.continuity.telling import CASE, DOCUMENTS, SECTIONS, Merged
from app.casefile.model import CaseFile, Model, Part, Parts
from app.casefile.model.papers import Attachment
from app.casefile.model.part import Withdrawn


@dataclass(frozen=True)
class Current:
    """`case_file` is not checked as one that arrives is: it can be longer, and refer to what nobody
    has sent. `documents`: its numbers → the statement that brought the document, and its number
    there."""

    case_file: CaseFile
    documents: dict[int, tuple[str, int]]


def current(merged: Merged) -> Current:
    """One entry for each id: what stands, and of a conflict the telling that came last, except that
    nobody closes by another telling what the other authority has open, or leaves out a child.
    (Whoever shows a case to people shows both: `present`.) An id is that of the section in which it
    was told first. What was superseded stays, so that nothing refers to nothing, as `supersedes`
    and `withdrawn` have it; a gap that was closed goes.

    `merged` is of whole words, not of those disclosed to somebody.
    """
    chosen = _chosen([one for thread in threads(merged) for one in thread.tellings])
    numbers, documents = _numbered(chosen)
    own = _own_numbers(merged, numbers)
    replaced = _replaced(chosen)
    fields: dict[str, Any] = {"v": 1}
    for section in SECTIONS:
        model: type[Model] = get_args(Parts.model_fields[section].annotation)[0]
        of_section = [one for one in chosen if one.section == section]
        fields[section] = tuple(_models(model, of_section, replaced, own))
    once = {one.entry: json.loads(one.first.said) for one in chosen if one.section == CASE}
    head = CaseFile.model_validate({"v": 1, "children": [_NOBODY], **once})
    fields |= {name: getattr(head, name) for name in once}
    return Current(CaseFile.model_construct(**fields), documents)


_NOBODY = {"id": "a" * 26, "status": "living"}
"""A case file has a child; this one never leaves here."""
_WITHOUT_PARTS = (CASE, "attachments", "document_references", "gaps")
_NAMESPACES = frozenset({CASE, "attachments", "document_references"})
"""Sections whose entries have names of their own kind, and no ids."""
_OPEN = {
    "concerns": ("status", "open"),
    "outcomes": ("status", "open"),
    "actions": ("status", "open"),
    "children": ("scope", "handed_over"),
}
"""What it is, where nothing else is said, that nobody but its author ends."""


def _chosen(tellings: list[Telling]) -> list[Telling]:
    """One for each entry, in the order of the ledger."""
    alike: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    first: dict[str, str] = {}
    for one in sorted(tellings, key=lambda one: one.order):
        if one.section in _NAMESPACES or first.setdefault(one.entry, one.section) == one.section:
            alike[one.section, one.entry].append(one)
    return sorted(map(_preferred, alike.values()), key=lambda one: one.order)


def _preferred(alike: list[Telling]) -> Telling:
    last = max(alike, key=_preference)
    if last.section not in _OPEN or _is_open(last):
        return last
    others = [o for o in alike if o.stands and _is_open(o) and not o.authorities & last.authorities]
    return max(others, key=_preference, default=last)


def _preference(one: Telling) -> tuple[bool, tuple[int, int, str, str]]:
    last = one.sayings[-1]
    return one.stands, (last.source.turn, last.position, one.entry, last.meaning)


def _is_open(one: Telling) -> bool:
    name, value = _OPEN[one.section]
    return bool(json.loads(one.first.said).get(name, value) == value)


def _numbered(tellings: list[Telling]) -> tuple[dict[str, int], dict[int, tuple[str, int]]]:
    """A number for each document, by its digest, in the order in which they came."""
    numbers: dict[str, int] = {}
    documents: dict[int, tuple[str, int]] = {}
    for one in tellings:
        if one.section == "attachments":
            number = numbers.setdefault(one.entry, len(numbers) + 1)
            own = json.loads(one.first.said)["number"]
            documents[number] = (one.first.source.statement, own)
    return numbers, documents


def _own_numbers(merged: Merged, numbers: dict[str, int]) -> dict[str, dict[int, int]]:
    """The documents that each statement names: its own numbers → those here."""
    own: dict[str, dict[int, int]] = defaultdict(dict)
    for one in merged.sayings:
        if one.section == "attachments":
            own[one.source.statement][json.loads(one.said)["number"]] = numbers[one.entry]
    return own


def _models(
    model: type[Model],
    tellings: list[Telling],
    replaced: dict[str, list[str]],
    own: dict[str, dict[int, int]],
) -> Iterator[Model]:
    gone = {old for olds in replaced.values() for old in olds}
    for telling in tellings:
        if not telling.stands and not issubclass(model, Part | Attachment):
            continue
        # read as it was said, and numbered then: there can be more documents than one file has
        entry = model.model_validate(json.loads(telling.first.said))
        numbers = own.get(telling.first.source.statement, {})
        if numbers:
            entry = _renumbered(entry, numbers, model is Attachment)
        if isinstance(entry, Part):
            olds = tuple(replaced.get(telling.entry, ()))
            entry = entry.model_copy(update={"supersedes": olds})
            if not telling.stands and telling.entry not in gone:
                entry = _withdrawn(entry, telling)
        yield entry


def _replaced(chosen: Iterable[Telling]) -> dict[str, list[str]]:
    """Each entry → those that are superseded by it and by nothing but entries of a case file."""
    parts = [one for one in chosen if one.section not in _WITHOUT_PARTS]
    known = {one.entry for one in parts}
    found: dict[str, list[str]] = defaultdict(list)
    for one in parts:
        by = {mark.replaced_by for mark in one.superseded} if not one.stands else set()
        for new in by & known - {one.entry}:
            found[str(new)].append(one.entry)
    return found


def _withdrawn(entry: Part, telling: Telling) -> Part:
    if entry.withdrawn is not None:
        return entry
    last = telling.superseded[-1]
    why = last.why or "Withdrawn."
    return entry.model_copy(update={"withdrawn": Withdrawn(on=last.source.at[:10], why=why)})


M = TypeVar("M", bound=Model)


def _renumbered(model: M, numbers: dict[int, int], of_document: bool) -> M:
    """Numbers of this case file for those of one statement."""
    names = DOCUMENTS | {"number", "supersedes"} if of_document else DOCUMENTS
    new = {}
    for name in model.model_fields_set:
        value = getattr(model, name)
        other = _number(value, numbers) if name in names else _inside(value, numbers)
        if other != value:
            new[name] = other
    return model.model_copy(update=new) if new else model


def _number(value: Any, numbers: dict[int, int]) -> Any:
    if isinstance(value, tuple):
        return tuple(numbers[one] for one in value)
    return value if value is None else numbers[value]


def _inside(value: Any, numbers: dict[int, int]) -> Any:
    if isinstance(value, tuple):
        return tuple(_inside(one, numbers) for one in value)
    return _renumbered(value, numbers, False) if isinstance(value, Model) else value
