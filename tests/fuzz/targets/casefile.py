"""Case files and all other sealed contents: what is read is written again as it was."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.casefile.contents import CONTENTS, parse_content
from app.casefile.handling import privileged
from app.casefile.items import in_words, items
from app.casefile.model import CaseFile
from app.crypto import strictjson
from app.demo import story
from tests.fuzz.structure import mutate

__all__ = ["mutate", "one", "seeds"]
LIMIT = 256 * 1024
TODAY = date(2031, 3, 5)
PERSON = {"name": "Invented", "role": "Worker", "team": "Front door", "phone": "01632 960001"}


def seeds() -> Iterator[bytes]:
    told = {
        "notification": story.notification(TODAY),
        "acknowledgement": {"v": 1, "person": PERSON},
    }
    for kind in CONTENTS:
        value = told.get(kind, {"v": 1, "note": "Invented"})
        yield json.dumps({"kind": kind, "value": value}).encode()
    for case in (story.second_case_file(TODAY), story.case_file(TODAY)):
        yield _seed("dispatch", case)


def _seed(kind: str, value: dict[str, Any]) -> bytes:
    return json.dumps({"kind": kind, "value": value}).encode()


def one(data: bytes) -> None:
    given = strictjson.parse(data, limit=LIMIT)
    if not isinstance(given, dict):
        return
    value, kind = given.get("value"), given.get("kind")
    content = parse_content(kind if isinstance(kind, str) else "dispatch", value)
    assert strictjson.canonical(content.to_value()) == strictjson.canonical(value)
    if isinstance(content, CaseFile):
        assert set(in_words(content)) == {item.id for item in items(content)}
        privileged(content)
