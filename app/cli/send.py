"""`handover send`: a case file and its documents, to another authority."""

import mimetypes
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import click

from app.cli.common import FILE, Shell, json_option, operator, read_json, show_json
from app.errors import NotFound
from app.flows import draft as drafting
from app.flows import read, work
from app.flows import send as sending
from app.flows.attaching import AttachmentSink
from app.flows.draft import Transfer
from app.flows.site import Site

LEASE = timedelta(minutes=10)
PATIENCE = 20.0
"""Seconds for which a delivery that the service is at is waited for."""
_PIECE = 2**20


@click.command()
@click.argument("case_file", type=FILE)
@click.option("--to", "recipient", help="The receiving authority, scheme:code.")
@click.option("--reference", help="Our own reference: capitals, digits, / and -.")
@click.option(
    "--transfer",
    type=click.Choice(get_args(Transfer)),
    default="cp_permanent",
    show_default=True,
    help="What kind of move this is.",
)
@click.option("--notification", type=FILE, help="The three-minute facts, as JSON.")
@click.option("--attach", "documents", multiple=True, type=FILE, help="A document; 1, 2, 3, ...")
@click.option("--go-on", "begun", metavar="ID", help="Send the papers of one that was notified.")
@json_option
@click.pass_obj
def send(
    shell: Shell,
    *,
    case_file: Path,
    recipient: str | None,
    reference: str | None,
    transfer: Transfer,
    notification: Path | None,
    documents: tuple[Path, ...],
    begun: str | None,
    as_json: bool,
) -> None:
    """Send a case: notify at once, then the case file with its documents."""
    case = read_json(case_file)
    told = None
    if begun is not None:
        site = shell.site()
        handover = drafting.replace_case_file(site, operator(site), begun, case).id
    elif recipient is None or reference is None or notification is None:
        raise click.UsageError("Say --to whom, with which --reference and --notification.")
    else:
        words = read_json(notification)
        site = shell.site()
        handover, told = _notify(
            site,
            words,
            recipient=recipient,
            own_reference=reference,
            transfer=transfer,
            case_file=case,
        )
    try:
        attach(site, handover, documents, quiet=as_json)
        sent = sending.dispatch(site, operator(site), handover, [], None)
    except BaseException:
        now = "They are told; the papers have not gone."
        if _undelivered(site, handover):
            now = "THEY ARE NOT TOLD YET: ring them. The papers have not gone."
        click.echo(
            f"{now} Put it right, and then: "
            f"handover send CASE_FILE --go-on {handover} --attach ...",
            err=True,
        )
        raise
    delivered = deliver(site, handover)
    shown = read.show(site, operator(site), handover)["items"]
    owed = sum(one["type"] == "gap" for one in shown)
    if as_json:
        statements = {"notification": told, "dispatch": sent.statement}
        show_json({"handover": handover, **statements, "delivered": delivered, "gaps": owed})
        return
    click.echo(f"Handover {handover}")
    if delivered:
        click.echo("Notified and sent: they have it, verified, and signed for it.")
    else:
        click.echo("Saved. They can't be reached now; the service goes on trying.")
        click.echo("If it is urgent, ring them: their telephone is in `handover directory show`.")
    if owed:
        click.echo(f"{owed} gaps travel as declared; we owe an answer to each: `handover items`.")


def deliver(site: Site, handover: str) -> bool:
    """Deliver what is due without waiting for the service, one try each; whether the other side
    has signed for all that we said of this handover. (The service may be at it at the same time.)
    """
    until = time.monotonic() + PATIENCE
    while waiting := read.show(site, operator(site), handover)["deliveries"]:
        jobs = work.claim(site, LEASE, 1, ["deliver"])
        for job in jobs:
            work.run(site, job, 0.5)
        if not jobs:
            if any(one["problem"] for one in waiting) or time.monotonic() > until:
                return False
            time.sleep(0.1)
    return not read.show(site, operator(site), handover)["failed"]


def _undelivered(site: Site, handover: str) -> bool:
    """Whether something that we said of it is not with them."""
    with suppress(NotFound):  # a draft: nothing was said
        return bool(read.show(site, operator(site), handover)["deliveries"])
    return True


def _notify(site: Site, words: dict[str, Any], **about: Any) -> tuple[str, str]:
    """Begin a handover with the notification; its id, and the notification's digest."""
    who = operator(site)
    handover = drafting.create(site, who, team=None, **about).id
    try:
        told = sending.notify(site, who, handover, words)
    except BaseException:
        drafting.discard(site, who, handover)
        raise
    deliver(site, handover)
    return handover, told.statement


def attach(site: Site, draft: str, documents: tuple[Path, ...], *, quiet: bool) -> None:
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
