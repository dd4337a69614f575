"""`handover patterns`: what a case shows when it is counted."""

import errno
from pathlib import Path

import click

from app.cli.common import Shell, json_option, operator, plain, read_json, show_json
from app.flows import patterns as counting
from app.flows.home import private_write
from app.flows.patterns import Patterns
from app.flows.site import utc_now


@click.command()
@click.argument("case")
@click.option("--purpose", help="What you need it for, of a handover. It is logged.")
@click.option(
    "--svg",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Draw a plot of each into this new folder.",
)
@json_option
@click.pass_obj
def patterns(
    shell: Shell, case: str, purpose: str | None, folder: Path | None, as_json: bool
) -> None:
    """What a case shows when it is counted: missed appointments, incidents and their spacing,
    allegations, injuries, reviews, moves, when each child was last seen, neglect grades.

    CASE is a handover, by its id, or a case file (JSON), for which no service is needed. Figures
    and dates only: what they mean is for people to judge. `--json` has the entries of each.
    """
    if folder is not None and folder.exists():  # before anything is opened, and logged
        raise FileExistsError(errno.EEXIST, "File exists", folder)
    found = _count(shell, case, purpose)
    if folder is not None:
        _draw(found, folder)
    if as_json:
        show_json(found.model_dump(mode="json"))
    elif folder is None:
        _show(found)


def _count(shell: Shell, case: str, purpose: str | None) -> Patterns:
    if not counting.HANDOVER.fullmatch(case):
        return counting.of_file(read_json(Path(case)), utc_now())
    given = purpose if purpose is not None else click.prompt("Purpose")
    site = shell.site()
    return counting.count(site, operator(site), case, given)


def _draw(found: Patterns, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name in counting.NAMES:
        private_write(folder / f"{name}.svg", [counting.plot(found, name)])
    click.echo(f"Drawn in {folder}. They name children: delete them when you are done.", err=True)


def _show(found: Patterns) -> None:
    for words in counting.not_counted(found):
        click.echo(words, err=True)
    for one in counting.told(found):
        click.echo(one.title)
        for line in one.lines or ("Nothing of this on record.",):
            click.echo(f"    {plain(line)}")
