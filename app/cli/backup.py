"""`handover backup` and `handover restore`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app import settings as configuration
from app.cli.common import Shell, login, operator
from app.errors import NotVerified
from app.flows import keys, restored
from app.flows.backup import restore as restoring
from app.flows.backup import take as taking
from app.flows.backup.restore import Keyring, Place
from app.flows.home import stored_passphrase
from app.resources import folder as packaged
from app.settings import FILE, Settings
from app.store.blobs import open_blobs
from app.store.unit_of_work import Database

DIR = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="DIR", type=DIR)
@click.pass_obj
def backup(shell: Shell, folder: Path) -> None:
    """Write a backup into a new folder in DIR, while the service runs.

    It holds all but the passphrase, which must lie elsewhere.
    """
    site = shell.site()
    with click.progressbar(length=1, label="Sealed files") as bar:
        taken = taking.take(site, shell.home, folder, _progress(bar))
    size = taken.size / 2**20
    click.echo(f"{taken.folder}: {taken.rows} rows, {taken.blobs} sealed files, {size:.1f} MiB.")
    if taken.missing:
        raise NotVerified(
            "backup-incomplete",
            "This is a backup, but sealed files that the database names are missing in the service "
            "or damaged: after a restore the other authorities are asked for them",
            ids=taken.missing,
        )


@click.command()
@click.argument("folder", metavar="[DIR]", type=DIR, required=False)
@click.option("--check", is_flag=True, help="Only check the backup in DIR; nothing is written.")
@click.option("--go-on", metavar="AUTHORITY", help="Issue statements to AUTHORITY all the same.")
@click.option("--purpose", help="With --go-on: whom you rang, and why. It is logged.")
@click.pass_obj
def restore(
    shell: Shell, folder: Path | None, *, check: bool, go_on: str | None, purpose: str | None
) -> None:
    """Make a service of the backup in DIR, in an empty home and an empty database.

    Then `serve`: nothing is issued to an authority until it was asked for what we lack. The steps,
    and what to do if one can't be reached (--go-on), are in openapi/restore.md.
    """
    if (folder is None) == (go_on is None) or (go_on is None) != (purpose is None):
        raise click.UsageError("Name a backup, or an authority to go on with and the purpose.")
    if go_on is not None:
        site = shell.site()
        restored.go_on(site, operator(site), go_on, purpose or "")
        click.echo(f"Statements to {go_on} are issued again.")
        return
    assert folder is not None
    settings = configuration.load(shell.home if (shell.home / FILE).is_file() else folder)
    keyring = _keyring(shell, folder, settings)
    if check:
        found = restoring.check(folder, keyring)
        click.echo(f"{len(found.files)} files, all as they were written.")
        return
    _restore(shell, folder, settings, keyring)


def _restore(shell: Shell, folder: Path, settings: Settings, keyring: Keyring) -> None:
    home = shell.home
    restoring.check(folder, keyring, sealed=False)  # before anything is made
    restoring.check_empty(home, settings)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = configuration.database_url(settings, home)
    with (
        Database(url) as database,
        click.progressbar(length=1, label="Sealed files") as bar,
    ):
        blobs = open_blobs(settings.blobs, home)
        place = Place(home, settings, database, blobs, packaged("migrations"))
        done = restoring.restore(folder, keyring, login(), place, _progress(bar))
    site = shell.site()
    with site.database.read() as uow:
        waiting = restored.held(uow, site, site.clock())
    click.echo(f"Restored as of {done.taken}: {done.rows} rows, {done.blobs} sealed files.")
    if done.left_out:
        click.echo(f"{done.left_out} rows are left out: their sealed file was lost before that.")
    click.echo("Now `handover serve`. Nothing is issued until what we lack was asked of:")
    for one in waiting:
        click.echo(f"  {one.authority}")


def _keyring(shell: Shell, folder: Path, settings: Settings) -> Keyring:
    try:
        data = (folder / taking.KEYRING).read_bytes()
    except OSError:
        raise NotVerified("backup-cut", f"There is no {taking.KEYRING} in {folder}") from None
    return shell.unlocked(
        lambda given: keys.open_file(data, given or stored_passphrase(shell.home, settings))
    )


def _progress(bar: Any) -> Callable[[int, int], None]:
    def progress(_: int, total: int) -> None:
        bar.length = total
        bar.update(1)

    return progress
