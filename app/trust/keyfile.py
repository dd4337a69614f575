"""A keyring at rest: one age file under a passphrase.

`age -d keyring.age` with the passphrase shows its JSON, so that a disaster needs nothing of ours.
A demonstration may keep its keyring in clear, and the file says so.
"""

import unicodedata
from io import BytesIO

from app.crypto import age, strictjson
from app.crypto.recipients import ScryptIdentity, ScryptRecipient
from app.errors import Malformed, NotVerified
from app.trust import forms
from app.trust.keyring import Keyring

LIMIT = 1024 * 1024
"""Bytes of a keyring file."""


def lock(keyring: Keyring, passphrase: str, *, log_n: int = 18) -> bytes:
    """The keyring as an age file; scrypt takes 2^`log_n` KiB of memory at each unlocking."""
    sealed = age.Encryptor([ScryptRecipient(_passphrase(passphrase), log_n)])
    return sealed.prefix + sealed.update(forms.data(keyring)) + sealed.finish()


def unlock(locked: bytes, passphrase: str) -> Keyring:
    """Raises NotVerified `keyring-passphrase`, Malformed `keyring-form`, and as `age.decrypt`."""
    if len(locked) > LIMIT:
        raise Malformed("keyring-form", "This file is too long to be a keyring.")
    try:
        pieces = age.decrypt(BytesIO(locked).read, [ScryptIdentity(_passphrase(passphrase))])
        return _read(b"".join(pieces))
    except NotVerified as error:
        if error.code != "age-no-identity-matches":
            raise
    raise NotVerified("keyring-passphrase", "The passphrase does not open this keyring.")


def dump_unencrypted(keyring: Keyring) -> bytes:
    """The keyring in clear, and saying so: for demonstrations only."""
    return strictjson.canonical({"keyring": forms.value(keyring), "unencrypted": "demo"})


def load_unencrypted(data: bytes) -> Keyring:
    """What `dump_unencrypted` made. Raises Malformed `keyring-form`."""
    match _json(data):
        case {"keyring": dict(keyring), "unencrypted": "demo", **others} if not others:
            return _read(strictjson.canonical(keyring))
    raise Malformed("keyring-form", "This is no keyring of a demonstration.")


def _read(data: bytes) -> Keyring:
    _json(data)
    return forms.read(Keyring, data, "keyring-form")


def _json(data: bytes) -> strictjson.JsonValue:
    try:
        return strictjson.parse_canonical(data, limit=LIMIT)
    except Malformed:
        raise Malformed("keyring-form", "This is no keyring, or a damaged one.") from None


def _passphrase(text: str) -> bytes:
    """One spelling, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", text).encode(errors="surrogatepass")
