from collections.abc import Callable

import pytest

from app.crypto import bech32
from app.crypto.header import Header
from app.crypto.recipients import (
    HybridIdentity,
    HybridRecipient,
    ScryptIdentity,
    ScryptRecipient,
)
from app.errors import Malformed

KEY = bytes(range(16))
ME = HybridIdentity(bytes(32))


def test_keys_are_spelt_one_way() -> None:
    text = ME.to_string()
    assert text.startswith("AGE-SECRET-KEY-PQ-1")
    assert HybridIdentity.from_string(text).recipient == ME.recipient
    public = ME.recipient.to_string()
    assert public.startswith("age1pq1")
    assert HybridRecipient.from_string(public) == ME.recipient
    assert hash(HybridRecipient.from_string(public)) == hash(ME.recipient)
    assert HybridIdentity.generate().recipient != HybridIdentity.generate().recipient


SPOILT: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "cut": lambda text: text[:-1],
    "changed": lambda text: text[:-1] + ("q" if text[-1] in "pP" else "p"),
    "other case": lambda text: text.swapcase(),
    "mixed case": lambda text: text[:30] + text[30:].swapcase(),
    "space": lambda text: text + " ",
    "far too long": lambda text: text + "q" * 1_000_000,
    "no separator": lambda text: text.replace("1", "2"),
    "not ASCII": lambda text: "é" + text,
    "case of two letters": lambda text: "İ" + text,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_key_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(Malformed, match="age-identity-malformed"):
        HybridIdentity.from_string(spoil(ME.to_string()))
    with pytest.raises(Malformed, match="age-recipient-malformed"):
        HybridRecipient.from_string(spoil(ME.recipient.to_string()))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(ME.recipient.raw[:-1], id="short"),
        pytest.param(ME.recipient.raw + b"\0", id="long"),
        pytest.param(b"\xff" * 1184 + ME.recipient.raw[1184:], id="ML-KEM above its modulus"),
        pytest.param(ME.recipient.raw[:1184] + bytes(32), id="X25519 of low order"),
    ],
)
def test_a_key_that_could_not_be_sealed_to_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(Malformed, match="age-recipient-malformed"):
        HybridRecipient(raw)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed, match="age-identity-malformed"):
        HybridIdentity(bytes(31))


def test_bech32_keeps_the_vectors_of_bip_173() -> None:
    assert bech32.decode(
        "abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    ) == bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")
    assert bech32.encode("a", b"") == "a12uel5l"
    spare_bits = "tb1pw508d6qejxtdg4y5r3zarvaryvqyzf3du"
    with pytest.raises(Malformed, match="bech32-form"):
        bech32.decode("tb", spare_bits)


def test_each_identity_finds_its_own_stanza() -> None:
    people = [HybridIdentity(bytes([number]) * 32) for number in range(3)]
    header = Header.seal(tuple(person.recipient.wrap(KEY) for person in people[:2]), KEY)
    assert [person.unwrap(header) for person in people] == [KEY, KEY, None]
    assert ScryptIdentity(b"fictional").unwrap(header) is None


def test_a_passphrase_wraps_and_its_work_is_bounded() -> None:
    header = Header.seal((ScryptRecipient(b"fictional", 6).wrap(KEY),), KEY)
    assert ScryptIdentity(b"fictional", 6).unwrap(header) == KEY
    assert ScryptIdentity(b"other", 6).unwrap(header) is None
    assert ME.unwrap(header) is None
    with pytest.raises(Malformed, match="age-work-factor"):
        ScryptIdentity(b"fictional", 5).unwrap(header)


@pytest.mark.parametrize(
    "holder",
    [ME, ScryptRecipient(b"fictional-secret"), ScryptIdentity(b"fictional-secret")],
    ids=lambda holder: type(holder).__name__,
)
def test_no_secret_in_words(holder: object) -> None:
    for text in (repr(holder), str(holder), f"{holder}"):
        assert ME.to_string()[20:40] not in text
        assert "fictional-secret" not in text
    assert not hasattr(holder, "__dict__")
