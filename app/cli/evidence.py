"""`handover evidence`: everything that proves a handover, as files."""

from pathlib import Path

import click

from app.cli.common import Shell, operator
from app.flows import evidence as proving
from app.flows.home import private_write


@click.command()
@click.argument("handover")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def evidence(shell: Shell, handover: str, folder: Path) -> None:
    """Save what proves a handover into a new FOLDER: its ledger, the directory, its roots, and each
    sealed bundle with its statement, and what contradicts it. What is sealed stays sealed."""
    site = shell.site()
    folder.mkdir(mode=0o700, parents=True)
    for file in proving.files(site, operator(site), handover):
        private_write(folder / file.name, file.pieces)
    here = f"--directory {folder / 'directory.jws'} --roots {folder / 'roots.json'}"
    click.echo("Saved. Anybody can check it, without a service:")
    click.echo(f"  handover verify ledger {folder / 'ledger.json'} {here}")
    if any(folder.glob("contradiction-*")):
        click.echo(f"  handover verify statement {folder / 'contradiction-*.jws'} {here}")
    click.echo(f"  handover verify bundle {folder / 'N.age'} {folder / 'N.jws'} {here}")
