"""Switching a check off: one line of a function is exchanged for another while a test runs.

The line must be there once, so that a table of checks can't outlive the code that it speaks of.
"""

import inspect
import textwrap
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

import pytest


@dataclass(frozen=True)
class Switch:
    """In function `name` of `owner`, `new` stands for `old`."""

    owner: ModuleType | type
    name: str
    old: str
    new: str = "False"

    def off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The check is off until the end of the test, for whoever has imported the function."""
        function = inspect.getattr_static(self.owner, self.name)
        function = getattr(function, "__wrapped__", function)
        assert isinstance(function, FunctionType)
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.old) == 1, f"{self.name} no longer says {self.old!r} once"
        made: dict[str, Any] = {}
        exec(source.replace(self.old, self.new), dict(function.__globals__), made)  # noqa: S102
        monkeypatch.setattr(function, "__code__", made[self.name].__code__)
