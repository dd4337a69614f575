import hashlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle.admit import admit, readmit
from app.bundle.manifest import Announced
from app.bundle.read import open_member
from app.crypto.age import CHUNK
from app.errors import CaseHandoverError, NotFound, NotVerified
from tests.bundle.samples import ARCHIVE, EXPECTED, RECEIVER, THIRD, read_at, sealed
from tests.vectors.make_bundle import CONTENT, MEMBERS, Block, archive, canonical, manifest, seal

BIG = hashlib.shake_256(b"big").digest(3 * CHUNK + 5)
FILE, ANNOUNCED = sealed(b"Fictional minutes.", BIG, b"")
BUNDLE = admit(BytesIO(FILE).read, ANNOUNCED, EXPECTED, [RECEIVER])


@given(start=st.integers(0, len(BIG) + 9), n=st.integers(0, len(BIG) + 9))
def test_a_range_is_the_slice(start: int, n: int) -> None:
    opened = open_member(read_at(FILE), BUNDLE, "attachments/0002", [RECEIVER])
    assert opened.read(start, n) == BIG[start : start + n]


@pytest.mark.parametrize("path", ["content.json", "attachments/0001", "attachments/0003"])
def test_a_range_never_leaves_its_member(path: str) -> None:
    opened = open_member(read_at(FILE), BUNDLE, path, [ARCHIVE])
    assert opened.read(0, 1 << 20) == b"".join(opened.pieces())
    assert len(opened.read(0, 1 << 20)) == opened.member.size
    assert opened.read(opened.member.size, 10) == b""
    assert opened.read(-512, 600) == b""
    assert opened.read(0, -1) == b""


def test_only_what_it_needs_is_read() -> None:
    """Header, nonce, last chunk, and the chunks of the member: twice what it holds, at most."""
    file, announced = sealed(b"Fictional minutes.", BIG * 40, b"x" * 5 * CHUNK)
    bundle = admit(BytesIO(file).read, announced, EXPECTED, [RECEIVER])
    asked = []

    def read(offset: int, n: int) -> bytes:
        asked.append(min(n, len(file) - offset))
        return file[offset : offset + n]

    open_member(read, bundle, "attachments/0001", [RECEIVER])
    assert sum(asked) < 5 * CHUNK < len(file) / 20
    assert len(asked) < 8
    asked.clear()
    opened = open_member(read, bundle, "attachments/0003", [RECEIVER])
    assert opened.read(CHUNK, 10) == b"x" * 10
    assert sum(asked) < 15 * CHUNK < len(file) / 8


@given(start=st.integers(0, len(BIG)), stop=st.integers(0, len(BIG)))
def test_pieces_of_a_part_are_the_slice(start: int, stop: int) -> None:
    opened = open_member(read_at(FILE), BUNDLE, "attachments/0002", [RECEIVER])
    assert b"".join(opened.pieces(start, stop)) == BIG[start:stop]


def test_what_the_manifest_does_not_list_is_not_found() -> None:
    for path in ("manifest.json", "attachments/0004", "attachments/../content.json", ""):
        with pytest.raises(NotFound, match="bundle-member-unknown"):
            open_member(read_at(FILE), BUNDLE, path, [RECEIVER])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotVerified, match="age-no-identity-matches"):
        open_member(read_at(FILE), BUNDLE, "content.json", [THIRD])


def test_a_chunk_that_changes_between_the_passes_is_refused() -> None:
    store = bytearray(FILE)
    opened = open_member(
        lambda at, n: bytes(store[at : at + n]), BUNDLE, "attachments/0002", [RECEIVER]
    )
    store[len(store) // 2] ^= 1
    with pytest.raises(NotVerified, match="age-payload-chunk"):
        list(opened.pieces())


WRONG = {
    "bundle-member-digest": Block("content.json", CONTENT[::-1]),
    "bundle-member-header": Block("content.json", CONTENT + b" "),
}


@pytest.mark.parametrize(("code", "content"), WRONG.items(), ids=WRONG.keys())
def test_a_member_that_is_not_the_manifests_is_refused_without_admission(
    code: str, content: Block
) -> None:
    """Should records ever say admitted of what was not, opening still verifies."""
    file = seal(archive(members=[content, *MEMBERS[1:]]), [RECEIVER.recipient])
    data = canonical(manifest())
    announced = Announced("", len(file), hashlib.sha256(data).hexdigest())
    bundle = readmit(read_at(file), announced, EXPECTED, [RECEIVER])
    with pytest.raises(CaseHandoverError, match=code):
        open_member(read_at(file), bundle, "content.json", [RECEIVER])


def test_a_bundle_sealed_here_opens_with_the_archive_key() -> None:
    bundle = readmit(read_at(FILE), ANNOUNCED, EXPECTED, [ARCHIVE])
    assert open_member(read_at(FILE), bundle, "attachments/0002", [ARCHIVE]).read(5, 5) == BIG[5:10]
