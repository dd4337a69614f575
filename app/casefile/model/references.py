"""References inside one document: every one resolves, and no id stands for two things."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from app.casefile.model.base import Model, Refers
from app.errors import Malformed


@dataclass
class _Found:
    ids: dict[str, set[str | int]] = field(default_factory=dict)
    references: list[tuple[str, str, str | int]] = field(default_factory=list)


def check_references(document: Model, *, elsewhere: bool = False) -> None:
    """Hold a parsed document to its own references.

    With `elsewhere`, references may point into the case file that the document adds to, so only
    its attachments must be its own: their numbers count within one bundle.

    Raises:
        Malformed: `reference-duplicate` or `reference-unresolved`, with the JSON pointer.
    """
    found = _Found()
    _walk(document, "", found)
    for pointer, noun, target in found.references:
        if elsewhere and noun != "attachment":
            continue
        if target not in found.ids.get(noun, ()):
            raise Malformed(
                "reference-unresolved",
                f"{pointer} names a {noun} that is not in this document; send it too, "
                "or leave the reference out.",
                pointer=pointer,
            )


def _walk(model: Model, at: str, found: _Found) -> None:
    """Collect ids and references of `model` and all inside it, as deep as the models nest."""
    if model.key is not None:
        _claim(model, f"{at}/{model.key}", getattr(model, model.key), found)
    targets = _targets(type(model))
    for name in type(model).model_fields:  # unset fields hold nothing to refer with
        for pointer, value in _entries(getattr(model, name), f"{at}/{name}"):
            if isinstance(value, Model):
                _walk(value, pointer, found)
            elif name in targets and value is not None:
                found.references.append((pointer, targets[name], value))


def _claim(model: Model, pointer: str, identity: str | int, found: _Found) -> None:
    for noun in model.nouns:
        taken = found.ids.setdefault(noun, set())
        if identity in taken:
            raise Malformed(
                "reference-duplicate",
                f"{pointer} is already another entry's; every entry needs its own.",
                pointer=pointer,
            )
        taken.add(identity)


def _entries(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        yield from ((f"{at}/{index}", entry) for index, entry in enumerate(value))
    else:
        yield at, value


@cache
def _targets(model: type[Model]) -> dict[str, str]:
    """The fields of a model that refer to something, each with the noun it refers to."""
    marked = {
        name: _marked(info.annotation, tuple(info.metadata))
        for name, info in model.model_fields.items()
    }
    return {name: noun for name, noun in marked.items() if noun is not None}


def _marked(annotation: Any, metadata: tuple[Any, ...]) -> str | None:
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, Refers):
            return mark.to
    inner = (_marked(argument, ()) for argument in get_args(annotation))
    return next((noun for noun in inner if noun is not None), None)
