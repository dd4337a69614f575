"""What one statement tells of the case, as a value that can be joined with others.

These work on JSON values: words that were disclosed to a reader have lost what that reader may not
see, and are of no model any more.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.casefile.model import CaseFile, Parts

SECTIONS = tuple(Parts.model_fields)
"""What supplements and corrections bring entries of."""
ONCE = tuple(name for name in CaseFile.model_fields if name not in {*SECTIONS, "v"})
"""What a case file has once."""
CASE = "case"
"""The section that stands for these; their ids are their names."""
DOCUMENTS = frozenset({"attachment", "attachments", "confidential_attachment", "photograph"})
"""The fields by which entries name documents, by number."""
Documents = Mapping[int, str]
"""The number of each document of a statement → SHA-256 of the document."""


@dataclass(frozen=True, order=True)
class Source:
    """The statement that says something. `turn` is its place in the ledger or, while it has none,
    after all places, in the order in which its author says it."""

    turn: int
    statement: str
    authority: str
    kind: str
    at: str
    effective: str
    place: int | None


@dataclass(frozen=True)
class Saying:
    """An entry, as one statement has it. `said` is its JSON; `meaning` the same with the digests of
    documents in the place of their numbers, which count within one statement only."""

    section: str
    entry: str
    meaning: str
    said: str
    position: int
    source: Source


@dataclass(frozen=True)
class Mark:
    """That an entry no longer holds, and what holds instead, if anything does."""

    entry: str
    replaced_by: str | None
    why: str | None
    source: Source


@dataclass(frozen=True)
class Merged:
    """All that was said, by whom. Never less than any of its parts."""

    sayings: frozenset[Saying] = frozenset()
    marks: frozenset[Mark] = frozenset()

    def __or__(self, other: "Merged") -> "Merged":
        return Merged(self.sayings | other.sayings, self.marks | other.marks)


def merge(*told: Merged) -> Merged:
    """All of it together."""
    return Merged(
        frozenset().union(*(one.sayings for one in told)),
        frozenset().union(*(one.marks for one in told)),
    )


def tell(source: Source, words: Any, documents: Documents) -> Merged:
    """What a dispatch, a supplement or a correction tells.

    `words` is the content of its bundle, whole or as disclosed to somebody.
    """
    words = words if isinstance(words, dict) else {}
    whole = source.kind == "dispatch"
    parts = words if whole else words.get("parts")
    sayings = list(_entries(source, parts if isinstance(parts, dict) else {}, documents))
    if whole:
        sayings += _once(source, words)
    marks = [mark for saying in sayings for mark in _superseded(saying, documents)]
    if whole:  # told anew, as the author has it now
        marks += [Mark(one.entry, one.entry, None, source) for one in sayings]
    return Merged(frozenset(sayings), frozenset([*marks, *_corrected(source, words)]))


def _entries(source: Source, parts: dict[str, Any], documents: Documents) -> Iterator[Saying]:
    for section in SECTIONS:
        entries = parts.get(section)
        for position, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield _saying(section, entry, position, source, documents)


def _saying(
    section: str, entry: dict[str, Any], position: int, source: Source, documents: Documents
) -> Saying:
    meaning = _written(_by_digest(entry, section, source, documents))
    own = entry.get("id")
    if section == "attachments":
        own = _document(entry.get("number"), source, documents)
    if not isinstance(own, str):  # as document references are
        own = hashlib.sha256(meaning.encode()).hexdigest()
    return Saying(section, own, meaning, _written(entry), position, source)


def _once(source: Source, words: dict[str, Any]) -> Iterator[Saying]:
    for position, name in enumerate(ONCE):
        if words.get(name) is not None:
            said = _written(words[name])
            yield Saying(CASE, name, said, said, position, source)


def _superseded(saying: Saying, documents: Documents) -> Iterator[Mark]:
    """What an entry says itself to replace."""
    if saying.section == CASE:
        return
    olds = json.loads(saying.said).get("supersedes")
    for old in olds if isinstance(olds, list) else ():
        if saying.section == "attachments":
            old = _document(old, saying.source, documents)
        if isinstance(old, str):
            yield Mark(old, saying.entry, None, saying.source)


def _corrected(source: Source, words: dict[str, Any]) -> Iterator[Mark]:
    """What a correction says to be wrong."""
    wrong = words.get("supersedes")
    for one in wrong if isinstance(wrong, list) else ():
        entry = one.get("entry") if isinstance(one, dict) else None
        if isinstance(entry, str):
            yield Mark(entry, one.get("replaced_by"), one.get("why"), source)


def _by_digest(value: Any, name: str, source: Source, documents: Documents) -> Any:
    """The value with digests for the numbers of documents. `name` is where it stands."""
    if isinstance(value, dict):
        of_document = name == "attachments"
        return {
            key: _by_digest(one, _role(key, of_document), source, documents)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_by_digest(one, name, source, documents) for one in value]
    if name in DOCUMENTS and isinstance(value, int):
        return _document(value, source, documents)
    return value


def _role(key: str, of_document: bool) -> str:
    """In the words about a document, its own number and those it supersedes are documents'."""
    return "attachment" if of_document and key in ("number", "supersedes") else key


def _document(number: Any, source: Source, documents: Documents) -> str:
    return documents.get(number) or f"{source.statement}/{number}"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
