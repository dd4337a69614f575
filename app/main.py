"""Composition: the one place where a service is put together from its parts."""

import ctypes
import os
import resource
import sys
from pathlib import Path

from app import settings as configuration
from app.cli.root import start
from app.errors import Malformed
from app.flows import keys
from app.flows.home import ROOTS, stored_passphrase
from app.flows.site import Site
from app.outside.oidc import IdentityProvider
from app.outside.peers import HttpPeers
from app.resources import folder
from app.settings import Settings
from app.store.blobs import open_blobs
from app.store.clock import Clock
from app.store.migrate import upgrade
from app.store.unit_of_work import Database

_PR_SET_DUMPABLE = 4


def open_site(home: Path, passphrase: str | None = None) -> Site:
    """The service that lives in a home folder. Migrates its database if need be.

    Raises Malformed (`settings-...`, `keyring-missing`), NotVerified (`keyring-passphrase`).
    """
    settings = configuration.load(home)
    keyring = keys.open_file(*_keyring_file(settings, home, passphrase))
    pinned = home / ROOTS
    database = Database(configuration.database_url(settings, home))
    upgrade(database, folder("migrations"))
    return Site(
        settings=settings,
        database=database,
        blobs=open_blobs(settings.blobs, home),
        keyring=keyring,
        roots=keys.roots(pinned.read_bytes() if pinned.is_file() else None, keyring),
        peers=HttpPeers(),
        clock=Clock(database),
        provider=IdentityProvider(settings.oidc_issuer) if settings.oidc_issuer else None,
    )


def _keyring_file(
    settings: Settings, home: Path, passphrase: str | None
) -> tuple[bytes, str | None]:
    """The keyring's bytes, and the passphrase given or else that of the passphrase file."""
    path = home / settings.keyring
    if not path.is_file():
        raise Malformed("keyring-missing", f"There is no keyring at {path}: see `handover init`")
    return path.read_bytes(), passphrase or stored_passphrase(home, settings)


def command() -> None:
    """The `handover` command."""
    os.umask(0o077)
    dump_no_core()
    start(open_site)


def dump_no_core() -> None:
    """Memory holds keys and words: when this process dies, it is written to no file.

    A limit is not enough where the kernel pipes dumps to a program (core(5)), so on Linux the
    process is not dumpable at all, and others of the same user can't look into it (prctl(2)).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


if __name__ == "__main__":
    command()
