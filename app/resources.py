"""The files that travel inside the package: timetables, migrations, schemas."""

from pathlib import Path

_APP = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `name` (`migrations` or `openapi`), in an installed wheel or in a checkout.

    A wheel holds them inside the package; a checkout holds them beside it.
    """
    packaged = _APP / name
    return packaged if packaged.is_dir() else _APP.parent / name


def timetables() -> dict[str, bytes]:
    """Each nation's timetable as shipped: {nation: TOML}."""
    return {
        path.stem: path.read_bytes()
        for path in sorted((_APP / "handover" / "timetables").glob("*.toml"))
    }
