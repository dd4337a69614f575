"""An authority's keyring file, and whose signature makes a directory."""

from datetime import datetime

from app.errors import Malformed
from app.trust import forms
from app.trust.directory import Directory, Roots, reopen_directory
from app.trust.keyfile import dump_unencrypted, load_unencrypted, lock, unlock
from app.trust.keyring import Keyring


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


def rotated_file(data: bytes, passphrase: str | None, now: datetime) -> bytes:
    """The same keyring with new keys, which come into use in two weeks."""
    return file_of(open_file(data, passphrase).rotate(now), passphrase)


def file_of(keyring: Keyring, passphrase: str | None) -> bytes:
    """A keyring as its file, encrypted if there is a passphrase."""
    return dump_unencrypted(keyring) if passphrase is None else lock(keyring, passphrase)


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
