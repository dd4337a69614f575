"""No SQL and no pattern is made of input: their text is fixed when the program is written."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [*sorted((ROOT / "app").rglob("*.py")), *sorted((ROOT / "migrations").rglob("*.py"))]
TEXT = {"text", "literal_column", "exec_driver_sql"}
EXECUTED = {"execute", "executemany", "executescript"}
RE = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
OPENING = {"begin", "f'PRAGMA {pragma}'", "f'PRAGMA journal_mode={mode}'"}
"""How app/store/sqlite.py opens a connection, by words of its own."""


def not_fixed(tree: ast.Module) -> Iterator[str]:
    """What is given to SQL or to `re` as text and is neither a literal nor, by its name, a constant
    of a module."""
    ours = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or _fixed(node.args[0]):
            continue
        name, text = _name(node.func), node.args[0]
        made = isinstance(text, ast.JoinedStr | ast.BinOp)
        # What is executed is otherwise an expression of SQLAlchemy's, which binds its values.
        if _is_re(node.func) or name in TEXT - ours or (name in EXECUTED and made):
            yield ast.unparse(text)


def _is_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in RE
        and getattr(function.value, "id", "") == "re"
    )


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _fixed(text: ast.expr) -> bool:
    if isinstance(text, ast.JoinedStr):
        return all(map(_fixed, text.values))
    if isinstance(text, ast.FormattedValue | ast.Subscript):
        return _fixed(text.value)
    if isinstance(text, ast.BinOp):
        return _fixed(text.left) and _fixed(text.right)
    return isinstance(text, ast.Constant) or getattr(text, "id", "a").isupper()


def found(path: Path) -> set[str]:
    return set(not_fixed(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sql_and_no_pattern_is_made_of_input(path: Path) -> None:
    opening = path == ROOT / "app" / "store" / "sqlite.py"
    assert found(path) == (OPENING if opening else set())


@pytest.mark.parametrize(
    "code",
    [
        'connection.execute(text(f"DELETE FROM {table}"))',
        'connection.execute(text("SELECT " + asked))',
        'connection.exec_driver_sql("SELECT %s" % asked)',
        'connection.execute(f"SELECT {asked}")',
        "sqlalchemy.text(asked)",
        "select(literal_column(asked))",
        "re.compile(asked)",
        're.search(f"^{asked}$", line)',
    ],
)
def test_what_is_made_of_input_is_found(code: str) -> None:
    assert list(not_fixed(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'text("met_at IS NULL")',
        "connection.execute(select(table).where(table.c.id == asked))",
        "re.fullmatch(ID_PATTERN[1:-1], asked)",
        "line.split(asked)",
        "def text(schema):\n    pass\ntext(asked)",
    ],
)
def test_what_is_fixed_is_left_alone(code: str) -> None:
    assert not list(not_fixed(ast.parse(code)))
