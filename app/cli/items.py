"""`handover items`, `settle` and `answer`: the open things of a case, and what becomes of each."""

from typing import Any

import click

from app.cli.common import Shell, json_option, names, operator, plain, show_json, whom
from app.cli.respond import tell
from app.flows import items as opened
from app.flows import read, respond
from app.flows.respond import Said
from app.flows.site import Site

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
    owes = _who_owes(site, handover)
    for one in found:
        of = f"  {plain(one['child_name'])}" if one["child_name"] else ""
        click.echo(f"{one['type']}  {one['item']}  {_now(one, owes)}{of}")
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
    """Answer what was missing from a case that we sent: items of the type gap. Said again, the
    later answer stands."""
    site = shell.site()
    _must_be_gaps(site, handover, item)  # before the first is said: what is said, stays said
    content = {"by": {"name": name, "role": role}, "note": words}
    for one in item:
        issued = respond.answer_gap(site, operator(site), handover, one, content)
    tell(site, issued, as_json, "Answered.")


def _must_be_gaps(site: Site, handover: str, items: tuple[str, ...]) -> None:
    shown = read.show(site, operator(site), handover)["items"]
    gaps = {one["item"] for one in shown if one["type"] == "gap"}
    if wrong := [one for one in items if one not in gaps]:
        raise click.UsageError(
            f"Nothing was said: not of the type gap: {', '.join(wrong)}. `handover items` has them."
        )


def _who_owes(site: Site, handover: str) -> str:
    """Who answers for what was missing: the authority that sent the case."""
    shown = read.show(site, operator(site), handover)
    peer = names(site).get(shown["peer"], shown["peer"])
    return "we owe" if shown["side"] == "sender" else f"{peer} owes"


def _now(one: dict[str, Any], owes: str) -> str:
    """What happens to an item now. Whoever takes a gap over lets nobody off the answer."""
    since = f" ({one['since'][:10]})" if one["since"] else ""
    now = one["disposition"] and one["disposition"].replace("_", " ") + since
    if one["type"] != "gap":
        return now or "nobody yet"
    answered = one["answered_on"]
    told = f"answered ({answered[:10]})" if answered else f"{owes} an answer"
    return f"{told}, {now}" if now else told


def _in_words(became: dict[str, Any]) -> list[str]:
    """A line for each of the words about what happens to an item."""
    lines = []
    for name, value in became.items():
        if isinstance(value, dict):
            value = whom(value)
        lines.append(f"{name.replace('_', ' ')}: {value}")
    return lines
