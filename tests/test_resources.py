"""The files inside the package are found, in a wheel and in a checkout."""

import json
import tomllib
from pathlib import Path

import pytest

from app import resources


def test_a_checkout_has_its_folders_beside_the_package() -> None:
    assert (resources.folder("migrations") / "env.py").is_file()
    assert json.loads((resources.folder("openapi") / "openapi.json").read_bytes())


def test_a_wheel_has_them_inside_and_they_come_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = tmp_path / "app"
    (tmp_path / "migrations").mkdir()
    (app / "migrations").mkdir(parents=True)
    monkeypatch.setattr(resources, "_APP", app)
    assert resources.folder("migrations") == app / "migrations"


def test_every_nation_has_its_timetable() -> None:
    shipped = resources.timetables()
    assert set(shipped) == {"england", "wales", "scotland", "northern_ireland"}
    for nation, toml in shipped.items():
        assert tomllib.loads(toml.decode())["nation"] == nation
