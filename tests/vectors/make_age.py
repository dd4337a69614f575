"""Makes tests/vectors/age/*: `python -m tests.vectors.make_age`, then `make_age.mjs` for npm's.

Each file is meant to test one failure or success. Sealing is randomised, so a run makes new files
with the same stated results; they change only with the format.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from app.crypto.age import CHUNK
from app.crypto.header import MAX_HEADER, Header, Stanza, derive, encode64
from app.crypto.recipients import HybridIdentity, ScryptRecipient
from tests.vectors.files import save

HERE = Path(__file__).parent / "age"
ALICE = HybridIdentity(hashlib.sha256(b"fictional authority one").digest())
BOB = HybridIdentity(hashlib.sha256(b"fictional authority two").digest())
CAROL = HybridIdentity(hashlib.sha256(b"fictional third party").digest())
PASSPHRASE = "correct horse battery staple"
FILE_KEY = b"sixteen byte key"
NONCE = bytes(16)
TEXT = b"A fictional document.\n"


def chunk(index: int, size: int, *, last: bool) -> bytes:
    """A sealed chunk whose ciphertext is all zeros, so that the vector compresses."""
    return seal(index, keystream(index, size, last=last), last=last)


def seal(index: int, plain: bytes, *, last: bool) -> bytes:
    nonce = index.to_bytes(11, "big") + bytes([last])
    return ChaCha20Poly1305(derive(FILE_KEY, NONCE, b"payload")).encrypt(nonce, plain, None)


def keystream(index: int, size: int, *, last: bool) -> bytes:
    nonce = (1).to_bytes(4, "little") + index.to_bytes(11, "big") + bytes([last])
    cipher = Cipher(ChaCha20(derive(FILE_KEY, NONCE, b"payload"), nonce), mode=None)
    return cipher.encryptor().update(bytes(size))


def header(*stanzas: Stanza) -> bytes:
    """Any stanzas under a right MAC, whether or not a header may hold them."""
    text = b"".join([b"age-encryption.org/v1\n", *(stanza.encode() for stanza in stanzas), b"---"])
    return mac(text)


def mac(text: bytes) -> bytes:
    """`text`, through its three dashes, with its right MAC."""
    import hmac

    tag = hmac.digest(derive(FILE_KEY, None, b"header"), text, "sha256")
    return text + f" {encode64(tag)}\n".encode()


def hybrid(identity: HybridIdentity = ALICE) -> Stanza:
    return identity.recipient.wrap(FILE_KEY)


def whole(*stanzas: Stanza) -> bytes:
    return header(*stanzas) + NONCE + seal(0, TEXT, last=True)


def mended(change: Callable[[bytes], bytes]) -> bytes:
    """A header to ALICE after `change` to its text, under a MAC of the changed text."""
    text = header(hybrid()).rpartition(b"---")[0] + b"---"
    return mac(change(text)) + NONCE + seal(0, TEXT, last=True)


def put(name: str, expect: str, file: bytes, plain: bytes | None = None, **keys: str) -> None:
    fields = [("expect", expect), *((k, v) for k, v in keys.items())]
    if "passphrase" not in keys and "identity" not in keys:
        fields.append(("identity", ALICE.to_string()))
    if plain is not None:
        fields.append(("payload", hashlib.sha256(plain).hexdigest()))
    save(HERE / name, fields, file)


def headers() -> None:
    malformed = "age-header-malformed"
    put("header_crlf", malformed, mended(lambda text: text.replace(b"\n", b"\r\n")))
    put("header_version_2", malformed, mended(lambda text: text.replace(b"org/v1", b"org/v2")))
    put("header_no_stanza", malformed, header() + NONCE + seal(0, TEXT, last=True))
    put("header_empty_file", malformed, b"")
    put("header_cut", malformed, header(hybrid())[:-1])
    put("header_mac_short", malformed, whole(hybrid()).replace(b"--- ", b"--- A", 1))
    put("header_two_spaces", malformed, mended(lambda t: t.replace(b"-> mlkem", b"->  mlkem")))
    put("header_final_line_missing", malformed, header(hybrid(), full_line(False)) + NONCE)
    put("header_21_stanzas", malformed, whole(hybrid(), *[grease(i) for i in range(20)]))
    put("header_20_stanzas", "success", whole(hybrid(), *[grease(i) for i in range(19)]), TEXT)
    put("header_over_64_KiB", malformed, whole(hybrid(), Stanza("big", (), bytes(MAX_HEADER))))
    put("header_scrypt_not_alone", malformed, whole(hybrid(), passphrase(4)))
    put("header_mac_changed", "age-header-mac", flip(whole(hybrid()), b"--- ", 4))
    put("header_stanza_added", "age-header-mac", added())
    put("stanza_not_canonical", malformed, mended(spare_bit))
    for name, stanza in broken_stanzas().items():
        put(name, "age-stanza-malformed", whole(stanza))


def broken_stanzas() -> dict[str, Stanza]:
    good = hybrid()
    return {
        "hybrid_two_arguments": Stanza(good.type, (*good.args, "more"), good.body),
        "hybrid_no_argument": Stanza(good.type, (), good.body),
        "hybrid_short_enc": Stanza(good.type, (encode64(bytes(1119)),), good.body),
        "hybrid_long_enc": Stanza(good.type, (encode64(bytes(1121)),), good.body),
        "hybrid_long_file_key": Stanza(good.type, good.args, good.body + b"\0"),
    }


def matches() -> None:
    none = "age-no-identity-matches"
    put("hybrid_no_match", none, whole(hybrid(BOB), hybrid(CAROL)))
    put("hybrid_type_upper_case", none, mended(lambda text: text.replace(b"mlkem", b"MLKEM")))
    good = hybrid()
    put("hybrid_tag", none, whole(Stanza(good.type, good.args, good.body[:-1] + b"\0")))
    put("hybrid_one", "success", whole(hybrid()), TEXT)
    put("hybrid_two", "success", whole(hybrid(BOB), hybrid()), TEXT)
    put("hybrid_and_unknown", "success", whole(grease(1), hybrid()), TEXT)
    put("scrypt", "success", whole(passphrase(4)), TEXT, passphrase=PASSPHRASE)
    put("scrypt_wrong", none, whole(passphrase(4)), passphrase="something else")
    heavy = Stanza("scrypt", (encode64(bytes(16)), "21"), bytes(32))
    put("scrypt_work_factor", "age-work-factor", whole(heavy), passphrase=PASSPHRASE)
    for name, args in {
        "scrypt_leading_zero": (encode64(bytes(16)), "04"),
        "scrypt_short_salt": (encode64(bytes(15)), "4"),
        "scrypt_one_argument": (encode64(bytes(16)),),
    }.items():
        stanza = Stanza("scrypt", args, bytes(32))
        put(name, "age-stanza-malformed", whole(stanza), passphrase=PASSPHRASE)


def payloads() -> None:
    start = header(hybrid()) + NONCE
    full, one = chunk(0, CHUNK, last=False), chunk(1, 1, last=True)
    only = chunk(0, CHUNK, last=True)
    plain = keystream(0, CHUNK, last=False) + keystream(1, 1, last=True)
    put("payload_empty", "success", start + chunk(0, 0, last=True), b"")
    put("payload_one_full", "success", start + only, keystream(0, CHUNK, last=True))
    put("payload_two", "success", start + full + one, plain)
    put("payload_nonce_cut", "age-nonce-missing", start[:-1])
    put("payload_no_chunk", "age-payload-truncated", start)
    put("payload_last_lost", "age-payload-truncated", start + full)
    put("payload_short_not_last", "age-payload-truncated", start + chunk(0, 5, last=False))
    put("payload_tag_cut", "age-payload-chunk", start + full + one[:-1])
    put("payload_one_byte_more", "age-payload-chunk", start + full + one + b"\0")
    put(
        "payload_after_full",
        "age-payload-trailing",
        start + only + b"\0",
        ranged="age-payload-chunk",
    )
    put("payload_two_last", "age-payload-trailing", start + only + chunk(1, 1, last=True),
        ranged="age-payload-chunk")  # fmt: skip
    put("payload_empty_last", "age-payload-empty-chunk", start + full + chunk(1, 0, last=True))
    put("payload_first_changed", "age-payload-chunk", start + b"\1" + full[1:] + one)
    put("payload_last_changed", "age-payload-chunk", start + full + b"\1" + one[1:])
    twice = start + full + full + chunk(2, 1, last=True)
    put("payload_chunk_twice", "age-payload-chunk", twice)
    swapped = start + chunk(1, CHUNK, last=False) + full + chunk(2, 1, last=True)
    put("payload_chunks_swapped", "age-payload-chunk", swapped)
    put("payload_other_nonce", "age-payload-chunk", start[:-1] + b"\1" + one)


def passphrase(log_n: int) -> Stanza:
    return ScryptRecipient(PASSPHRASE.encode(), log_n).wrap(FILE_KEY)


def grease(number: int) -> Stanza:
    return Stanza(f"unknown-{number}", ("argument",), os.urandom(number))


def full_line(short_line: bool) -> Stanza:
    """48 bytes fill a line of 64 columns; `short_line` is the empty one that must follow."""

    class Cut(Stanza):
        def encode(self) -> bytes:
            return Stanza.encode(self)[: None if short_line else -1]

    return Cut("unknown", (), bytes(48))


def added() -> bytes:
    text = whole(hybrid())
    return text.replace(b"---", grease(3).encode() + b"---", 1)


def spare_bit(text: bytes) -> bytes:
    """Sets a bit that the last base64 letter of the 32-byte body does not use."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text) - len(b"\n---") - 1
    return text[:at] + bytes([letters[letters.index(text[at]) + 1]]) + text[at + 1 :]


def flip(data: bytes, after: bytes, skip: int) -> bytes:
    """Another base64 letter `skip` bytes from where `after` begins."""
    at = data.index(after) + skip
    return data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :]


if __name__ == "__main__":
    assert Header.parse(header(hybrid())).encode()
    headers()
    matches()
    payloads()
