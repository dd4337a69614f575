"""`handover audit`: who opened what, when and why."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.common import FILE, Shell, json_option, operator, plain, show_json
from app.flows import audit as auditing
from app.flows.audit import LIMIT, START, Seen, parse_head
from app.flows.home import private_write
from app.flows.site import Site

_PAGE = 200


@click.group()
def audit() -> None:
    """The access log: who opened what, when and why, as a chain that shows every change."""


@audit.command()
@click.option("--handover", help="Only of this handover.")
@json_option
@click.pass_obj
def show(shell: Shell, handover: str | None, as_json: bool) -> None:
    """The entries in order, with their purposes."""
    entries = (
        one for one in _entries(shell.site()) if handover is None or one.handover == handover
    )
    if as_json:
        show_json([asdict(one) for one in entries])
        return
    for one in entries:
        what = f"{one.act}  {one.part}  {one.handover or ''}".rstrip()
        click.echo(f"{one.number:>6}  {one.at}  {one.who}  {what}")
        click.echo(f"        {plain(one.purpose)}")


@audit.command()
@json_option
@click.pass_obj
def head(shell: Shell, as_json: bool) -> None:
    """The end of the log, as number:digest. Write it down elsewhere, once a week or so: a log that
    was cut short or written anew does not go through it."""
    site = shell.site()
    _tell(auditing.head(site, operator(site)), as_json, "")


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(shell: Shell, file: Path) -> None:
    """Save the log as it is into a new FILE, an entry a line; purposes stay sealed."""
    site = shell.site()
    private_write(file, auditing.lines(site, operator(site)))
    click.echo(f"Saved. Anybody can check it, without a service: handover audit verify {file}")


@audit.command()
@click.argument("file", type=FILE)
@click.option("--head", "known", default=str(START), help="A head that was written down elsewhere.")
@json_option
def verify(file: Path, known: str, as_json: bool) -> None:
    """Check an exported log offline: no service, no database, no keys."""
    with file.open("rb") as exported:
        found = auditing.verify(iter(lambda: exported.readline(LIMIT + 2), b""), parse_head(known))
    _tell(found, as_json, "Verified: each entry follows from the one before. Its head is ")


def _entries(site: Site) -> Iterator[Seen]:
    after: int | None = 0
    while after is not None:
        page = auditing.page(site, operator(site), after, _PAGE)
        yield from page.entries
        after = page.cursor


def _tell(found: auditing.Head, as_json: bool, words: str) -> None:
    if as_json:
        show_json({"entries": found.count, "digest": found.digest, "head": str(found)})
    else:
        click.echo(f"{words}{found}")
