import tarfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle import ustar
from app.errors import Malformed


def archive(*members: tuple[str, bytes]) -> bytes:
    blocks = [
        ustar.header(path, len(data)) + data + ustar.padding(len(data)) for path, data in members
    ]
    return b"".join(blocks) + ustar.END


@given(st.lists(st.binary(max_size=1100), max_size=4))
def test_the_stock_reader_agrees(files: list[bytes]) -> None:
    members = [(f"attachments/{number:04d}", data) for number, data in enumerate(files, 1)]
    data = archive(*members)
    assert len(data) == sum(ustar.extent(len(file)) for file in files) + len(ustar.END)
    with tarfile.open(fileobj=BytesIO(data), mode="r:") as tar:
        found = [(info.name, tar.extractfile(info)) for info in tar]
        assert [(name, file.read()) for name, file in found if file] == members
        assert all(
            (info.type, info.mode, info.mtime, info.uid, info.uname) == (b"0", 0o600, 0, 0, "")
            for info in tar.getmembers()
        )


@pytest.mark.parametrize("size", [0, 1, 511, 512, 8**11 - 1])
def test_every_changed_byte_of_a_header_is_refused(size: int) -> None:
    block = ustar.header("content.json", size)
    ustar.check_header(block, "content.json", size)
    assert ustar.size_in(block, "content.json") == size
    for at in range(ustar.BLOCK):
        changed = block[:at] + bytes([block[at] ^ 1 << at % 8]) + block[at + 1 :]
        with pytest.raises(Malformed, match="bundle-member-header"):
            ustar.check_header(changed, "content.json", size)
        with pytest.raises(Malformed, match="bundle-member-header"):
            ustar.size_in(changed, "content.json")


@given(st.binary(max_size=600))
def test_no_other_block_has_a_size(block: bytes) -> None:
    with pytest.raises(Malformed, match="bundle-member-header"):
        ustar.size_in(block, "manifest.json")


@given(data=st.binary(max_size=1500), step=st.integers(1, 700))
def test_the_reader_takes_pieces_of_any_size(data: bytes, step: int) -> None:
    whole = archive(("content.json", data))
    reader = ustar.Reader(whole[at : at + step] for at in range(0, len(whole), step))
    reader.header("content.json", len(data))
    assert reader.take(len(data)) == data
    reader.padding(len(data))
    reader.end()


def test_empty_pieces_are_no_end() -> None:
    reader = ustar.Reader([b"", b"a", b"", b"b", b""])
    assert reader.take(2) == b"ab"
    with pytest.raises(Malformed, match="bundle-truncated"):
        reader.take(1)
