"""The house: which room may import which, and what no room may do.

The rules are those of the README's section on the house. Everything may import `errors`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
ROOMS = {
    "exports", "importers", "oversight", "casefile", "handover", "bundle", "trust", "crypto",
}  # fmt: skip
DOORS = {"cli", "api", "console", "worker", "demo"}
COMPOSITION = {"main", "telemetry"}
EVERYTHING = {"errors"}
PURE = {"casefile", "handover", "bundle", "trust", "crypto"}

ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "resources": set(),
    "settings": set(),
    "telemetry": {"settings"},
    "access": set(),
    "crypto": set(),
    "casefile": set(),
    "store": set(),
    "outside": set(),
    "trust": {"crypto"},
    "bundle": {"trust", "crypto"},
    "handover": {"trust"},
    "oversight": {"handover"},
    "exports": {"casefile", "handover"},
    "importers": {"casefile"},
    "flows": ROOMS | {"store", "outside", "access", "settings", "resources"},
    "api": {"flows", "access", "settings"},
    "console": {"flows", "access", "settings"},
    "demo": {"flows", "access", "settings"},
    "cli": {"flows", "access", "settings", "store", "outside", "resources", "demo", "worker",
            "api", "telemetry"},
    "worker": {"flows", "access", "settings", "store", "outside", "resources", "telemetry"},
    "main": DOORS | {"flows", "access", "settings", "store", "outside", "resources", "telemetry"},
}  # fmt: skip


def _room(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def _files() -> list[Path]:
    return sorted(path for path in APP.rglob("*.py") if path != APP / "__init__.py")


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(APP)))
def test_imports_stay_in_the_house(path: Path) -> None:
    room = _room(path)
    allowed = ALLOWED[room] | EVERYTHING | {room}
    rooms = {name.split(".")[1] for name in _imports(ast.parse(path.read_text())) if "app." in name}
    assert rooms <= allowed, f"{room} imports {sorted(rooms - allowed)}"


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(APP)))
def test_a_file_stays_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300, "make it a folder"


@pytest.mark.parametrize(
    "path", [p for p in _files() if _room(p) in PURE], ids=lambda path: str(path.relative_to(APP))
)
def test_rooms_read_no_clock_and_open_no_network(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = set(_imports(tree))
    outside = {"httpx", "socket", "sqlalchemy", "fastapi", "starlette", "time", "logging"}
    assert not {name for name in names if name.split(".")[0] in outside}
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not calls & {"now", "utcnow", "today"}, "`now` comes in as an argument"


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(APP)))
def test_nothing_spools_plaintext(path: Path) -> None:
    """Multipart parsers write what they read to temporary files in clear."""
    text = path.read_text()
    assert "UploadFile" not in text
    assert ".form(" not in text
    assert "tempfile.SpooledTemporaryFile" not in text
