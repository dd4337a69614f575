"""`handover send`: a case file and its documents, to another authority."""

import mimetypes
from datetime import timedelta
from pathlib import Path
from typing import get_args

import click

from app.cli.common import FILE, Shell, json_option, operator, read_json, show_json
from app.flows import draft as drafting
from app.flows import send as sending
from app.flows import work
from app.flows.draft import AttachmentSink, Transfer
from app.flows.site import Site

_PIECE = 2**20
_LEASE = timedelta(minutes=10)


@click.command()
@click.argument("case_file", type=FILE)
@click.option("--to", "recipient", required=True, help="The receiving authority, scheme:code.")
@click.option("--reference", required=True, help="Our own reference: capitals, digits, / and -.")
@click.option(
    "--transfer",
    type=click.Choice(get_args(Transfer)),
    default="cp_permanent",
    show_default=True,
    help="What kind of move this is.",
)
@click.option("--notification", required=True, type=FILE, help="The three-minute facts, as JSON.")
@click.option("--attach", "documents", multiple=True, type=FILE, help="A document; 1, 2, 3, ...")
@json_option
@click.pass_obj
def send(
    shell: Shell,
    *,
    case_file: Path,
    recipient: str,
    reference: str,
    transfer: Transfer,
    notification: Path,
    documents: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Send a case: notify at once, then the case file with its documents."""
    site = shell.site()
    who = operator(site)
    words = read_json(notification)
    row = drafting.create(
        site,
        who,
        recipient=recipient,
        own_reference=reference,
        transfer=transfer,
        team=None,
        case_file=read_json(case_file),
    )
    told = sending.notify(site, who, row.id, words)
    deliver_now(site)
    _attach(site, row.id, documents, quiet=as_json)
    sent = sending.dispatch(site, who, row.id, [], None)
    outcomes = deliver_now(site)
    if as_json:
        show_json(
            {"handover": row.id, "notification": told.statement, "dispatch": sent.statement,
             "deliveries": outcomes}
        )  # fmt: skip
        return
    click.echo(f"Handover {row.id} to {recipient}")
    if all(outcome == "done" for outcome in outcomes):
        click.echo("Notified and sent: they have it, verified, and signed for it.")
    else:
        click.echo("Saved. They can't be reached now; the service goes on trying.")
        click.echo("If it is urgent, ring them: their telephone is in `handover directory show`.")


def deliver_now(site: Site) -> list[str]:
    """Deliver what is due without waiting for the service's own worker; one try each."""
    outcomes = []
    while found := work.claim(site, _LEASE, 1):
        outcomes += [work.run(site, job, 0.5) for job in found]
    return outcomes


def _attach(site: Site, draft: str, documents: tuple[Path, ...], *, quiet: bool) -> None:
    total = sum(path.stat().st_size for path in documents)
    with click.progressbar(length=total, label="Sealing documents", hidden=quiet) as bar:
        for number, path in enumerate(documents, 1):
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            sink = AttachmentSink(site, operator(site), draft, number, path.name, media_type)
            with path.open("rb") as file:
                try:
                    while piece := file.read(_PIECE):
                        sink.feed(piece)
                        bar.update(len(piece))
                    sink.finish()
                except BaseException:
                    sink.abort()
                    raise
