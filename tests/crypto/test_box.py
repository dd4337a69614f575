import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import box
from app.errors import Malformed, NotVerified

KEY = bytes(range(32))


@given(plaintext=st.binary(max_size=200), aad=st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_own_place(plaintext: bytes, aad: bytes) -> None:
    sealed = box.seal(KEY, plaintext, aad)
    assert box.open_(KEY, sealed, aad) == plaintext
    assert len(sealed) == len(plaintext) + 28
    with pytest.raises(NotVerified, match="box-broken"):
        box.open_(KEY, sealed, aad + b"elsewhere")


def test_every_change_and_cut_is_refused() -> None:
    sealed = box.seal(KEY, b"A fictional label", b"")
    for at in range(len(sealed)):
        for broken in (sealed[:at], sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]):
            with pytest.raises(NotVerified, match="box-broken"):
                box.open_(KEY, broken, b"")


def test_the_same_text_never_looks_the_same() -> None:
    assert box.seal(KEY, b"same", b"") != box.seal(KEY, b"same", b"")


def test_another_key_is_refused() -> None:
    with pytest.raises(NotVerified, match="box-broken"):
        box.open_(bytes(32), box.seal(KEY, b"text", b""), b"")
    for use in (box.seal, box.open_):
        with pytest.raises(Malformed, match="box-key"):
            use(KEY[:-1], b"text", b"")
