"""Tells on the terminal what happens, in words for a social worker; or keeps quiet for programs."""

import time
from typing import Any

import click


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
        """A sentence."""
        self._say(f"  {text}")

    def warn(self, text: str) -> None:
        """Something nobody may miss."""
        self._say(click.style(f"  ! {text}", fg="red", bold=True))

    def step(self, name: str, **facts: Any) -> None:
        """A step of the summary."""
        self.summary["steps"].append({"step": name, "at_seconds": self.seconds, **facts})

    def _say(self, text: str) -> None:
        if not self._quiet:
            click.echo(text)
