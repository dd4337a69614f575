"""`handover acknowledge` and `handover accept`."""

from pathlib import Path
from typing import Any

import click

from app.cli.common import FILE, Shell, json_option, operator, read_json, show_json
from app.cli.send import deliver_now
from app.errors import Malformed
from app.flows import read, respond
from app.flows.issue import Issued
from app.flows.respond import Said
from app.flows.site import Site


@click.command()
@click.argument("handover")
@click.option("--name", required=True, help="Who has it.")
@click.option("--role", required=True)
@click.option("--team", required=True)
@click.option("--phone", required=True)
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
    _tell(site, issued, as_json, "Acknowledged.")


@click.command()
@click.argument("handover")
@click.argument("result", type=FILE, required=False)
@click.option("--template", is_flag=True, help="Print a result to fill in, with every open item.")
@json_option
@click.pass_obj
def accept(
    shell: Shell, *, handover: str, result: Path | None, template: bool, as_json: bool
) -> None:
    """Record the conference's result, from a JSON file with `codes` and `words`."""
    site = shell.site()
    who = operator(site)
    if template or result is None:
        show_json(_template(read.show(site, who, handover)))
        return
    asked = read_json(result)
    if not {"codes", "words"} <= set(asked) <= {"codes", "words", "effective"}:
        raise Malformed("request-invalid", "The file has `codes`, `words` and perhaps `effective`")
    said = Said(asked["codes"], asked["words"], None, asked.get("effective"))
    issued = respond.say(site, who, handover, "acceptance", said)
    _tell(site, issued, as_json, "Accepted. The plan passes to us.")


def _tell(site: Site, issued: Issued, as_json: bool, words: str) -> None:
    outcomes = deliver_now(site)
    if as_json:
        show_json({"statement": issued.statement, "place": issued.place, "deliveries": outcomes})
        return
    delivered = all(outcome == "done" for outcome in outcomes)
    click.echo(words if delivered else f"{words} They will be told as soon as they can be reached.")


def _template(shown: dict[str, Any]) -> dict[str, Any]:
    """A result to fill in: every child onto a plan, every item carried forward by somebody."""
    items = [one["item"] for one in shown["items"] if one["disposition"] is None]
    return {
        "codes": {
            "held": "YYYY-MM-DD",
            "quorate": True,
            "sender": "attended",
            "results": [
                {
                    "child": one["child"],
                    "result": "plan",
                    "start": "YYYY-MM-DD",
                    "category": {"scheme": "dfe-cin", "code": "NEG"},
                }
                for one in shown["children"]
            ],
            "dispositions": [{"item": one, "disposition": "carried_forward"} for one in items],
            "family_told": True,
            "dissent": False,
        },
        "words": {
            "chair": {"name": "", "role": "Conference chair"},
            "items": [{"item": one, "owner": {"name": "", "role": ""}} for one in items],
        },
    }
