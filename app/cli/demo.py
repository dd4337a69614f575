"""`handover demo`."""

import tempfile
from pathlib import Path

import click

from app.cli.common import Shell, json_option, show_json
from app.demo.play import play
from app.demo.teller import Teller
from app.errors import Conflict
from app.flows.site import utc_now


@click.command()
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave both authorities in this new folder, to look at.",
)
@json_option
@click.pass_obj
def demo(shell: Shell, keep: Path | None, as_json: bool) -> None:
    """Watch an invented case cross between two authorities on this machine."""
    teller = Teller(quiet=as_json)
    today = utc_now().date()
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="handover-demo-") as folder:
            summary = play(shell.open_site, Path(folder), teller, today)
    else:
        if keep.exists() and any(keep.iterdir()):
            raise Conflict("folder-not-empty", f"{keep} is not empty: name another folder")
        summary = play(shell.open_site, keep, teller, today)
    if as_json:
        show_json(summary)
        return
    click.echo(f"\nDone in {summary['seconds']} seconds.")
    if keep is not None:
        click.echo("Both authorities are kept. Start them, each in a terminal of its own:")
        for name in ("oxfordshire", "swindon"):
            click.echo(f"  handover --home {keep / name} serve")
        click.echo("And look (this works without starting them):")
        click.echo(f"  handover --home {keep / 'swindon'} list")
        click.echo(f"  handover --home {keep / 'swindon'} show {summary['handover']}")
        click.echo(f"  handover --home {keep / 'swindon'} overdue")
