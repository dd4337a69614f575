"""A new home folder: settings and keys, before there is a service."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from app.errors import Conflict
from app.flows import keys
from app.flows.site import utc_now
from app.settings import FILE, Settings

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a file


def make(home: Path, chosen: dict[str, Any], *, encrypted: bool = True) -> Settings:
    """Write `handover.toml` with the chosen settings, a new keyring, and its passphrase's file.

    Raises Conflict (`already-set-up`). Only the owner can read what is written.
    """
    if (home / FILE).exists():
        raise Conflict("already-set-up", f"There is a service in {home} already")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    passphrase = secrets.token_urlsafe(24) if encrypted else None
    if passphrase is not None:
        chosen = {**chosen, "passphrase_file": PASSPHRASE}
        private_write(home / PASSPHRASE, passphrase.encode() + b"\n")
    settings = Settings.model_validate(chosen)
    private_write(home / settings.keyring, keys.new_file(settings.authority, passphrase, utc_now()))
    body = [f"{name} = {json.dumps(value)}" for name, value in chosen.items()]
    lines = ["# Every setting is in the README.", *body]
    private_write(home / FILE, ("\n".join(lines) + "\n").encode())
    return settings


def private_write(path: Path, data: bytes) -> None:
    """A new file that only its owner reads; never over one that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
