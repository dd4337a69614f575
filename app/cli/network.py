"""`handover network`: each role that the move leaves behind, and who follows."""

from typing import Any

import click

from app.cli.common import Shell, json_option, operator, plain, show_json, whom
from app.flows import network as opened

STATES = {
    "empty": "NOBODY",
    "nobody_yet": "no successor yet",
    "successor_named": "successor named",
    "continues": "goes on",
    "ends": "ends",
}


@click.command()
@click.argument("handover")
@click.option("--purpose", required=True, prompt=True, help="What you need it for. It is logged.")
@json_option
@click.pass_obj
def network(shell: Shell, handover: str, purpose: str, as_json: bool) -> None:
    """Each role that the move leaves behind: who filled it, who follows, and whether they know."""
    site = shell.site()
    found = opened.network(site, operator(site), handover, purpose)
    if as_json:
        show_json(found)
        return
    for one in found:
        of = plain(one["child_name"] or f"child {one['child']}") if one["child"] else "the family"
        told = {True: ", told of the move", False: ", NOT TOLD of the move", None: ""}[one["told"]]
        role = one["role"].replace("_", " ")
        click.echo(f"{role} of {of}: {STATES[one['state']]}{told}")
        for link in one["links"]:
            mark = "->" if link["follows"] else "  "
            click.echo(f"    {mark} {plain(_named(link['who']))}")
            follows = (link["became"] or {}).get("owner") or link["successor"]
            if follows:
                click.echo(f"    -> {plain(_named(follows))}")


def _named(who: dict[str, Any] | None) -> str:
    if who is None:
        return "(withheld)"
    return whom(who) or "(no name)"
