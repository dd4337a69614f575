"""Tells on the terminal what happens, in words for a social worker; or keeps quiet for programs."""

import textwrap
import time
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

WIDTH = 96
"""Columns; no word is ever cut."""
_LONDON = ZoneInfo("Europe/London")


class Teller:
    """`quiet` collects the summary only."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._began = time.monotonic()
        self.summary: dict[str, Any] = {"steps": []}

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._began, 1)

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self._say("")
        self._say(click.style(title, bold=True))

    def say(self, text: str) -> None:
        """A paragraph."""
        self._say(_wrapped(text, "  ", "  "))

    def point(self, text: str) -> None:
        """One of several things."""
        self._say(_wrapped(text, "    - ", "      "))

    def warn(self, text: str) -> None:
        """Something nobody may miss."""
        self._say(click.style(_wrapped(text, "  ! ", "    "), fg="red", bold=True))

    def step(self, name: str, **facts: Any) -> None:
        """A step of the summary."""
        self.summary["steps"].append({"step": name, "at_seconds": self.seconds, **facts})

    def _say(self, text: str) -> None:
        if not self._quiet:
            click.echo(text)


def in_words(when: str) -> str:
    """A day, or the day in London of a moment: `Monday 14 December 2026`."""
    if len(when) == len("2026-12-14"):
        day = date.fromisoformat(when)
    else:
        day = datetime.fromisoformat(when).astimezone(_LONDON).date()
    return f"{day:%A} {day.day} {day:%B %Y}"


def counted(number: int, one: str, many: str) -> str:
    """`1 day`, `3 days`."""
    return f"{number} {one if number == 1 else many}"


def _wrapped(text: str, first: str, then: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
