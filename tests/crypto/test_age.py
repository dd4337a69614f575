import hashlib
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.age import CHUNK, Encryptor, Payload, ciphertext_size, decrypt
from app.crypto.header import MAX_STANZAS
from app.crypto.recipients import HybridIdentity, Identity, ScryptIdentity, ScryptRecipient
from app.errors import CaseHandoverError, Malformed
from tests.vectors.files import Vector, folder

VECTORS = folder(Path(__file__).parent.parent / "vectors" / "age")
ME, OTHER, THIRD = (HybridIdentity(bytes([number]) * 32) for number in range(3))
SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])


def seal(data: bytes, *identities: HybridIdentity, step: int = 1 << 20) -> bytes:
    encryptor = Encryptor([identity.recipient for identity in identities])
    pieces = [encryptor.update(data[at : at + step]) for at in range(0, len(data), step)]
    return b"".join([encryptor.prefix, *pieces, encryptor.finish()])


def read_at(data: bytes) -> Callable[[int, int], bytes]:
    return lambda offset, n: data[offset : offset + n]


def opening(vector: Vector) -> list[Identity]:
    phrases: list[Identity] = [ScryptIdentity(text.encode()) for text in vector.all("passphrase")]
    return phrases + [HybridIdentity.from_string(text) for text in vector.all("identity")]


def outcome(attempt: Callable[[], bytes]) -> str:
    """The error's code, or the digest of what was released."""
    try:
        return hashlib.sha256(attempt()).hexdigest()
    except CaseHandoverError as error:
        return error.code


def expected(vector: Vector) -> str:
    expect = vector.one("expect")
    return vector.one("payload") if expect == "success" else expect


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_vector_read_as_a_stream(vector: Vector) -> None:
    file = BytesIO(vector.file)
    assert outcome(lambda: b"".join(decrypt(file.read, opening(vector)))) == expected(vector)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_vector_read_by_range(vector: Vector) -> None:
    def attempt() -> bytes:
        payload = Payload(read_at(vector.file), len(vector.file), opening(vector))
        return payload.read(0, payload.size)

    code = vector.all("ranged") or [expected(vector)]
    assert [outcome(attempt)] == code


@given(size=SIZES, step=st.sampled_from([7919, CHUNK, 1 << 20]), piece=st.integers(1, 200_000))
def test_what_is_sealed_in_any_steps_opens_in_any_steps(size: int, step: int, piece: int) -> None:
    data = hashlib.shake_256(bytes([step % 251])).digest(size)
    file = seal(data, ME, OTHER, step=step)
    stream = BytesIO(file)
    assert b"".join(decrypt(lambda n: stream.read(min(n, piece)), [THIRD, OTHER])) == data


@given(size=SIZES, start=st.integers(0, 3 * CHUNK), n=st.integers(-5, 3 * CHUNK))
def test_a_range_is_the_slice(size: int, start: int, n: int) -> None:
    data = hashlib.shake_256(b"range").digest(size)
    file = seal(data, ME)
    payload = Payload(read_at(file), len(file), [ME])
    assert payload.size == size
    assert payload.read(start, n) == data[start : start + max(n, 0)]
    assert payload.read(-1 - start, n) == b""


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_the_size_of_a_file_is_known_beforehand(size: int) -> None:
    encryptor = Encryptor([ME.recipient])
    file = encryptor.prefix + encryptor.update(bytes(size)) + encryptor.finish()
    assert len(file) == ciphertext_size(len(encryptor.prefix), size)


def test_every_changed_byte_is_refused_and_nothing_released() -> None:
    file = seal(b"A fictional document.", ME, OTHER)
    for at in range(len(file)):
        with pytest.raises(CaseHandoverError):
            next(decrypt(BytesIO(flipped(file, at)).read, [ME]))
        with pytest.raises(CaseHandoverError):
            Payload(read_at(flipped(file, at)), len(file), [ME])


def flipped(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1 << at % 8]) + file[at + 1 :]


def test_every_cut_is_refused_and_nothing_released() -> None:
    file = seal(b"A fictional document.", ME)
    for size in range(len(file)):
        with pytest.raises(CaseHandoverError):
            next(decrypt(BytesIO(file[:size]).read, [ME]))
        with pytest.raises(CaseHandoverError):
            Payload(read_at(file[:size]), size, [ME])


def test_a_store_that_loses_bytes_is_noticed() -> None:
    file = seal(bytes(3 * CHUNK), ME)
    lost = False

    def read(offset: int, n: int) -> bytes:
        return file[offset : offset + n - lost]

    payload = Payload(read, len(file), [ME])
    lost = True
    with pytest.raises(CaseHandoverError, match="age-payload-truncated"):
        payload.read(0, 10)


def test_memory_is_flat() -> None:
    size = 50 << 20
    encryptor = Encryptor([ME.recipient])
    sealed = bytearray(encryptor.prefix)
    for _ in range(size >> 20):
        sealed += encryptor.update(bytes(1 << 20))
    sealed += encryptor.finish()
    file = BytesIO(bytes(sealed))
    del sealed
    tracemalloc.start()
    try:
        released = sum(len(piece) for piece in decrypt(file.read, [ME]))
        view = file.getbuffer()
        payload = Payload(lambda at, n: bytes(view[at : at + n]), len(view), [ME])
        for at in range(0, payload.size, 1 << 20):
            payload.read(at, 1 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert released == payload.size == size
    assert peak < 8 << 20


LINES = b"age-encryption.org/v1|-> mlkem768x25519 A|-> scrypt|->|-> a |AAAA||A|A=|--- |---|\xff"
LONG = [b"A" * 64, b"--- " + b"A" * 43]


@given(
    st.binary(max_size=80)
    | st.lists(st.sampled_from([*LINES.split(b"|"), *LONG]), max_size=9).map(b"\n".join)
)
def test_no_bytes_at_all_lead_to_another_error(data: bytes) -> None:
    for attempt in (
        lambda: b"".join(decrypt(BytesIO(data).read, [ME, ScryptIdentity(b"", 4)])),
        lambda: Payload(read_at(data), len(data), [ME]),
    ):
        with pytest.raises(CaseHandoverError):
            attempt()


def test_no_recipient_and_too_many_are_refused() -> None:
    for count in (0, MAX_STANZAS + 1):
        with pytest.raises(Malformed, match="age-header-malformed"):
            Encryptor([ME.recipient] * count)


def test_a_passphrase_stands_alone() -> None:
    with pytest.raises(Malformed, match="age-header-malformed"):
        Encryptor([ME.recipient, ScryptRecipient(b"fictional", 4)])


def test_a_header_tells_its_stanza_types() -> None:
    encryptor = Encryptor([ME.recipient, OTHER.recipient])
    assert [stanza.type for stanza in encryptor.header.stanzas] == ["mlkem768x25519"] * 2
