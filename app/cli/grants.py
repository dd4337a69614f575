"""`handover grant`, `handover restrict` and `handover addresses`: who may look."""

import click

from app.access import Grant
from app.cli.common import Shell, json_option, operator, show_json
from app.flows import disclose, grants

why = click.option("--purpose", required=True, prompt=True, help="Why. It is logged.")


@click.group()
def grant() -> None:
    """Who may open a restricted handover, or review one case."""


@grant.command()
@click.argument("handover")
@click.option("--subject", required=True, help="The person's opaque id, as their token has it.")
@click.option(
    "--kind",
    type=click.Choice(["opener", "reviewer"]),
    required=True,
    help="To open it although it is restricted, or to review this one case.",
)
@click.option("--until", required=True, help="The last day, YYYY-MM-DD.")
@why
@json_option
@click.pass_obj
def add(
    shell: Shell,
    *,
    handover: str,
    subject: str,
    kind: Grant,
    until: str,
    purpose: str,
    as_json: bool,
) -> None:
    """Name somebody for a handover, in the place of what they have of the kind."""
    site = shell.site()
    made = grants.add(
        site, operator(site), handover, subject=subject, kind=kind, until=until, purpose=purpose
    )
    if as_json:
        show_json(made)
    else:
        click.echo(f"Grant {made['id']}: {subject} is {kind} up to {made['until']}.")


@grant.command("list")
@click.argument("handover")
@json_option
@click.pass_obj
def list_(shell: Shell, handover: str, as_json: bool) -> None:
    """Who is named for a handover, or was."""
    site = shell.site()
    found = grants.every(site, operator(site), handover)
    if as_json:
        show_json(found)
        return
    for one in found:
        over = f"ended {one['ended_at']}" if one["ended_at"] else f"until {one['until']}"
        click.echo(f"{one['id']}  {one['kind']:<8}  {one['subject']}  {over}")


@grant.command()
@click.argument("handover")
@click.argument("grant_id")
@why
@click.pass_obj
def end(shell: Shell, handover: str, grant_id: str, purpose: str) -> None:
    """End a grant now."""
    site = shell.site()
    grants.end(site, operator(site), handover, grant_id, purpose)
    click.echo("Ended.")


@click.command()
@click.argument("handover")
@click.option("--lift", is_flag=True, help="Lift our own restriction.")
@why
@click.pass_obj
def restrict(shell: Shell, handover: str, lift: bool, purpose: str) -> None:
    """Keep a handover to named people."""
    site = shell.site()
    found = grants.restrict(site, operator(site), handover, not lift, purpose)
    if not found.restricted:
        click.echo("It is not restricted any more.")
    elif found.own:
        click.echo("Restricted: only those named by `handover grant` open it.")
    else:
        click.echo("Ours is lifted; it stays restricted, as the other authority sent it.")


@click.command()
@click.argument("handover")
@why
@click.pass_obj
def addresses(shell: Shell, handover: str, purpose: str) -> None:
    """The protected addresses of a case, in full."""
    site = shell.site()
    show_json(disclose.addresses(site, operator(site), handover, purpose))
