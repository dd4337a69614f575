"""Small case files for tests. Everybody in them is invented."""

import base64
import hashlib
from typing import Any


def ref(name: str) -> str:
    """An id for a name: the same each time."""
    return (
        base64.b32encode(hashlib.sha256(name.encode()).digest()[:16]).decode().rstrip("=").lower()
    )


def child(name: str = "child", **fields: Any) -> dict[str, Any]:
    return {"id": ref(name), "status": "living", **fields}


def case(**fields: Any) -> dict[str, Any]:
    """A case file of one invented child and the sections given."""
    return {"v": 1, "fictional": True, "children": [child()], **fields}


def event(name: str = "event", **fields: Any) -> dict[str, Any]:
    when = {"start": "2031-02-03"}
    return {"id": ref(name), "when": when, "agency": "gp", "what": "Invented event.", **fields}


def concern(name: str = "concern", **fields: Any) -> dict[str, Any]:
    return {"id": ref(name), "kind": "allegation", "what": "Invented concern.", **fields}


def attachment(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"number": number, "title": "Invented minutes", "kind": "minutes", **fields}
