"""`handover items`, `settle` and `answer`: the open things of a case, and what becomes of each."""

from typing import Any

import click

from app.cli.common import Shell, json_option, operator, plain, show_json
from app.cli.respond import tell
from app.flows import items as opened
from app.flows import respond
from app.flows.respond import Said

ANSWERS = {
    "carried_forward": "owner",
    "in_new_plan": "owner",
    "referred_on": "referred_to",
    "resolved": "evidence",
    "stays_with_sender": "reason",
    "not_agreed": "reason",
    "queried": "next_step",
}
"""What happens to an item → the words that it asks for."""
NAMED = {"owner", "referred_to"}
"""Words that are a person's name, with a role."""


@click.command()
@click.argument("handover")
@click.option("--purpose", required=True, prompt=True, help="What you need it for. It is logged.")
@json_option
@click.pass_obj
def items(shell: Shell, handover: str, purpose: str, as_json: bool) -> None:
    """Every concern, outcome and other open thing in words, and what happens to it now."""
    site = shell.site()
    found = opened.items(site, operator(site), handover, purpose)
    if as_json:
        show_json(found)
        return
    for one in found:
        now = (one["disposition"] or "nobody yet").replace("_", " ")
        since = f" ({one['since'][:10]})" if one["since"] else ""
        click.echo(f"{one['type']}  {one['item']}  {now}{since}")
        click.echo(f"    {plain(one['what'] or '(withheld)')}")
        for said in _in_words(one["became"] or {}):
            click.echo(f"    -> {plain(said)}")


@click.command()
@click.argument("handover")
@click.argument("item", nargs=-1)
@click.option(
    "--as", "answer", type=click.Choice(list(ANSWERS)), required=True, help="What happens to it."
)
@click.option(
    "--words",
    required=True,
    help="Who has it now, where it was referred, what shows it, why, or what is next.",
)
@click.option("--role", help="For a person who takes it over: their role.")
@click.option("--all", "rest", is_flag=True, help="Every item left: one person takes them over.")
@json_option
@click.pass_obj
def settle(
    shell: Shell,
    *,
    handover: str,
    item: tuple[str, ...],
    answer: str,
    words: str,
    role: str | None,
    rest: bool,
    as_json: bool,
) -> None:
    """Say what became of items, after the acceptance. The sending authority sees it."""
    field = ANSWERS[answer]
    if bool(item) == rest or (rest and answer != "carried_forward"):
        raise click.UsageError("Name items, or carry forward --all that are left.")
    if field == "owner" and role is None:
        raise click.UsageError("Say with --role who takes it over: never a team.")
    named = {"name": words, **({"role": role} if role else {})}
    said = Said(
        {"dispositions": [{"item": one, "disposition": answer} for one in item]},
        {"items": [{"item": one, field: named if field in NAMED else words} for one in item]},
        carry_forward_to=named if rest else None,
    )
    site = shell.site()
    issued = respond.say(site, operator(site), handover, "disposition", said)
    tell(site, issued, as_json, "Recorded.")


@click.command()
@click.argument("handover")
@click.argument("item", nargs=-1, required=True)
@click.option("--words", required=True, help="What was missing, or why it can't be supplied.")
@click.option("--name", required=True, help="Who says so.")
@click.option("--role", required=True, help="Their role.")
@json_option
@click.pass_obj
def answer(
    shell: Shell,
    *,
    handover: str,
    item: tuple[str, ...],
    words: str,
    name: str,
    role: str,
    as_json: bool,
) -> None:
    """Answer what was missing from a case that we sent: items of the type gap."""
    site = shell.site()
    content = {"by": {"name": name, "role": role}, "note": words}
    for one in item:
        issued = respond.answer_gap(site, operator(site), handover, one, content)
    tell(site, issued, as_json, "Answered.")


def _in_words(became: dict[str, Any]) -> list[str]:
    """A line for each of the words about what happens to an item."""
    lines = []
    for name, value in became.items():
        if isinstance(value, dict):
            parts = (value.get(one) for one in ("name", "role", "agency_name", "team", "phone"))
            value = ", ".join(str(one) for one in parts if one)
        lines.append(f"{name.replace('_', ' ')}: {value}")
    return lines
