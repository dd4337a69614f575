"""`handover acknowledge` and `handover accept`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from app.cli.common import (
    FILE,
    Shell,
    json_option,
    names,
    operator,
    read_json,
    show_child,
    show_json,
)
from app.cli.send import deliver
from app.errors import Malformed
from app.flows import read, respond
from app.flows.issue import Issued
from app.flows.respond import Said
from app.flows.site import Site


@click.command()
@click.argument("handover")
@click.option("--name", required=True, help="Who has it.")
@click.option("--role", required=True, help="Their role, such as: Duty social worker.")
@click.option("--team", required=True, help="Their team.")
@click.option("--phone", required=True, help="Where to ring them.")
@json_option
@click.pass_obj
def acknowledge(
    shell: Shell, *, handover: str, name: str, role: str, team: str, phone: str, as_json: bool
) -> None:
    """Say who has it: a named person, nothing more."""
    site = shell.site()
    person = {"name": name, "role": role, "team": team, "phone": phone}
    said = Said({}, {"person": person})
    issued = respond.say(site, operator(site), handover, "acknowledgement", said)
    tell(site, issued, as_json, "Acknowledged.")


@click.command()
@click.argument("handover")
@click.argument("result", type=FILE, required=False)
@click.option("--template", is_flag=True, help="Print a result to fill in, with every open item.")
@click.option(
    "--carry-all-to", metavar="NAME", help="Who takes over every open item that the file omits."
)
@click.option("--role", help="Their role, such as: Social worker.")
@json_option
@click.pass_obj
def accept(
    shell: Shell,
    *,
    handover: str,
    result: Path | None,
    template: bool,
    carry_all_to: str | None,
    role: str | None,
    as_json: bool,
) -> None:
    """Record the conference's result, from a JSON file with `codes` and `words`."""
    if template == (result is not None):
        raise click.UsageError("Give the file with the result, or ask for its --template.")
    if (carry_all_to is None) != (role is None):
        raise click.UsageError("Give --carry-all-to with the name and --role with the role.")
    site = shell.site()
    who = operator(site)
    owner = {"name": carry_all_to, "role": role} if carry_all_to else None
    if template:
        show_json(_template(read.show(site, who, handover), site.settings.nation, owner))
        return
    assert result is not None
    said = replace(_said(read_json(result)), carry_forward_to=owner)
    issued = respond.say(site, who, handover, "acceptance", said)
    tell(site, issued, as_json, "Recorded.")
    if not as_json:
        called = names(site)
        for child in read.show(site, who, handover)["children"]:
            show_child(child, called)


def _said(asked: dict[str, Any]) -> Said:
    match asked:
        case {"codes": dict(codes), "words": dict(words), **others}:
            effective = others.pop("effective", None)
            if not others and isinstance(effective, str | None):
                return Said(codes, words, None, effective)
    raise Malformed("request-invalid", "The file has `codes`, `words` and perhaps `effective`")


def tell(site: Site, issued: Issued, as_json: bool, words: str) -> None:
    """Deliver it, and say how that went."""
    delivered = deliver(site, issued.handover)
    if as_json:
        said = {"statement": issued.statement, "place": issued.place}
        show_json({**said, "delivered": delivered})
        return
    click.echo(words if delivered else f"{words} They will be told as soon as they can be reached.")


def _template(
    shown: dict[str, Any], nation: str, owner: dict[str, str | None] | None
) -> dict[str, Any]:
    """A result to fill in: what is null or empty is refused until somebody has said it. Every
    open item is carried forward, unless that is changed; none is listed where `owner` takes all."""
    open_ = [one["item"] for one in shown["items"] if one["disposition"] is None]
    items = [] if owner else open_
    return {
        "codes": {
            "held": None,
            "quorate": None,
            "sender": None,
            "results": [
                {
                    "child": one["child"],
                    "result": None,
                    "start": None,
                    "category": {"scheme": nation, "code": None},
                }
                for one in shown["children"]
            ],
            "dispositions": [{"item": one, "disposition": "carried_forward"} for one in items],
            "family_told": None,
            "dissent": None,
        },
        "words": {
            "chair": {"name": "", "role": "Conference chair"},
            "items": [{"item": one, "owner": {"name": "", "role": ""}} for one in items],
        },
    }
