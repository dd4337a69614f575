"""A new home folder: settings and keys, before there is a service."""

import json
import logging
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import Conflict, Malformed
from app.flows import keys
from app.flows.site import utc_now
from app.settings import FILE, Settings
from app.store.folder import sync_folder

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a file
ROOTS = "roots.json"
_LONGEST = 4096
log = logging.getLogger(__name__)


def make(home: Path, chosen: dict[str, Any], *, encrypted: bool = True) -> Settings:
    """Write `handover.toml` with the chosen settings, a new keyring, and its passphrase's file,
    unless `passphrase_file` is chosen: then that one is there already.

    Raises Conflict (`already-set-up`), and Malformed (`settings-invalid`, `passphrase-missing`)
    before anything is written. Only the owner can read what is.
    """
    if encrypted:
        chosen = {"passphrase_file": PASSPHRASE, **chosen}
    settings = _checked(chosen)
    for name in _own_files(settings):
        if (home / name).exists():
            raise Conflict("already-set-up", f"There is a service in {home} already: see {name}")
    made = secrets.token_urlsafe(24) if settings.passphrase_file == PASSPHRASE else None
    passphrase = made or stored_passphrase(home, settings)
    keyring = keys.new_file(settings.authority, passphrase, utc_now())
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if made is not None:
        private_write(home / PASSPHRASE, [made.encode() + b"\n"])
    private_write(home / settings.keyring, [keyring])
    body = [f"{name} = {json.dumps(value)}" for name, value in chosen.items()]
    lines = ["# Every setting is in the README.", *body]
    private_write(home / FILE, [("\n".join(lines) + "\n").encode()])
    return settings


def unmake(home: Path, settings: Settings) -> None:
    """Take back what `make` has just written, where no service came of it."""
    for name in _own_files(settings):
        (home / name).unlink()


def stored_passphrase(home: Path, settings: Settings) -> str | None:
    """The passphrase of the file that settings name, without the end of its line; None where they
    name none. That others can read it is warned of: services are not kept from starting by it.

    Raises Malformed (`passphrase-missing`).
    """
    if not settings.passphrase_file:
        return None
    path = home / settings.passphrase_file
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o007:
                log.warning("others can read the passphrase file: make it its owner's alone")
            passphrase = file.read(_LONGEST).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        passphrase = ""
    if not passphrase:
        raise Malformed(
            "passphrase-missing",
            f"There is no passphrase in {path} that can be read: check the file and its owner, or "
            "see openapi/recovery.md",
        )
    return passphrase


def private_write(path: Path, pieces: Iterable[bytes]) -> None:
    """A new file that only its owner reads, safely on the disk; never over one that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def private_replace(path: Path, data: bytes) -> None:
    """Another content for a file that only its owner reads: all of it, or the old one stays."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    private_write(beside, [data])
    beside.replace(path)
    sync_folder(path.parent)


def _own_files(settings: Settings) -> list[str]:
    """What `make` writes. A passphrase's file of another name is its owner's."""
    made = [PASSPHRASE] if settings.passphrase_file == PASSPHRASE else []
    return [FILE, settings.keyring, *made]


def _checked(chosen: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
        raise Malformed("settings-invalid", f"These are not as they should be: {names}") from None
