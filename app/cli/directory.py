"""`handover directory`: whom we know, and how we came to trust them."""

import sys
from pathlib import Path

import click

from app.cli.common import FILE, Shell, json_option, plain, show_json
from app.flows import cards, keys, setup


@click.group()
def directory() -> None:
    """The authorities that we know and trust."""


@directory.command()
@json_option
@click.option("--signed", is_flag=True, help="As it is signed, to verify evidence with offline.")
@click.pass_obj
def show(shell: Shell, as_json: bool, signed: bool) -> None:
    """The directory in force."""
    site = shell.site()
    value, wire = setup.current_directory(site)
    if signed:
        sys.stdout.buffer.write(wire)
        return
    if as_json:
        show_json(value)
        return
    click.echo(f"Version {value['version']}, good until {value['expires']}")
    for one in value["authorities"]:
        name = plain(one["name"])
        click.echo(f"{one['identifier']}  {name}  {one['route']}  {one['endpoint'] or ''}")
        click.echo(f"    front door {one['contacts']['front_door']}, verified {one['verified_on']}")
        if look := cards.last_look(site, one["identifier"]):
            click.echo(f"    card last looked at {look[0]}: {look[1]}")


@directory.command()
@click.option("--out", type=click.Path(path_type=Path), help="A file; the terminal, if not given.")
@click.pass_obj
def card(shell: Shell, out: Path | None) -> None:
    """Our card, to give to another authority. Read them the fingerprint over the telephone."""
    wire, fingerprint = setup.card(shell.site())
    if out is None:
        sys.stdout.buffer.write(wire)
    else:
        out.write_bytes(wire)
    click.echo(f"Fingerprint: {fingerprint}", err=True)


@directory.command()
@click.argument("card_file", type=FILE)
@click.option("--fingerprint", help="As they read it over a telephone number that you know.")
@click.pass_obj
def pair(shell: Shell, card_file: Path, fingerprint: str | None) -> None:
    """Trust another authority by its card and the fingerprint that was read to you."""
    site = shell.site()
    wire = card_file.read_bytes()
    shown, _ = setup.read_card(site, wire)
    if fingerprint is None:
        click.echo(f"This card says that it is of {plain(shown.authority.name)},")
        click.echo(f"known as {', '.join(shown.authority.names)}, at {shown.authority.endpoint}.")
        click.echo("Ring them on a number that you know, not one from the card.")
        fingerprint = click.prompt("The fingerprint that they read to you")
    paired = setup.pair(site, wire, fingerprint)
    click.echo(f"Paired with {plain(paired.name)} ({paired.identifier}).")


@directory.command()
@click.argument("authority")
@click.pass_obj
def renew(shell: Shell, authority: str) -> None:
    """Take another AUTHORITY's new keys and contacts, if the keys that we trust vouch for them."""
    site = shell.site()
    renewed = setup.renew(site, authority)
    click.echo(f"Renewed {plain(renewed.name)} ({renewed.identifier}).")


@directory.command()
@click.pass_obj
def roots(shell: Shell) -> None:
    """Whose signature makes our directory: a file to verify evidence with offline."""
    sys.stdout.buffer.write(keys.roots_file(shell.site().roots))


@directory.command()
@click.argument("document", type=FILE)
@click.pass_obj
def sign(shell: Shell, document: Path) -> None:
    """Sign a directory document (JSON) with our root; the result goes to the terminal."""
    sys.stdout.buffer.write(setup.sign(shell.site(), document.read_bytes()))


@directory.command("import")
@click.argument("signed", type=FILE)
@click.pass_obj
def import_(shell: Shell, signed: Path) -> None:
    """Take a newer directory that our roots have signed."""
    version = setup.import_directory(shell.site(), signed.read_bytes())
    click.echo(f"Version {version} is in force.")
