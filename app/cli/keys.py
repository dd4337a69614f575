"""`handover keys`: our own keys."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from app import settings as configuration
from app.cli.common import Shell, json_option, show_json
from app.cli.recovery import recovery
from app.flows import keys as keyring_files
from app.flows import setup, succession
from app.flows.home import private_replace, private_write, stored_passphrase
from app.flows.site import utc_now
from app.flows.succession import Successor

NEW_FILE = click.Path(exists=False, dir_okay=False, path_type=Path)


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
    now = utc_now()
    data = shell.unlocked(
        lambda given: keyring_files.rotated_file(
            path.read_bytes(), given or stored_passphrase(shell.home, settings), now
        )
    )
    private_replace(path, data)
    setup.refresh(shell.site())
    click.echo("New keys are made. Restart the service, and give others the new card.")


@keys.command()
@click.argument("identifier")
@click.option("--name", required=True, help="What the new authority is called.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it begins.")
@click.option("--keyring", "keyring_file", type=NEW_FILE, required=True, help="For its keys.")
@click.option("--card", "card_file", type=NEW_FILE, required=True, help="For its card.")
@click.pass_obj
def succeed(
    shell: Shell, identifier: str, name: str, on: datetime, keyring_file: Path, card_file: Path
) -> None:
    """Prepare for our work to pass to a new IDENTIFIER: its keys, its card, our directory.

    The keys are encrypted with the passphrase of ours. On the day, change the settings as this
    command says, and restart the service.
    """
    site = shell.site()
    made = succession.prepare(site, identifier, name, on.date())
    private_write(keyring_file, [shell.unlocked(partial(_locked, shell, made))])
    card_file.write_bytes(made.card)
    click.echo(f"Its card is {card_file}. Fingerprint: {made.fingerprint}")
    click.echo("Let everybody whom we know pair with it, and renew ours, before that day.")
    click.echo(f"On {on:%Y-%m-%d}, put into the settings, and restart the service:")
    click.echo(f'authority = "{identifier}"')
    click.echo(f"formerly = {json.dumps(sorted(site.names))}")
    click.echo(f"keyring = {json.dumps(str(keyring_file.absolute()))}")


def _locked(shell: Shell, made: Successor, given: str | None) -> bytes:
    """The new keyring's file, in clear only where ours is."""
    settings = configuration.load(shell.home)
    ours = (shell.home / settings.keyring).read_bytes()
    passphrase = given or stored_passphrase(shell.home, settings)
    keyring_files.open_file(ours, passphrase)
    return keyring_files.file_of(made.keyring, None if ours.startswith(b"{") else passphrase)


keys.add_command(recovery)
