"""Two people together recover a keyring's passphrase, and neither can alone.

Each holder has a secret of their own, and each pair of holders a file: the passphrase sealed under
the second's secret, and that again under the first's. Both are age files (c2sp.org/age, scrypt), so
`age -d` twice opens one, and a disaster needs nothing of ours.
"""

import secrets
import unicodedata
from io import BytesIO

from app.crypto import age
from app.crypto.recipients import ScryptIdentity, ScryptRecipient
from app.errors import Malformed, NotVerified

LIMIT = 16 * 1024
"""Bytes of a recovery file."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: no letter that is taken for a digit."""
_GROUPS, _GROUP = 5, 5
_AS_READ = str.maketrans("ilo", "110", "-‐‑‒–—")


def new_secret() -> str:
    """125 random bits in five groups of five, to be written down and read aloud."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)))


def spelt(typed: str) -> str:
    """A secret in its one spelling, whatever capitals, spaces and hyphens it was typed with.

    Raises Malformed (`recovery-secret-form`).
    """
    text = unicodedata.normalize("NFKC", typed).casefold().translate(_AS_READ)
    letters = "".join(text.split())
    if len(letters) != _GROUPS * _GROUP or not set(letters) <= set(_ALPHABET):
        raise Malformed(
            "recovery-secret-form", "A holder's secret has five groups of five letters and digits"
        )
    return _grouped(letters)


def seal(passphrase: str, first: str, second: str, *, log_n: int = 18) -> bytes:
    """The file of two holders, by their secrets: opened under the first's, then the second's."""
    inner = _sealed(f"{passphrase}\n".encode(), second, log_n)
    return _sealed(inner, first, log_n)


def open_(data: bytes, one: str, other: str) -> str:
    """The passphrase, by the secrets of both holders in either order.

    Raises NotVerified (`recovery-secret`), Malformed (`recovery-form`), and as `age.decrypt`.
    """
    if len(data) > LIMIT:
        raise _no_file()
    for first, second in ((one, other), (other, one)):
        if (inner := _opened(data, first)) is not None:
            if (found := _opened(inner, second)) is not None:
                return _text(found)
            raise NotVerified(
                "recovery-secret",
                "One of the two secrets is right, the other does not open this file: type it "
                "again, or take the file that is named for these two holders",
            )
    raise NotVerified(
        "recovery-secret",
        "These secrets do not open this file: type both again, or take the file that is named for "
        "these two holders",
    )


def _sealed(data: bytes, secret: str, log_n: int) -> bytes:
    sealer = age.Encryptor([ScryptRecipient(secret.encode(), log_n)])
    return sealer.prefix + sealer.update(data) + sealer.finish()


def _opened(data: bytes, secret: str) -> bytes | None:
    """None where it is sealed under another secret."""
    try:
        return b"".join(age.decrypt(BytesIO(data).read, [ScryptIdentity(secret.encode())]))
    except NotVerified as error:
        if error.code != "age-no-identity-matches":
            raise
    return None


def _text(data: bytes) -> str:
    try:
        return data.decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise _no_file() from None


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _no_file() -> Malformed:
    return Malformed("recovery-form", "This is no recovery file: its name begins with recovery")
