"""`handover sync`: what another authority holds of our common ledgers and we lack."""

import click

from app.cli.common import Shell
from app.flows import catchup
from app.flows.site import directory_of


@click.command()
@click.argument("authority")
@click.pass_obj
def sync(shell: Shell, authority: str) -> None:
    """Ask another AUTHORITY now for what we lack of every ledger between us. After a `restore` the
    running service does it by itself."""
    site = shell.site()
    with site.database.read() as uow:
        current = directory_of(uow, site).current(authority, site.clock()).identifier
    count = catchup.ask(site, current)
    came = catchup.all_of(site, current)
    click.echo(f"{count} handovers between us; {came} statements came that were not here.")
