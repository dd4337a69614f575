"""An authority's keyring file, and whose signature makes a directory."""

from datetime import datetime, timedelta

from app.errors import Malformed
from app.trust import forms
from app.trust.authority import Keyset
from app.trust.directory import Directory, Roots, reopen_directory
from app.trust.keyfile import dump_unencrypted, load_unencrypted, lock, unlock
from app.trust.keyring import LEAD, Keyring


def new_file(authority: str, passphrase: str | None, now: datetime) -> bytes:
    """A new keyring as its file: an age file, or for a demonstration (no passphrase) in clear."""
    return file_of(Keyring.create(authority, now), passphrase)


def open_file(data: bytes, passphrase: str | None) -> Keyring:
    """The keyring of a file. A demonstration's is in clear, and says so.

    Raises Malformed (`passphrase-missing`, `keyring-form`), NotVerified (`keyring-passphrase`).
    """
    if data.startswith(b"{"):
        return load_unencrypted(data)
    if passphrase is None:
        raise Malformed("passphrase-missing", "Give the keyring's passphrase, or name its file")
    return unlock(data, passphrase)


def rotated_file(
    data: bytes, passphrase: str | None, now: datetime, *, at_once: bool = False
) -> bytes:
    """The same keyring with new keys, which come into use in two weeks; in an emergency at once."""
    lead = timedelta(0) if at_once else LEAD
    return file_of(open_file(data, passphrase).rotate(now, lead), passphrase)


def revoked_file(
    data: bytes,
    passphrase: str | None,
    keyset: str,
    now: datetime,
    *,
    since: datetime,
    compromised: bool,
) -> bytes:
    """The same keyring with one keyset taken back, if another is in use.

    Raises NotFound (`keyring-no-such-keyset`), NotAllowed (`keyring-no-keyset`).
    """
    keyring = open_file(data, passphrase).revoke(keyset, now, since=since, compromised=compromised)
    keyring.keyset(now)
    return file_of(keyring, passphrase)


def file_of(keyring: Keyring, passphrase: str | None) -> bytes:
    """A keyring as its file, encrypted if there is a passphrase."""
    return dump_unencrypted(keyring) if passphrase is None else lock(keyring, passphrase)


def state(keyset: Keyset, now: datetime) -> str:
    """`not_yet_in_use`, `in_use`, `accepted` (signs no more), `expired`, `revoked` or
    `compromised`."""
    if keyset.revoked:
        return "compromised" if keyset.revoked.compromised else "revoked"
    if now < keyset.sign_from:
        return "not_yet_in_use"
    if now < keyset.sign_until:
        return "in_use"
    return "accepted" if now < keyset.accept_until else "expired"


def roots(pinned: bytes | None, keyring: Keyring) -> Roots:
    """The roots pinned at `init`, or our own where we keep the directory ourselves.

    Raises Malformed (`roots-missing`, `roots-form`).
    """
    if pinned is not None:
        return _read_roots(pinned)
    if keyring.root is None:
        raise Malformed("roots-missing", "Put the regional roots into roots.json")
    return Roots(threshold=1, keys=(keyring.root.public,))


def roots_file(pinned: Roots) -> bytes:
    """The roots as a file to pin elsewhere, or to verify with offline."""
    return forms.data(pinned)


def open_directory(signed: bytes, pinned: bytes) -> Directory:
    """A signed directory by the roots of a file, for verifying offline. Raises NotVerified
    (`directory-roots`) and Malformed."""
    return reopen_directory(signed, _read_roots(pinned))


def _read_roots(pinned: bytes) -> Roots:
    return forms.parse(Roots, pinned, limit=64 * 1024, code="roots-form")
