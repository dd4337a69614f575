"""Random JSON values that a model accepts, made from the model itself."""

import base64
import types
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from app.casefile.model import Category, DocumentReference, Gap, Handling, Identifier, Minutes, When
from app.casefile.model.base import Model

DEEPEST = 3
"""Below this depth, optional fields are left out."""

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
ids = st.binary(min_size=16, max_size=16).map(
    lambda some: base64.b32encode(some).decode().rstrip("=").lower()
)
days = st.dates().map(str)
dates = st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4]))
timestamps = st.tuples(days, st.sampled_from(["T00:00:00Z", "T23:59:59.125+14:00"])).map("".join)
_EXACT = {
    r"^[a-z2-7]{25}[aeimquy4]$": ids,
    r"^[^\x00]*$": texts.filter(lambda text: len(text) <= 500),
}


def values(model: type[Model], depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects that `model` accepts; references in them need not resolve."""
    required, optional = {}, {}
    for name, info in model.model_fields.items():
        if info.is_required():
            required[name] = _field(info, depth)
        elif depth < DEEPEST:
            optional[name] = _field(info, depth)
    drawn = st.fixed_dictionaries(required, optional=optional)
    return drawn.map(MENDED[model]) if model in MENDED else drawn


def _field(info: FieldInfo, depth: int) -> st.SearchStrategy[Any]:
    return _any(info.annotation, tuple(info.metadata), depth, info)


def _any(
    annotation: Any, metadata: tuple[Any, ...], depth: int, info: FieldInfo | None = None
) -> st.SearchStrategy[Any]:
    if hasattr(annotation, "__metadata__"):
        return _any(annotation.__origin__, (*metadata, *annotation.__metadata__), depth)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of([_any(argument, (), depth) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        some = bool(info and info.json_schema_extra)
        return st.lists(_any(arguments[0], (), depth + 1), min_size=int(some), max_size=2)
    return _plain(annotation, metadata, depth)


def _plain(annotation: Any, metadata: tuple[Any, ...], depth: int) -> st.SearchStrategy[Any]:
    if annotation is type(None):
        return st.none()
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.just(1)
    if annotation is str:
        return _text(metadata)
    return values(annotation, depth + 1)


def _text(metadata: tuple[Any, ...]) -> st.SearchStrategy[str]:
    pattern = next(p for p in (getattr(mark, "pattern", None) for mark in _flat(metadata)) if p)
    if pattern in _EXACT:
        return _EXACT[pattern]
    if "[0-9]{4}" in pattern:
        return timestamps if pattern.startswith("^[0-9]{4}-") else dates
    return st.from_regex(pattern, fullmatch=True)


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    marks: list[Any] = []
    for mark in metadata:
        marks += list(mark.metadata) if isinstance(mark, FieldInfo) else [mark]
    return marks


def _not_to(value: dict[str, Any]) -> dict[str, Any]:
    people = {"not_to": ["a" * 26]} if value["code"] == "not_to" else {}
    return {**{k: v for k, v in value.items() if k != "not_to"}, **people}


def _identifier(value: dict[str, Any]) -> dict[str, Any]:
    reason = "not_known" if value["value"] is None else None
    return {**value, "absent_because": reason}


def _without(field: str, needed_for: str, code: str, given: Any) -> Any:
    def mend(value: dict[str, Any]) -> dict[str, Any]:
        kept = {key: found for key, found in value.items() if key != field}
        return {**kept, field: given} if value[needed_for] == code else kept

    return mend


MENDED: dict[type[Model], Any] = {
    Handling: _not_to,
    Identifier: _identifier,
    When: lambda value: {**value, **({"end": value["start"]} if "end" in value else {})},
    Category: lambda value: {**value, "scheme": "scotland"},
    Minutes: _without("attachment", "status", "included", 1),
    Gap: _without("coming_by", "reason", "coming_by", "2030-01"),
    DocumentReference: lambda value: {k: v for k, v in value.items() if k != "last_page"},
}
"""What one field asks of another."""
