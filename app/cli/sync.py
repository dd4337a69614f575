"""`handover sync`: what another authority holds of our common ledgers and we lack."""

import click

from app.cli.common import Shell
from app.flows import sync as synchronising


@click.command()
@click.argument("authority")
@click.pass_obj
def sync(shell: Shell, authority: str) -> None:
    """Ask another AUTHORITY for what we lack of every ledger between us: after a backup was brought
    back, before the service starts again. Sealed papers are not among it."""
    site = shell.site()
    ids = synchronising.handovers_with(site, authority)
    came = sum(synchronising.pull(site, authority, one) for one in ids)
    click.echo(f"{len(ids)} handovers between us; {came} statements came that were not here.")
