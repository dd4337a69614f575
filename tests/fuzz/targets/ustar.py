"""Bundles: what is admitted is the one archive that its manifest describes, and opens as such."""

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO

from app.bundle import ustar
from app.bundle.admit import admit
from app.bundle.manifest import Announced, Expected, Manifest
from app.bundle.read import open_member
from app.crypto import strictjson
from app.crypto.age import CHUNK
from tests.fuzz import structure
from tests.vectors import make_bundle
from tests.vectors.make_bundle import MEMBERS, RECEIVER, Block

EXPECTED = Expected("dispatch", *(make_bundle.manifest()[n] for n in ("handover", "from", "to")))
ARCHIVE, DESCRIBED = b"A", b"D"
"""How an input begins: with an archive, or with the manifest of one that is to be made of it."""


def seeds() -> Iterator[bytes]:
    yield ARCHIVE + make_bundle.archive()
    yield ARCHIVE + make_bundle.archive(make_bundle.canonical(make_bundle.manifest(members=[])), [])
    for value in (make_bundle.manifest(), *make_bundle.broken_manifests().values()):
        yield DESCRIBED + make_bundle.canonical(value)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    return data[:1] + structure.mutate(data[1:], max_size - 1, seed)


def one(data: bytes) -> None:
    plain = data[1:] if data[:1] == ARCHIVE else _described(data[1:])
    file = make_bundle.seal(plain)
    manifest = plain[ustar.BLOCK :][: _size(plain)]
    announced = Announced(_sha256(file), len(file), _sha256(manifest))
    admitted = admit(BytesIO(file).read, announced, EXPECTED, [RECEIVER])
    _is_the_one_archive(admitted.manifest, plain)
    for member in admitted.manifest.members:
        opened = open_member(
            lambda offset, n: file[offset : offset + n], admitted, member.path, [RECEIVER]
        )
        assert _sha256(b"".join(opened.pieces())) == member.sha256


def _is_the_one_archive(manifest: Manifest, plain: bytes) -> None:
    at, blocks = 0, [Block("manifest.json", manifest.data())]
    for member in manifest.members:
        _, at = manifest.locate(member.path, len(manifest.data()))
        blocks.append(Block(member.path, plain[at + ustar.BLOCK :][: member.size]))
    assert b"".join(block.encode() for block in blocks) + ustar.END == plain
    assert manifest.archive_size(len(manifest.data())) == len(plain)


def _described(text: bytes) -> bytes:
    """An archive of that manifest. Members that it has by path are given their size and digest, so
    that only the rest of what it says can be wrong; what is no JSON is taken as it is."""
    try:
        value = json.loads(text)
        members = value["members"]
        blocks = [Block(one["path"], _data(one)) for one in members]
        for one, block in zip(members, blocks, strict=True):
            one |= {"size": len(block.data), "sha256": _sha256(block.data)}
        return make_bundle.archive(strictjson.canonical(value), blocks)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return make_bundle.archive(text)


def _data(member: dict[str, object]) -> bytes:
    known = {block.path: block.data for block in MEMBERS}
    size = member.get("size")
    many = bytes(size % (2 * CHUNK)) if isinstance(size, int) else b""
    return known.get(str(member["path"]), many)


def _size(plain: bytes) -> int:
    digits = plain[124:135]
    return int(digits, 8) if len(digits) == 11 and not digits.strip(b"01234567") else 0


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
