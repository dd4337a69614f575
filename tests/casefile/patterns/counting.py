"""A case of a few entries, its patterns, and its ids by the names that tests give them."""

from datetime import date
from typing import Any

from app.casefile.model import parse_case_file
from app.casefile.patterns import Patterns, patterns
from tests.casefile.samples import case, child, ref

TODAY = date(2031, 3, 5)


def count(on: date = TODAY, hidden: tuple[str, ...] = (), **sections: Any) -> Patterns:
    """The patterns of a case with these sections."""
    value = case(**{"children": [child("one"), child("two")], **sections})
    return patterns(parse_case_file(value), on, frozenset(ref(name) for name in hidden))


def refs(*names: str) -> tuple[str, ...]:
    return tuple(ref(name) for name in names)


def happened(name: str, start: str, kind: str = "other", **fields: Any) -> dict[str, Any]:
    """An event."""
    circa = {"circa": True} if fields.pop("circa", False) else {}
    return {
        "id": ref(name), "when": {"start": start, **circa}, "agency": "gp", "kind": kind,
        "what": "Invented event.", **fields,
    }  # fmt: skip


def withdrawn() -> dict[str, Any]:
    return {"on": "2031-01-01", "why": "Of another family."}
