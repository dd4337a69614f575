"""From a folder of TOML to one value with real dates and ids.

In the files, days are counted from `today`:

    "@-45"            that day                          2031-02-03
    "@-45w"           that day, or the working day before it
    "@-45m" "@-45y"   its month, its year               2031-02, 2031
    "@-45w 16:40"     a time on it, in London           2031-02-03T16:40:00+00:00
    "... on {-45w}."  inside a text                     3 February 2031
    "#mother"         the id of what is called `mother` 26 characters of base32
"""

import base64
import hashlib
import re
import tomllib
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

_DATE = re.compile(r"@([+-]?\d+)([wmy]?)(?: (\d\d:\d\d))?")
_IN_TEXT = re.compile(r"\{([+-]?\d+)(w?)\}")
_ID = re.compile(r"#([a-z0-9-]+)")
_LONDON = ZoneInfo("Europe/London")


def weave(family: str, prefix: str, today: date) -> dict[str, Any]:
    """Every file of the family whose name starts with `prefix`, as one value."""
    folder = resources.files(__package__) / family
    value: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.startswith(prefix) and file.name.endswith(".toml"):
            value |= tomllib.loads(file.read_text(encoding="utf-8"))
    woven: dict[str, Any] = _woven(value, family, today)
    return woven


def ref(family: str, name: str) -> str:
    """The id of what a family's files call `#name`."""
    digest = hashlib.sha256(f"demo/{family}/{name}".encode()).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def _woven(value: Any, family: str, today: date) -> Any:
    if isinstance(value, dict):
        return {key: _woven(inner, family, today) for key, inner in value.items()}
    if isinstance(value, list):
        return [_woven(inner, family, today) for inner in value]
    return _text(value, family, today) if isinstance(value, str) else value


def _text(text: str, family: str, today: date) -> str:
    if found := _ID.fullmatch(text):
        return ref(family, found[1])
    if found := _DATE.fullmatch(text):
        return _dated(found, today)
    return _IN_TEXT.sub(lambda place: _in_words(_day(place[1], place[2], today)), text)


def _dated(found: re.Match[str], today: date) -> str:
    day = _day(found[1], found[2], today)
    if found[3]:
        moment = datetime.combine(day, time.fromisoformat(found[3]), _LONDON)
        return moment.isoformat()
    return day.isoformat()[: {"m": len("2031-02"), "y": len("2031")}.get(found[2])]


def _day(offset: str, kind: str, today: date) -> date:
    day = today + timedelta(days=int(offset))
    weekend = max(0, day.weekday() - 4) if kind == "w" else 0
    return day - timedelta(days=weekend)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
