"""No pattern of ours can be made slow: not by `re`, which tries one way after the other, nor by
whoever checks our published schemas with an engine that does."""

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.backtracking import faults
from tests.test_injection import RE

ROOT = Path(__file__).parents[1]
FROM_THE_START = {"match", "fullmatch"}
Used = tuple[str | bytes, int, bool]
"""A pattern, its flags, and whether it may begin anywhere in a text."""


def uses() -> Iterator[Used]:
    """Every use of a pattern in the program."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = import_module(".".join(parts).removesuffix(".__init__"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from _of(node, vars(module))


def _of(node: ast.AST, names: dict[str, Any]) -> Iterator[Used]:
    """What this piece of a program has to do with patterns."""

    def meant(expression: ast.expr) -> Any:
        return eval(ast.unparse(expression), {**names})  # noqa: S307 - our own source

    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
            compiled = meant(node)
            yield compiled.pattern, compiled.flags, False
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method)) if method in RE:
            yield meant(node.args[0]), 0, method not in FROM_THE_START
        case ast.Attribute(value=ast.Name(id=name), attr=method) if isinstance(
            names.get(name), re.Pattern
        ):
            yield names[name].pattern, names[name].flags, method not in FROM_THE_START
        case ast.keyword(arg="pattern", value=value):
            yield meant(value), 0, True


def published() -> Iterator[Used]:
    """Every pattern in the descriptions of our API and of our documents."""

    def inside(value: Any) -> Iterator[Used]:
        if isinstance(value, dict):
            if isinstance(pattern := value.get("pattern"), str):
                yield pattern, 0, True
            value = list(value.values())
        for one in value if isinstance(value, list) else ():
            yield from inside(one)

    for path in sorted((ROOT / "openapi").rglob("*.json")):
        yield from inside(json.loads(path.read_bytes()))


def test_every_pattern_takes_linear_time() -> None:
    ours = {*uses()}
    assert len(ours) > 50
    assert {method for _, _, method in ours} == {True, False}
    slow = {pattern: why for pattern, flags, searched in ours | {*published()}
            if (why := faults(pattern, flags, searched=searched))}  # fmt: skip
    assert slow == {}


def test_every_pattern_for_values_is_for_the_whole_value() -> None:
    """`pattern` is searched for, and would find good text beside bad."""
    parts = [pattern for pattern, _, _ in published() if not re.fullmatch(r"\^.*\$", str(pattern))]
    assert parts == []


def test_models_match_in_linear_time_whatever_the_pattern() -> None:
    """The engine of models has no way back; `regex_engine` would choose one that has."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    assert not [source for source in sources if "regex_engine" in source]


BAD = {
    r"(a+)+$": "exponential",
    r"(a|a)*b": "exponential",
    r"(a*)*b": "exponential",
    r"(a|b|ab)*c": "exponential",
    r"(\w+\s?)*!": "exponential",
    r"(x{0,30}){0,30}y": "exponential",
    r"^(([a-z])+.)+[A-Z]$": "exponential",
    r"(?:[a-z]x|Kx)*9": "exponential",
    r"a*a*b": "polynomial",
    r"\d+\d+x": "polynomial",
    r"(.*,){0,2}x": "polynomial",
    r"\s+$": "from every place",
    r"a+b": "from every place",
    r"x.*y": "from every place",
}
GOOD = [r"(\w+\s)*!", r"[a-z]+([_-][a-z]+)*", r"(ab|ac)*d", r"a*b*c*", r"^\S(.*\S)?$", r"a{25}[ab]"]


@pytest.mark.parametrize("pattern", BAD)
def test_a_pattern_that_can_be_made_slow_is_found(pattern: str) -> None:
    assert BAD[pattern] in faults(pattern, re.IGNORECASE, searched=True)


@pytest.mark.parametrize("pattern", GOOD)
def test_a_pattern_that_can_not_is_taken(pattern: str) -> None:
    assert faults(pattern) == []


@pytest.mark.parametrize("pattern", [r"\w+", r"[\s-]", r"; *x=[^; ]*", r"^a+b"])
def test_a_search_that_finds_at_once_is_taken(pattern: str) -> None:
    assert faults(pattern, searched=True) == []
