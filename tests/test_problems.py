"""Every error code stands in openapi/problems.md, and nothing else does.

Codes are part of the public interface: one that is taken away or renamed breaks somebody's program.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FAMILIES = {"Malformed", "NotVerified", "NotAllowed", "NotFound", "Conflict", "TooLarge",
            "Unavailable", "Refused"}  # fmt: skip
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
NO_CODES = {
    "utf-8", "front-door", "no-store", "no-referrer", "case-handover", "family-west", "ua-1",
    "verify-full",
}  # fmt: skip
"""Words with a hyphen that are no error codes."""


def codes() -> set[str]:
    """First arguments of errors, and every other hyphenated word of the program (demo aside)."""
    found: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FAMILIES:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
            elif isinstance(node, ast.Constant) and SLUG.fullmatch(str(node.value)):
                found.add(str(node.value))
    return found - NO_CODES


def documented() -> list[str]:
    text = (ROOT / "openapi" / "problems.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z0-9-]+)`", text, re.MULTILINE)


def test_every_code_is_documented_once() -> None:
    listed = documented()
    assert len(listed) == len(set(listed))
    assert codes() - set(listed) == set(), "write these into openapi/problems.md"
    assert set(listed) - codes() == set(), "these are gone: codes are stable, so say why"
