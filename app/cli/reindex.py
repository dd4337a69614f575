"""`handover reindex`: the index of all ledgers, computed anew."""

import click

from app.cli.common import Shell
from app.flows import reindex as reindexing


@click.command()
@click.pass_obj
def reindex(shell: Shell) -> None:
    """Compute the index of all ledgers anew. Nothing signed is touched."""
    with click.progressbar(length=1, label="Reindexing") as bar:

        def progress(_: int, total: int) -> None:
            bar.length = total
            bar.update(1)

        done = reindexing.reindex(shell.site(), progress)
    click.echo(f"{done} handovers.")
