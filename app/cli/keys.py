"""`handover keys`: our own keys."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
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
    now = site.clock()
    keysets = [
        {
            "id": one.id,
            "state": keyring_files.state(one, now),
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
        click.echo(
            f"Keyset {one['id']}: signs from {one['sign_from']} until {one['sign_until']} "
            f"({one['state'].replace('_', ' ')})"
        )


@keys.command()
@click.option("--now", "at_once", is_flag=True, help="In use at once: in an emergency.")
@click.pass_obj
def rotate(shell: Shell, at_once: bool) -> None:
    """New keys, in use in two weeks. Until then the others fetch our new card by themselves."""
    now = utc_now()
    _change(shell, partial(keyring_files.rotated_file, now=now, at_once=at_once))
    click.echo("New keys are made. Restart the service.")
    if at_once:
        click.echo("They count at once: let the others renew our card before you send anything.")


@keys.command()
@click.argument("keyset")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Today, if not given.")
@click.option("--compromised", is_flag=True, help="Others may have it: it counts at no time.")
@click.pass_obj
def revoke(shell: Shell, keyset: str, since: datetime | None, compromised: bool) -> None:
    """Take a KEYSET back (`keys show` names them). Make others first, with `keys rotate --now`."""
    now = utc_now()
    from_ = since.replace(tzinfo=UTC) if since else now
    _change(
        shell,
        partial(
            keyring_files.revoked_file,
            keyset=keyset,
            now=now,
            since=from_,
            compromised=compromised,
        ),
    )
    click.echo("It is taken back. Restart the service.")
    click.echo("Who knows a newer keyset of ours takes our card by `handover directory renew`;")
    click.echo("ring all others, and let them pair again by our card and its fingerprint.")


def _change(shell: Shell, changed: Callable[..., bytes]) -> None:
    """Another keyring in the place of ours, and our entry in the directory as it says."""
    settings = configuration.load(shell.home)
    path = shell.home / settings.keyring
    stored = stored_passphrase(shell.home, settings)
    data = shell.unlocked(lambda given: changed(path.read_bytes(), given or stored))
    private_replace(path, data)
    site = shell.site()
    if setup.signs_itself(site):
        setup.refresh(site)
    else:
        click.echo("Give the new card to whoever signs the directory.")


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
