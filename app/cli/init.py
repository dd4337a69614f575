"""`handover init`: a new service in a home folder."""

import click

from app.cli.common import Shell
from app.flows import home as home_folder
from app.flows import setup
from app.flows.setup import Contacts


@click.command()
@click.option("--authority", required=True, help="Our identifier, such as gss:E10000025.")
@click.option("--name", required=True, help="Our name, as others read it.")
@click.option(
    "--nation",
    type=click.Choice(["england", "wales", "scotland", "northern_ireland"]),
    default="england",
    show_default=True,
    help="Whose timetable and bank holidays apply to what we owe.",
)
@click.option("--endpoint", required=True, help="Where others reach us: https://...")
@click.option("--front-door", required=True, help="Telephone of the front door.")
@click.option("--out-of-hours", help="Telephone out of hours.")
@click.option("--secure-mail", help="Secure mailbox.")
@click.option("--port", default=8080, show_default=True, help="The port to listen on.")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help="A file with the keyring's passphrase, such as a mounted secret; made in the home folder, "
    "if not given.",
)
@click.option(
    "--unencrypted-demo",
    is_flag=True,
    help="Keep the keyring in clear. For demonstrations only: never with a real case.",
)
@click.pass_obj
def init(
    shell: Shell,
    *,
    authority: str,
    name: str,
    nation: str,
    endpoint: str,
    front_door: str,
    out_of_hours: str | None,
    secure_mail: str | None,
    port: int,
    passphrase_file: str | None,
    unencrypted_demo: bool,
) -> None:
    """Set up a service: settings, keys, database, and a directory with ourselves in it."""
    home = shell.home
    chosen = {"authority": authority, "nation": nation, "port": port}
    if passphrase_file is not None:
        if unencrypted_demo:
            raise click.UsageError("A keyring in clear has no passphrase.")
        chosen["passphrase_file"] = passphrase_file
    settings = home_folder.make(home, chosen, encrypted=not unencrypted_demo)
    try:
        site = shell.open_site(home, None)
        click.get_current_context().call_on_close(site.database.close)
        setup.found(site, Contacts(name, endpoint, front_door, out_of_hours, secure_mail))
    except BaseException:
        home_folder.unmake(home, settings)
        raise
    _, fingerprint = setup.card(site)
    click.echo(f"{name} ({authority}) is set up in {home}.")
    if unencrypted_demo:
        click.echo("ITS KEYS ARE NOT ENCRYPTED. For demonstrations only.")
    else:
        where = home / settings.passphrase_file
        click.echo(f"The keyring's passphrase is in {where}: keep a copy elsewhere.")
    click.echo(f"Fingerprint to read over the telephone: {fingerprint}")
    click.echo("Next: `handover directory pair` with another authority's card, `handover serve`.")
