"""`handover list`, `show`, `overdue` and `retry`."""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.common import Shell, json_option, names, operator, plain, show_child, show_json
from app.flows import read
from app.flows import retry as again
from app.flows.site import Site

RESTORING = (
    "RESTORING: a backup was brought back. Nothing is issued in this handover until what we lack "
    "of it was asked of the other authority: openapi/restore.md"
)


@click.command("list")
@click.option("--sent", "side", flag_value="sender", help="Only those that we sent.")
@click.option("--received", "side", flag_value="receiver", help="Only those that we received.")
@click.option("--state", help="Only those in this state.")
@click.option("--overdue", is_flag=True, help="Only those with something overdue.")
@json_option
@click.pass_obj
def list_(shell: Shell, side: str | None, state: str | None, overdue: bool, as_json: bool) -> None:
    """Handovers, in order of their latest change."""
    site = shell.site()
    rows = list(_rows(site, {"side": side, "state": state, "overdue": overdue}))
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo("There are none.", err=True)
    called = names(site)
    for row in rows:
        way = "to" if row["side"] == "sender" else "from"
        late = f"  {row['overdue']} OVERDUE" if row["overdue"] else ""
        late += "  CONTRADICTION" if row["contradictions"] else ""
        late += "  RESTORING" if row["restoring"] else ""
        late += "  NOT DELIVERED" if row["undelivered"] else ""
        name = "Restricted" if row["restricted"] else plain(row["label"] or "")
        peer = called.get(row["peer"], row["peer"])
        click.echo(f"{row['handover']}  {row['state']:<12} {way} {peer}  {name}{late}")


@click.command()
@click.argument("handover")
@json_option
@click.pass_obj
def show(shell: Shell, handover: str, as_json: bool) -> None:
    """One handover: who holds the plan, who responds to harm today, and what is due."""
    site = shell.site()
    shown = read.show(site, operator(site), handover)
    if as_json:
        show_json(shown)
        return
    called = names(site)
    way = "to" if shown["side"] == "sender" else "from"
    peer = called.get(shown["peer"], shown["peer"])
    for one in shown["alarms"]:
        by = called.get(one["by"], one["by"])
        click.secho(
            f"ALARM: {by} has signed what contradicts the ledger ({one['kind']} "
            f"{one['statement'][:12]}). Both are kept; `handover evidence` saves them: ring them.",
            fg="red",
            bold=True,
        )
    if shown["restoring"]:
        click.secho(RESTORING, fg="red", bold=True)
    click.echo(f"{plain(shown['label'] or 'Handover')}  ({shown['own_reference'] or handover})")
    click.echo(f"{shown['transfer']} {way} {peer}: {shown['state']}")
    for child in shown["children"]:
        show_child(child, called)
        _show_clocks(child["child"], shown, peer)
    gaps = sum(item["type"] == "gap" for item in shown["items"])
    for item in (one for one in shown["items"] if one["type"] != "gap"):
        now = (item["disposition"] or "NOBODY YET").replace("_", " ")
        click.echo(f"  {item['type']:<12} {item['item']}  {now}")
    if gaps:
        click.echo(f"  gap          {gaps}: what was missing, and the answers: `handover items`")
    for one in shown["deliveries"]:
        problem = one["problem"] or "on its way"
        told = "STOPPED, ring them" if one["stopped"] else f"try {one['attempts']}"
        click.echo(f"Not delivered yet: {one['kind']} {one['statement'][:12]} ({problem}, {told})")
    for one in shown["failed"]:
        click.secho(
            f"DID NOT WORK: {one['kind']} {one['statement'][:12]} ({one['code']}): ring {peer}",
            fg="red",
            bold=True,
        )


@click.command()
@json_option
@click.pass_obj
def overdue(shell: Shell, as_json: bool) -> None:
    """Everything that is overdue, the longest first."""
    site = shell.site()
    found = list(_overdue(site))
    if as_json:
        show_json(found)
        return
    if not found:
        click.echo("Nothing is overdue.")
    called = names(site)
    for alike in _alike(found):
        one = alike[0]
        peer = called.get(one["peer"], one["peer"])
        who = "we owe it" if one["owes"] == one["side"] else f"{peer} owes it"
        days = one["working_days_over"]
        name = "Restricted" if one["restricted"] else plain(one["label"] or "")
        of = f" ({len(alike)} children)" if len(alike) > 1 else ""
        click.echo(f"{name or one['handover']}: {one['title']}{of}")
        click.echo(
            f"    was due {one['due'][:10]}, {days} working day{'' if days == 1 else 's'} over; "
            f"{who}; {one['source']}"
        )


def _alike(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """A step that is as late for several children of a handover is told once."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in found:
        step = (one["handover"], one["step"], one["owes"], one["due"], one["source"])
        alike.setdefault(step, []).append(one)
    return list(alike.values())


def _overdue(site: Site) -> Iterator[dict[str, Any]]:
    page = read.overdue(site, operator(site))
    yield from page.rows
    while page.cursor is not None:
        page = read.overdue(site, operator(site), page.cursor)
        yield from page.rows


@click.command()
@click.argument("handover")
@click.pass_obj
def retry(shell: Shell, handover: str) -> None:
    """Send again, now, what was stopped or waits for its next try."""
    site = shell.site()
    count = again.retry_all(site, operator(site), handover)
    click.echo(f"{count} to send again. The service does it; `handover show` tells how it goes.")


def _rows(site: Site, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after: str | None = "0"
    while after is not None:
        page = read.list_handovers(
            site, operator(site), **wanted, after=int(after), limit=read.MAX_PAGE
        )
        yield from page.rows
        after = page.cursor


def _show_clocks(child: str, shown: dict[str, Any], peer: str) -> None:
    for one in (one for one in shown["clocks"] if one["child"] == child):
        if one["state"] in ("overdue", "due_soon", "running") and one["stopped"] is None:
            mark = one["state"].replace("_", " ").upper()
            who = "we owe it" if one["owes"] == shown["side"] else f"{peer} owes it"
            click.echo(f"  {mark:<9} {one['due'][:10]}  {one['title']} ({who})")
