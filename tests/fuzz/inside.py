"""One target in this process, until libFuzzer has had its runs: started by `tests.fuzz`."""

import sys
from contextlib import suppress
from importlib import import_module

import atheris

with atheris.instrument_imports(include=["app"]):
    target = import_module(f"tests.fuzz.targets.{sys.argv[1]}")

from app.errors import CaseHandoverError


def guarded(data: bytes) -> None:
    """Our errors are answers; every other one is a crash."""
    with suppress(CaseHandoverError):
        target.one(data)


if __name__ == "__main__":
    mutator = {"custom_mutator": target.mutate} if hasattr(target, "mutate") else {}
    atheris.Setup([sys.argv[0], *sys.argv[2:]], guarded, **mutator)
    atheris.Fuzz()
