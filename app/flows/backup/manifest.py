"""What a backup holds, as its manifest says: written last, so that a cut backup has none.

It is authenticated with a key of the keyring's: whoever can write where backups lie, and has not
the keyring, adds no token and takes no statement away without its being noticed.
"""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.crypto import strictjson
from app.errors import Malformed, NotVerified, TooLarge
from app.flows.home import private_write
from app.trust import forms
from app.trust.forms import AuthorityId, Digest, Form, Moment
from app.trust.keyring import Keyring

FILE = "manifest.json"
TABLES = "tables"
BLOBS = "blobs"
LIMIT = 256 * 2**20
PIECE = 2**20
_LABEL = b"case-handover backup manifest v1"


class Content(Form):
    """One file."""

    size: Annotated[int, Field(ge=0, le=strictjson.SAFE_INTEGER)]
    sha256: Digest


class Manifest(Form):
    """`revision` is that of the tables; `files` are by their path in the folder. `missing` are
    blobs that rows name and that were not there, or were damaged, when the backup was taken."""

    v: Literal[1]
    authority: AuthorityId
    taken: Moment
    revision: str
    tables: tuple[str, ...]
    files: dict[str, Content]
    missing: tuple[str, ...]


class _Authenticated(Form):
    manifest: Manifest
    mac: Digest


def write(folder: Path, manifest: Manifest, keyring: Keyring) -> None:
    """Put the manifest beside what it describes."""
    signed = _Authenticated(manifest=manifest, mac=_mac(manifest, keyring))
    private_write(folder / FILE, [forms.data(signed)])


def read(folder: Path, keyring: Keyring) -> Manifest:
    """The manifest of a whole backup by this keyring.

    Raises NotVerified (`backup-cut`, `backup-changed`).
    """
    path = folder / FILE
    if not path.is_file():
        raise NotVerified("backup-cut", f"There is no {FILE} in {folder}: this is no whole backup")
    with path.open("rb") as file:
        data = file.read(LIMIT + 1)
    try:
        signed = forms.parse(_Authenticated, data, limit=LIMIT, code="backup-changed")
    except (Malformed, TooLarge):
        raise changed(FILE) from None
    if not hmac.compare_digest(signed.mac, _mac(signed.manifest, keyring)):
        raise changed(FILE)
    return signed.manifest


def check(path: Path, name: str, content: Content, use: Callable[[bytes], object]) -> None:
    """Give a file's bytes to `use`, piece by piece. Raises NotVerified (`backup-changed`) at its
    end, if it is not the file of the manifest."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                use(piece)
    except OSError:
        raise changed(name) from None
    if (size, digest.hexdigest()) != (content.size, content.sha256):
        raise changed(name)


def changed(name: str) -> NotVerified:
    """A file is not as it was written."""
    return NotVerified("backup-changed", f"{name} is not as it was written: use another backup")


def _mac(manifest: Manifest, keyring: Keyring) -> str:
    key = hmac.digest(keyring.label_key.raw, _LABEL, "sha256")
    return hmac.new(key, forms.data(manifest), "sha256").hexdigest()
