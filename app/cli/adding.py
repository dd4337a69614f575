"""`handover supplement` and `handover correct`: more of a case, or the same mended."""

from pathlib import Path

import click

from app.cli.common import FILE, Shell, json_option, operator, read_json
from app.cli.respond import tell
from app.cli.send import attach
from app.flows import adding
from app.flows import draft as drafting
from app.flows.respond import Said


@click.command()
@click.argument("handover")
@click.argument("parts", type=FILE)
@click.option("--attach", "documents", multiple=True, type=FILE, help="A document; 1, 2, 3, ...")
@json_option
@click.pass_obj
def supplement(
    shell: Shell, *, handover: str, parts: Path, documents: tuple[Path, ...], as_json: bool
) -> None:
    """Send more of a case: a JSON file with `parts`, such as minutes, and documents."""
    words = read_json(parts)
    site = shell.site()
    who = operator(site)
    draft = drafting.enclose(site, who, handover).id if documents else None
    try:
        if draft is not None:
            attach(site, draft, documents, quiet=as_json)
        issued = adding.supplement(site, who, handover, Said({}, words), draft)
    except BaseException:
        if draft is not None:
            drafting.discard(site, who, draft)
        raise
    tell(site, issued, as_json, "Sent.")


@click.command()
@click.argument("handover")
@click.argument("parts", type=FILE)
@json_option
@click.pass_obj
def correct(shell: Shell, *, handover: str, parts: Path, as_json: bool) -> None:
    """Mend what our side has told: a JSON file with `supersedes`, and the `parts` that take their
    place."""
    words = read_json(parts)
    site = shell.site()
    tell(site, adding.correct(site, operator(site), handover, Said({}, words)), as_json, "Sent.")
