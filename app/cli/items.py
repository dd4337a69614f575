"""`handover items`: the open things of a handover, in words."""

import click

from app.cli.common import Shell, json_option, operator, plain, show_json
from app.flows import disclose


@click.command()
@click.argument("handover")
@click.option("--purpose", required=True, prompt=True, help="What you need it for. It is logged.")
@json_option
@click.pass_obj
def items(shell: Shell, handover: str, purpose: str, as_json: bool) -> None:
    """Every concern, outcome and other open thing in words, and what happens to it now."""
    site = shell.site()
    found = disclose.items(site, operator(site), handover, purpose)
    if as_json:
        show_json(found)
        return
    for one in found:
        now = (one["disposition"] or "nobody yet").replace("_", " ")
        click.echo(f"{one['type']}  {one['item']}  {now}")
        click.echo(f"    {plain(one['what'] or '(withheld)')}")
