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
    found = readiness.check(read_json(case_file), utc_now().date())
    if as_json:
        show_json(found)
        return
    for one in found["declared"]:
        of = f" (child {one['child']})" if one["child"] else ""
        click.echo(f"{one['seriousness'].upper():<7} {one['what']}{of}")
        click.echo(f"        {one['question']}")
        more = len(one["where"]) - SHOWN
        places = ", ".join(map(plain, one["where"][:SHOWN])) + (f" +{more}" if more > 0 else "")
        click.echo(f"        {one['code']}: {places}")
    click.echo(_summary(found))


def _summary(found: dict[str, Any]) -> str:
    """How much is missing, in a line."""
    asked = sum(one["asked"] for one in found["declared"])
    if not found["missing"]:
        return f"Nothing is missing. Gaps explained: {len(found['explained'])}."
    return (
        f"Missing: {len(found['missing'])}, of high seriousness {found['counts']['high']}. Gaps "
        f"explained: {len(found['explained'])}. The rest travels as declared, with {asked} to "
        "answer (`handover answer`)."
    )


def _show_rules(rules: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        show_json(rules)
        return
    for one in rules:
        click.echo(f"{one['seriousness'].upper():<7} {one['code']}: {one['what']}")
        click.echo(f"        {one['question']}")
        click.echo(f"        {one['finding']} ({one['source']})")
