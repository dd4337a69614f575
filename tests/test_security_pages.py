"""The pages for an IT lead cite tests: each is there, and the table of ASVS is in order."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["SECURITY.md", "openapi/asvs.md"]


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES)
def test_every_test_and_file_that_is_cited_is_there(page: str) -> None:
    cited = re.findall(r"`((?:tests|app|openapi|\.ci)/[\w./]*)(?:::(\w+))?`", text(page))
    assert len(cited) > 10
    for file, name in cited:
        assert (ROOT / file).exists(), file
        assert not name or name in functions(ROOT / file), f"{file}::{name}"


def rows() -> list[list[str]]:
    lines = [line for line in text("openapi/asvs.md").splitlines() if line.startswith("| V")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_requirements_stand_in_order_and_once() -> None:
    numbers = [tuple(map(int, row[0][1:].split("."))) for row in rows()]
    assert len(numbers) > 100
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 3 for number in numbers)


def test_every_requirement_names_what_shows_it_or_says_not_yet() -> None:
    for requirement, asks, how, shown in rows():
        assert asks, requirement
        assert re.match(r"`[^`]+`|README|not yet", shown), requirement
        assert how or shown.startswith("not yet"), requirement
