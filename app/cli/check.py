"""`handover check`: what a case file lacks. It needs no service and no keys."""

from pathlib import Path
from typing import Any

import click

from app.cli.common import FILE, json_option, plain, read_json, show_json
from app.flows import readiness
from app.flows.site import utc_now

SHOWN = 3
"""Of the places of one gap, how many are listed."""


@click.command()
@click.argument("case_file", type=FILE, required=False)
@click.option("--rules", "listed", is_flag=True, help="List every check, with its source.")
@json_option
def check(*, case_file: Path | None, listed: bool, as_json: bool) -> None:
    """What a case file lacks, and what a reviewer would ask. It needs no service and no keys, and
    exits 0 whatever is missing: a gap delays no handover."""
    if listed == (case_file is not None):
        raise click.UsageError("Name a case file, or ask for the --rules.")
    if case_file is None:
        _show_rules(readiness.rules(), as_json)
        return
    case = read_json(case_file)
    found = readiness.check(case, utc_now().date())
    if as_json:
        show_json(found)
        return
    names = readiness.called(case)
    for alike in _alike(found["declared"]):
        one = alike[0]
        of = "; ".join(plain(names.get(c, f"child {c}")) for gap in alike if (c := gap["child"]))
        click.echo(f"{one['seriousness'].upper():<7} {one['what']}" + (f" ({of})" if of else ""))
        click.echo(f"        {one['question']}")
        where = list(dict.fromkeys(place for gap in alike for place in gap["where"]))
        more = len(where) - SHOWN
        places = ", ".join(map(plain, where[:SHOWN])) + (f" +{more}" if more > 0 else "")
        click.echo(f"        {one['code']}: {places}")
    click.echo(_summary(found))


def _alike(declared: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What is missing of several children is told once, where the first of them has it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in declared:
        found.setdefault(one["code"], []).append(one)
    return list(found.values())


def _summary(found: dict[str, Any]) -> str:
    """How much is missing, in a line."""
    explained = found["explained"]
    promised = sum(one["reason"] == "coming_by" for one in explained)
    coming = f", {promised} of them coming by a day" if promised else ""
    told = f"Gaps explained: {len(explained)}{coming}."
    if not found["missing"]:
        return f"Nothing is missing. {told}"
    owed = sum(one["asked"] for one in found["declared"]) + promised
    return (
        f"Missing: {len(found['missing'])}, of high seriousness {found['counts']['high']}. {told} "
        f"Send it all the same: what is missing travels as declared, and {owed} "
        f"{'answer is' if owed == 1 else 'answers are'} then owed (`handover answer`)."
    )


def _show_rules(rules: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        show_json(rules)
        return
    for one in rules:
        click.echo(f"{one['seriousness'].upper():<7} {one['code']}: {one['what']}")
        click.echo(f"        {one['question']}")
        click.echo(f"        {one['finding']} ({one['source']})")
