"""The fullest value that a model takes: every field set, every reference to an entry of it."""

import base64
import hashlib
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from app.casefile.model.base import Model, Refers
from tests.casefile.strategies import MENDED

Words = Callable[[int], str]
"""The next text, of at most so many characters."""
_FREE = r"^[^\x00]*$"
_SPELT = {
    r"^[A-Z][a-z]{3}$": "Arab",
    r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9-]{1,32}$": "gss:E10000025",
    r"^[a-z][a-z0-9_]{0,63}$": "id",
    r"^[A-Z0-9/-]{1,32}$": "FICTION/1",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "invented",
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}$": "ar-Latn",
}


@dataclass(frozen=True)
class _Reference:
    to: str


@dataclass
class _Building:
    words: Words
    ids: dict[str, str | int] = field(default_factory=dict)
    """By noun, the first entry that answers to it."""
    entries: int = 0


def fullest(model: type[Model], words: Words, **ids: str | int) -> dict[str, Any]:
    """A JSON object that `model` accepts, with a text of `words` wherever it takes any text.

    `ids` are those of entries of another document, by noun.
    """
    building = _Building(words, dict(ids))
    value: dict[str, Any] = _resolved(_value(model, building), building.ids)
    return value


def texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, after its JSON pointer."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(one, f"{at}/{key}")


def _value(model: type[Model], building: _Building) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if model.key is not None:
        building.entries += 1
        own: str | int = 1 if model.key == "number" else _id(f"entry {building.entries}")
        for noun in model.nouns:
            building.ids.setdefault(noun, own)
        made[model.key] = own
    for name, info in model.model_fields.items():
        if name not in made:
            made[name] = _any(info.annotation, tuple(info.metadata), building)
    mended: dict[str, Any] = MENDED[model](made) if model in MENDED else made
    return mended


def _any(annotation: Any, marks: tuple[Any, ...], building: _Building) -> Any:
    if hasattr(annotation, "__metadata__"):
        return _any(annotation.__origin__, (*marks, *annotation.__metadata__), building)
    for mark in marks:
        if isinstance(mark, Refers):
            return _Reference(mark.to)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _any(arguments[0], marks, building)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return [_any(arguments[0], (), building)]
    if annotation is str:
        return _text(_flat(marks), building)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return _value(annotation, building)
    return annotation(1)  # a number or a truth


def _text(marks: list[Any], building: _Building) -> str:
    pattern = next(one for one in (getattr(mark, "pattern", None) for mark in marks) if one)
    if pattern == _FREE:
        return building.words(next(one.max_length for one in marks if hasattr(one, "max_length")))
    if pattern in _SPELT:
        return _SPELT[pattern]
    return "2031-02-03" if "[0-9]{4}" in pattern else _id("an item")


def _flat(marks: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for mark in marks:
        found += mark.metadata if isinstance(mark, FieldInfo) else [mark]
    return found


def _id(name: str) -> str:
    some = hashlib.sha256(name.encode()).digest()[:16]
    return base64.b32encode(some).decode().rstrip("=").lower()


def _resolved(value: Any, ids: dict[str, str | int]) -> Any:
    if isinstance(value, _Reference):
        return ids[value.to]
    if isinstance(value, dict):
        return {name: _resolved(one, ids) for name, one in value.items()}
    return [_resolved(one, ids) for one in value] if isinstance(value, list) else value
