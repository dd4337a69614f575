"""The case as it is now, as one case file, for whatever reads case files: items, readiness..."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

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
    """One entry for each id: what stands, and of a conflict the telling that came last. (Whoever
    shows a case to people shows both: `present`.) What was superseded stays, so that nothing refers
    to nothing, as `supersedes` and `withdrawn` have it; a gap that was closed goes.

    `merged` is of whole words, not of those disclosed to somebody.
    """
    tellings = [one for thread in threads(merged) for one in thread.tellings]
    chosen = {one.entry: one for one in sorted(tellings, key=_preference)}
    in_order = sorted(chosen.values(), key=lambda one: one.order)
    numbers, documents = _numbered(in_order)
    replaced = _replaced(in_order)
    fields: dict[str, Any] = {"v": 1}
    for section in SECTIONS:
        model: type[Model] = get_args(Parts.model_fields[section].annotation)[0]
        of_section = [one for one in in_order if one.section == section]
        fields[section] = tuple(_models(model, of_section, replaced, numbers))
    once = {one.entry: json.loads(one.first.said) for one in in_order if one.section == CASE}
    head = CaseFile.model_validate({"v": 1, "children": [_NOBODY], **once})
    fields |= {name: getattr(head, name) for name in once}
    return Current(CaseFile.model_construct(**fields), documents)


_NOBODY = {"id": "a" * 26, "status": "living"}
"""A case file has a child; this one never leaves here."""
_WITHOUT_PARTS = (CASE, "attachments", "document_references", "gaps")


def _preference(one: Telling) -> tuple[bool, tuple[int, int, str, str]]:
    last = one.sayings[-1]
    return one.stands, (last.source.turn, last.position, one.entry, last.meaning)


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


def _models(
    model: type[Model],
    tellings: list[Telling],
    replaced: dict[str, list[str]],
    numbers: dict[str, int],
) -> Iterator[Model]:
    gone = {old for olds in replaced.values() for old in olds}
    for telling in tellings:
        if not telling.stands and not issubclass(model, Part | Attachment):
            continue
        value = _renumbered(json.loads(telling.first.meaning), numbers)
        if model is Attachment:
            value["number"] = numbers[telling.entry]
            value["supersedes"] = _number(value.get("supersedes", []), numbers)
        entry = model.model_validate(value)
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
    found: dict[str, dict[str, None]] = {}
    for one in parts:
        for mark in () if one.stands else one.superseded:
            if mark.replaced_by in known and mark.replaced_by != one.entry:
                found.setdefault(str(mark.replaced_by), {})[one.entry] = None
    return {new: list(olds) for new, olds in found.items()}


def _withdrawn(entry: Part, telling: Telling) -> Part:
    if entry.withdrawn is not None:
        return entry
    last = telling.superseded[-1]
    why = last.why or "Withdrawn."
    return entry.model_copy(update={"withdrawn": Withdrawn(on=last.source.at[:10], why=why)})


def _renumbered(value: Any, numbers: dict[str, int]) -> Any:
    """Numbers of this case file for the digests of documents."""
    if isinstance(value, dict):
        return {
            key: _number(one, numbers) if key in DOCUMENTS else _renumbered(one, numbers)
            for key, one in value.items()
        }
    return [_renumbered(one, numbers) for one in value] if isinstance(value, list) else value


def _number(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, list):
        return [numbers[one] for one in value]
    return numbers[value]
