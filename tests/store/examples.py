"""Values of any type that the room's functions take, made from their annotations."""

import dataclasses
import inspect
import types
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from sqlalchemy import Connection

import app.store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_PLAIN: dict[Any, Any] = {
    str: "example",
    int: 1,
    bool: True,
    bytes: b"example",
    datetime: NOON,
    timedelta: timedelta(minutes=1),
}


def example(annotation: Any) -> Any:
    """A value of the annotated type."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return example(arguments[0])
    if origin in (list, Collection):
        return [example(arguments[0])]
    if origin is frozenset:
        return frozenset({example(arguments[0])})
    if origin is tuple:
        return tuple(map(example, arguments))
    if origin is Mapping:
        return {example(arguments[0]): example(arguments[1])}
    if dataclasses.is_dataclass(annotation):
        hints = get_type_hints(annotation)
        names = [field.name for field in dataclasses.fields(annotation)]
        make = cast("Callable[..., Any]", annotation)
        return make(**{name: example(hints[name]) for name in names})
    raise NotImplementedError(f"say how to make {annotation!r}")


def repository_functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the room that takes a connection and then plain values."""
    found: dict[str, Callable[..., Any]] = {}
    for info in iter_modules(app.store.__path__):
        if info.name in (
            "rows",
            "dialect",
            "sqlite",
            "postgresql",
            "dump",
        ):  # the means, not the repositories
            continue
        module = import_module(f"app.store.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            if list(get_type_hints(function).values())[:1] == [Connection]:
                found[f"{info.name}.{name}"] = function
    return found


def called(function: Callable[..., Any], connection: Any) -> None:
    """With an example of each of its parameters."""
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    by_name = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
    made = {one.name: example(hints[one.name]) for one in parameters}
    named = {name: made.pop(name) for name in by_name}
    function(connection, *made.values(), **named)
