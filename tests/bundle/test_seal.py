import hashlib
import tarfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle.admit import admit
from app.bundle.manifest import CONTENT as CONTENT_PATH
from app.bundle.manifest import LIMITS, Announced, Expected, Limits, path_of
from app.bundle.read import open_member
from app.bundle.seal import Attachment, seal
from app.crypto.age import CHUNK, decrypt
from app.crypto.recipients import HybridRecipient
from app.errors import CaseHandoverError, Malformed, NotVerified, TooLarge
from tests.bundle.samples import (
    ARCHIVE,
    CONTENT,
    EXPECTED,
    RECEIVER,
    THIRD,
    attachment,
    read_at,
    sealed,
)

LABELS = ["open", "professionals_only", "not_to", "originator_consent", "court_permission"]
SIZES = st.one_of(st.integers(0, 1100), st.integers(-3200, 40).map(lambda near: CHUNK + near))
REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NAMES = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="/\\" + REORDERING
    ),
    min_size=1,
    max_size=255,
).filter(lambda name: name not in {".", ".."})
FILES = st.lists(st.tuples(SIZES, NAMES, st.sampled_from(LABELS)), max_size=4)


def data_of(size: int) -> bytes:
    return hashlib.shake_256(str(size).encode()).digest(size)


def written(
    attachments: list[Attachment],
    expected: Expected = EXPECTED,
    content: bytes = CONTENT,
    limits: Limits = LIMITS,
    recipients: tuple[HybridRecipient, ...] = (RECEIVER.recipient,),
) -> tuple[bytes, Announced]:
    out = BytesIO()
    announced = seal(expected, content, attachments, recipients, out.write, limits)
    return out.getvalue(), announced


@given(FILES)
def test_what_is_sealed_is_what_is_opened(files: list[tuple[int, str, str]]) -> None:
    file, announced = written([attachment(data_of(s), name, label) for s, name, label in files])
    assert (announced.size, announced.sha256) == (len(file), hashlib.sha256(file).hexdigest())
    bundle = admit(BytesIO(file).read, announced, EXPECTED, [RECEIVER])
    members = bundle.manifest.members[1:]
    assert [m.model_dump(include={"size", "name", "labels"}) for m in members] == [
        {"size": size, "name": name, "labels": (label,)} for size, name, label in files
    ]
    for number, (size, _, _) in enumerate(files, 1):
        opened = open_member(read_at(file), bundle, path_of(number), [RECEIVER])
        assert b"".join(opened.pieces()) == data_of(size)
    content = open_member(read_at(file), bundle, CONTENT_PATH, [RECEIVER])
    assert content.read(0, len(CONTENT)) == CONTENT


def test_stock_tools_open_it() -> None:
    """`age -d -i key bundle.age | tar x`; the age half is held by tests/crypto/test_interop.py."""
    file, announced = sealed(b"Fictional minutes.")
    plain = b"".join(decrypt(BytesIO(file).read, [RECEIVER]))
    with tarfile.open(fileobj=BytesIO(plain), mode="r:") as tar:
        names = tar.getnames()
        first, *_, last = (tar.extractfile(name) for name in names)
        assert names == ["manifest.json", "content.json", "attachments/0001"]
        assert first is not None
        assert hashlib.sha256(first.read()).hexdigest() == announced.manifest
        assert last is not None
        assert last.read() == b"Fictional minutes."


def test_no_two_manifests_are_alike() -> None:
    assert sealed()[1].manifest != sealed()[1].manifest


def test_nothing_of_the_family_is_in_clear() -> None:
    file, _ = written([attachment(b"Fictional minutes.", "Ashworth family.pdf")])
    for word in (b"fictional", b"Fictional", b"Ashworth", b"E9999990", b"manifest", b"dispatch"):
        assert word not in file


def test_other_numbers_of_recipients_are_refused() -> None:
    with pytest.raises(Malformed, match="age-header-malformed"):
        written([], recipients=())
    three = (RECEIVER.recipient, ARCHIVE.recipient, THIRD.recipient)
    with pytest.raises(Malformed, match="bundle-recipients"):
        written([], recipients=three)


REFUSED = {
    "bundle-content-too-large": Limits(content=len(CONTENT) - 1),
    "bundle-too-many-members": Limits(members=1),
    "bundle-manifest-too-large": Limits(manifest=100),
    "bundle-too-large": Limits(bundle=5000),
}


@pytest.mark.parametrize(("code", "limits"), REFUSED.items(), ids=REFUSED.keys())
def test_limits_hold_before_anything_is_written(code: str, limits: Limits) -> None:
    out = BytesIO()
    with pytest.raises(TooLarge, match=code):
        seal(EXPECTED, CONTENT, [attachment(b"a")], [RECEIVER.recipient], out.write, limits)
    assert out.getvalue() == b""


def test_the_size_limit_is_exact() -> None:
    size = sealed(b"a")[1].size
    assert sealed(b"a", limits=Limits(bundle=size))[1].size == size
    with pytest.raises(TooLarge, match="bundle-too-large"):
        sealed(b"a", limits=Limits(bundle=size - 1))


@pytest.mark.parametrize(
    "held", [b"", b"Fictional minute", b"Fictional minutes!", b"X" * 18, b"X" * 17]
)
def test_a_source_that_changed_is_refused(held: bytes) -> None:
    changed = replace(attachment(b"Fictional minutes"), open=lambda: [held[:5], held[5:]])
    with pytest.raises(NotVerified, match="bundle-source-changed"):
        written([changed])


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../a"},
        {"labels": ("in words",)},
        {"media_type": "pdf"},
        {"sha256": "A" * 64},
        {"size": -1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_no_manifest_can_say_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Malformed, match="bundle-manifest-malformed"):
        written([replace(attachment(b"a"), **wrong)])  # type: ignore[arg-type]


def test_a_statement_that_no_manifest_can_name_is_refused() -> None:
    with pytest.raises(Malformed, match="bundle-manifest-malformed"):
        written([], expected=replace(EXPECTED, handover="one"))


class Store:
    """Room for a file, taken beforehand."""

    def __init__(self, room: int) -> None:
        self._view = memoryview(bytearray(room))
        self._size = self._at = 0

    def write(self, data: bytes) -> None:
        self._view[self._size : self._size + len(data)] = data
        self._size += len(data)

    def read(self, n: int) -> bytes:
        self._at += n
        return self.read_at(self._at - n, n)

    def read_at(self, offset: int, n: int) -> bytes:
        return bytes(self._view[offset : min(offset + n, self._size)])


def test_memory_is_flat() -> None:
    """50 MiB sealed, admitted and opened; only the ciphertext of the store is kept."""
    size = 50 << 20
    zeros = bytes(1 << 20)

    def stream() -> Iterator[bytes]:
        for _ in range(size >> 20):
            yield zeros

    digest = hashlib.sha256()
    for piece in stream():
        digest.update(piece)
    big = replace(attachment(b""), size=size, sha256=digest.hexdigest(), open=stream)
    store = Store(size + (1 << 20))
    tracemalloc.start()
    try:
        announced = seal(EXPECTED, CONTENT, [big], [RECEIVER.recipient], store.write)
        bundle = admit(store.read, announced, EXPECTED, [RECEIVER])
        opened = open_member(store.read_at, bundle, path_of(1), [RECEIVER])
        assert sum(len(piece) for piece in opened.pieces()) == size
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


@given(st.lists(st.binary(max_size=30), max_size=3))
def test_no_wrong_word_is_ever_an_error_of_another_family(held: list[bytes]) -> None:
    changed = replace(attachment(b"Fictional minutes"), open=lambda: held)
    with pytest.raises(CaseHandoverError):
        written([changed])
