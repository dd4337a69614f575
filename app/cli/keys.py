"""`handover keys`: our own keys."""

import os
from pathlib import Path

import click

from app import settings as configuration
from app.cli.common import Shell, json_option, show_json
from app.errors import Malformed
from app.flows import keys as keyring_files
from app.flows import setup
from app.flows.site import utc_now


@click.group()
def keys() -> None:
    """Our own keys: what they are, and new ones."""


@keys.command()
@json_option
@click.pass_obj
def show(shell: Shell, as_json: bool) -> None:
    """The public side of our keys, and our fingerprint."""
    site = shell.site()
    _, fingerprint = setup.card(site)
    keysets = [
        {
            "id": one.id,
            "sign_from": one.sign_from.isoformat(),
            "sign_until": one.sign_until.isoformat(),
        }
        for one in site.keyring.public_keysets()
    ]
    if as_json:
        show_json({"authority": site.authority, "fingerprint": fingerprint, "keysets": keysets})
        return
    click.echo(f"{site.authority}\nFingerprint: {fingerprint}")
    for one in keysets:
        click.echo(f"Keyset {one['id']}: signs from {one['sign_from']} until {one['sign_until']}")


@keys.command()
@click.pass_obj
def rotate(shell: Shell) -> None:
    """New keys, in use in two weeks. Give the new card to everybody you are paired with."""
    settings = configuration.load(shell.home)
    path = shell.home / settings.keyring
    passphrase = _passphrase(shell.home, settings)
    data = keyring_files.rotated_file(path.read_bytes(), passphrase, utc_now())
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.chmod(0o600)
    beside.replace(path)
    setup.refresh(shell.site())
    click.echo("New keys are made. Restart the service, and give others the new card.")


def _passphrase(home: Path, settings: configuration.Settings) -> str | None:
    if given := os.environ.get("CASE_HANDOVER_PASSPHRASE"):
        return given
    if settings.passphrase_file:
        return (home / settings.passphrase_file).read_text(encoding="utf-8").rstrip("\n")
    if (home / settings.keyring).read_bytes().startswith(b"{"):
        return None
    raise Malformed("passphrase-missing", "Give the keyring's passphrase, or name its file")
