"""Documents among the words about them: what is limited is the document, wherever it is told of.

Words name a document by its number, which counts in their own bundle only. For as long as it is
decided what a reader may have, each goes by its digest as an entry does by its id. So what one
statement limits is withheld in every other, with the earlier versions that it supersedes.
"""

from collections.abc import Callable, Mapping
from typing import Any

Documents = Mapping[int, tuple[str, tuple[str, ...]]]
"""The number of each document of a bundle → its SHA-256, and its labels in the manifest."""
Change = Callable[[dict[str, Any]], Any]
_LISTS = "attachments"
_OURS = ("id", "supersedes", "handling")


def named(words: Any, documents: Documents) -> Any:
    """The words, with the digests of documents as ids, and the manifest's labels among theirs."""
    return _changed(words, lambda one: _named(one, documents))


def unnamed(shown: Any, words: Any) -> Any:
    """What of `named` words is disclosed, as it was in the words."""
    said: dict[int, Any] = {}
    _changed(words, lambda one: said.setdefault(one["number"], one))
    return _changed(shown, lambda one: _unnamed(one, said[one["number"]]))


def name_of(sha256: str) -> str:
    """What a document goes by meanwhile: no id, which nobody else can choose."""
    return f"document {sha256}"


def _named(about: dict[str, Any], documents: Documents) -> dict[str, Any]:
    found = documents.get(about["number"])
    if found is None:
        return about
    sha256, labels = found
    olds = about.get("supersedes")
    numbers = [one for one in olds if isinstance(one, int)] if isinstance(olds, list) else []
    limits = [{"code": one} for one in labels if one != "open"]
    handling = about.get("handling", [])
    return {
        **about,
        "id": name_of(sha256),
        "supersedes": [name_of(documents[one][0]) for one in numbers if one in documents],
        "handling": [*handling, *limits] if isinstance(handling, list) else handling,
    }


def _unnamed(shown: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    ours = {name: said[name] for name in _OURS if name in said}
    return {**{name: one for name, one in shown.items() if name not in _OURS}, **ours}


def _changed(words: Any, change: Change) -> Any:
    """Words whose lists of documents, their own and those of `parts`, are changed."""
    if not isinstance(words, dict):
        return words
    new = dict(words)
    if isinstance(words.get(_LISTS), list):
        new[_LISTS] = [_each(one, change) for one in words[_LISTS]]
    if isinstance(words.get("parts"), dict):
        new["parts"] = _changed(words["parts"], change)
    return new


def _each(about: Any, change: Change) -> Any:
    number = about.get("number") if isinstance(about, dict) else None
    return change(about) if isinstance(number, int) else about
