"""`handover keys`: our own keys."""

import click

from app import settings as configuration
from app.cli.common import Shell, json_option, show_json
from app.cli.recovery import recovery
from app.flows import keys as keyring_files
from app.flows import setup
from app.flows.home import private_replace, stored_passphrase
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
    now = utc_now()
    data = shell.unlocked(
        lambda given: keyring_files.rotated_file(
            path.read_bytes(), given or stored_passphrase(shell.home, settings), now
        )
    )
    private_replace(path, data)
    setup.refresh(shell.site())
    click.echo("New keys are made. Restart the service, and give others the new card.")


keys.add_command(recovery)
