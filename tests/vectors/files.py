"""Vector files: `key: value` lines, an empty line, then the raw file (zlib where it says so).

The form is that of the C2SP/CCTV age vectors. A key may repeat.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Vector:
    name: str
    fields: dict[str, list[str]]
    file: bytes

    def one(self, key: str) -> str:
        (value,) = self.fields[key]
        return value

    def all(self, key: str) -> list[str]:
        return self.fields.get(key, [])


def load(path: Path) -> Vector:
    head, _, body = path.read_bytes().partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().split("\n"):
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    if fields.pop("compressed", []):
        body = zlib.decompress(body)
    return Vector(path.name, fields, body)


def folder(path: Path) -> list[Vector]:
    """Every vector of a folder, by name."""
    return [load(file) for file in sorted(path.iterdir()) if file.is_file()]


def save(path: Path, fields: list[tuple[str, str]], file: bytes) -> None:
    """Files past 8 KiB are compressed when that helps."""
    lines = [f"{key}: {value}" for key, value in fields]
    packed = zlib.compress(file, 9)
    if len(file) > 8192 and len(packed) < len(file) // 2:
        lines, file = [*lines, "compressed: zlib"], packed
    path.write_bytes("\n".join([*lines, "", ""]).encode() + file)
