"""Recovery of the keyring's passphrase by any two of its holders."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.errors import Malformed
from app.flows import keys
from app.trust.recovery import LIMIT, new_secret, open_, seal, spelt

__all__ = ["LIMIT", "MOST_HOLDERS", "Recovery", "make", "spelt", "use"]

MOST_HOLDERS = 5
_HOLDER = re.compile(r"[a-z0-9]{1,20}")


@dataclass(frozen=True)
class Recovery:
    """`secrets`: each holder's own. `files`: one for each two of them, by name."""

    secrets: dict[str, str]
    files: dict[str, bytes]


def make(keyring: bytes, passphrase: str | None, holders: Sequence[str]) -> Recovery:
    """New secrets and files for the passphrase that opens this keyring. Each file is opened again
    before anybody relies on it.

    Raises Malformed (`recovery-holders`, `keyring-in-clear`), and as `keys.open_file`.
    """
    names = [holder.lower() for holder in holders]
    if not 2 <= len(set(names)) == len(names) <= MOST_HOLDERS or not all(
        _HOLDER.fullmatch(name) for name in names
    ):
        raise Malformed(
            "recovery-holders",
            f"Name two to {MOST_HOLDERS} holders, each by a word of its own of letters and digits",
        )
    keys.open_file(keyring, passphrase)
    if passphrase is None:
        raise Malformed(
            "keyring-in-clear", "These are the keys of a demonstration: there is nothing to recover"
        )
    secrets = {name: new_secret() for name in names}
    files: dict[str, bytes] = {}
    for one, other in combinations(names, 2):
        sealed = seal(passphrase, secrets[one], secrets[other])
        use(keyring, sealed, secrets[one], secrets[other])
        files[f"recovery-{one}-{other}.age"] = sealed
    return Recovery(secrets, files)


def use(keyring: bytes, recovery: bytes, one: str, other: str) -> str:
    """The passphrase, if it opens the keyring. Raises what `recovery.open_` and `keys.open_file`
    raise."""
    passphrase = open_(recovery, one, other)
    keys.open_file(keyring, passphrase)
    return passphrase
