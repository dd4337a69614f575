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
        if {"demo", "readiness"} & set(path.parts):  # its codes are on openapi/readiness.md
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


def test_the_protocol_says_the_same_of_what_may_pass_later() -> None:
    protocol = (ROOT / "openapi" / "protocol.md").read_text(encoding="utf-8")
    problems = (ROOT / "openapi" / "problems.md").read_text(encoding="utf-8")
    later = dict(re.findall(r"^\| `([a-z0-9-]+)` \| \d+ \| ?(\w*) ?\|", problems, re.MULTILINE))
    codes_there = re.findall(r"`([a-z0-9-]+)`(\*?)", protocol.partition("## 10. ")[2])
    told = {code: star for code, star in codes_there if code in later and code != "dates-early"}
    assert len(told) > 60
    assert {code: bool(later[code]) for code in told} == {c: bool(star) for c, star in told.items()}
