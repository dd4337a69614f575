from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from app.bundle import admit as admit_module
from app.bundle import ustar
from app.bundle.admit import AdmittedBundle, admit, open_manifest, readmit
from app.bundle.manifest import Announced, Expected, Limits, Manifest
from app.bundle.read import open_member
from app.crypto import strictjson
from app.crypto.header import Header
from app.crypto.recipients import HybridIdentity
from app.errors import CaseHandoverError, NotVerified, Unavailable
from tests.bundle.samples import ARCHIVE, EXPECTED, RECEIVER, THIRD, announce, read_at, sealed
from tests.vectors.files import Vector, folder

VECTORS = folder(Path(__file__).parent.parent / "vectors" / "bundle")
SMALL, ANNOUNCED = sealed(b"Fictional minutes.", two=False)


def stated(vector: Vector) -> tuple[Announced, Expected, list[HybridIdentity], Limits]:
    announced = Announced(vector.one("sha256"), int(vector.one("size")), vector.one("manifest"))
    expected = Expected(*(vector.one(key) for key in ("kind", "handover", "from", "to")))
    changes = dict(text.split(" ") for text in vector.all("limit"))
    limits = Limits(**{name: int(value) for name, value in changes.items()})
    return announced, expected, [HybridIdentity.from_string(vector.one("identity"))], limits


def outcome(vector: Vector) -> str:
    """`success`, or the error's code."""
    announced, expected, identities, limits = stated(vector)
    try:
        admit(BytesIO(vector.file).read, announced, expected, identities, limits)
    except CaseHandoverError as error:
        return error.code
    return "success"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_vector(vector: Vector) -> None:
    assert outcome(vector) == vector.one("expect")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_readmission_refuses_what_is_wrong_before_the_members(vector: Vector) -> None:
    """From step 8 on, and for the digest of the whole, it relies on the first admission."""
    announced, expected, identities, limits = stated(vector)
    code, step = vector.one("expect"), int(vector.one("step"))
    if code == "success":
        bundle = readmit(read_at(vector.file), announced, expected, identities, limits)
        assert bundle.manifest == open_manifest(read_at(vector.file), announced, identities, limits)
    elif step in {2, 3, 5, 6, 7} or vector.name.startswith("chunk"):
        # Keys are tried first, so what nobody here can open is refused as such.
        with pytest.raises(CaseHandoverError, match=f"{code}|age-no-identity-matches"):
            readmit(read_at(vector.file), announced, expected, identities, limits)


def nothing(*_: object, **__: object) -> None:
    """A check that is switched off."""


def take_padding(archive: ustar.Reader, size: int) -> None:
    archive.take(len(ustar.padding(size)))


SWITCHES: dict[str, tuple[object, str, Callable[..., None]]] = {
    "6 limits": (Manifest, "check_limits", nothing),
    "1 size and digest": (admit_module._Source, "check", nothing),
    "2 recipients": (admit_module, "check_recipients", nothing),
    "3 header MAC": (Header, "verify", nothing),
    "5 manifest digest": (admit_module, "check_manifest_digest", nothing),
    "6 manifest size": (admit_module, "check_manifest_size", nothing),
    "6 canonical form": (strictjson, "parse_canonical", nothing),
    "7 statement": (Manifest, "check_expected", nothing),
    "8 member header": (ustar, "check_header", nothing),
    "8 member digest": (admit_module, "check_member_digest", nothing),
    "8 padding": (ustar.Reader, "padding", take_padding),
    "9 end": (ustar.Reader, "end", nothing),
}


@pytest.mark.parametrize("switch", SWITCHES.values(), ids=SWITCHES.keys())
def test_switching_off_any_check_turns_a_vector_red(
    switch: tuple[object, str, Callable[..., None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*switch)
    assert any(outcome(vector) != vector.one("expect") for vector in VECTORS)


def refused(file: bytes, announced: Announced) -> str:
    with pytest.raises(CaseHandoverError) as caught:
        admit(BytesIO(file).read, announced, EXPECTED, [RECEIVER])
    return caught.value.code


def flipped(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1 << at % 8]) + file[at + 1 :]


def test_every_changed_byte_is_refused() -> None:
    """On the way, and by a sender whose statement announces the changed file."""
    for at in range(len(SMALL)):
        changed = flipped(SMALL, at)
        assert refused(changed, ANNOUNCED) == "bundle-digest"
        assert refused(changed, announce(changed, ANNOUNCED)).startswith(("age-", "bundle-rec"))


def test_every_cut_is_refused() -> None:
    for size in range(len(SMALL)):
        cut = SMALL[:size]
        assert refused(cut, ANNOUNCED) == "bundle-size"
        assert refused(cut, announce(cut, ANNOUNCED)).startswith("age-")


def test_a_changed_byte_in_the_store_releases_nothing() -> None:
    """After admission: whatever is opened is what was announced, or nothing is."""
    bundle = admit(BytesIO(SMALL).read, ANNOUNCED, EXPECTED, [RECEIVER])
    for at in range(len(SMALL)):
        with pytest.raises(CaseHandoverError):
            open_member(read_at(flipped(SMALL, at)), bundle, "attachments/0001", [RECEIVER])
        with pytest.raises(CaseHandoverError):
            open_manifest(read_at(SMALL[:at]), ANNOUNCED, [RECEIVER])


def test_it_reads_no_more_than_one_byte_past_the_announced_size() -> None:
    endless = BytesIO(SMALL + bytes(1 << 20))
    with pytest.raises(NotVerified, match="bundle-size"):
        admit(endless.read, ANNOUNCED, EXPECTED, [RECEIVER])
    assert endless.tell() == len(SMALL) + 1


def test_a_store_that_fails_is_not_the_bundles_fault() -> None:
    def read(_: int) -> bytes:
        raise Unavailable("store-unavailable", "Try again.")

    with pytest.raises(Unavailable, match="store-unavailable"):
        admit(read, ANNOUNCED, EXPECTED, [RECEIVER])


def test_old_keys_still_open() -> None:
    two, announced = sealed()
    for identities in ([THIRD, RECEIVER], [ARCHIVE]):
        admit(BytesIO(two).read, announced, EXPECTED, identities)
    with pytest.raises(NotVerified, match="age-no-identity-matches"):
        admit(BytesIO(two).read, announced, EXPECTED, [THIRD])


def test_nobody_else_makes_an_admitted_bundle() -> None:
    bundle = admit(BytesIO(SMALL).read, ANNOUNCED, EXPECTED, [RECEIVER])
    with pytest.raises(TypeError):
        AdmittedBundle(bundle.announced, bundle.manifest, object())
