"""`handover verify`: check evidence offline, without a server or a database."""

from dataclasses import asdict, replace
from pathlib import Path

import click

from app.cli.common import FILE, Shell, json_option, read_json, show_json
from app.flows import keys
from app.flows import verify as checking


@click.group()
def verify() -> None:
    """Check a ledger, a bundle or one statement offline: no server, no database.

    `handover evidence` saves all that is needed: the ledger, sealed bundles with their statements,
    the signed directory that says whose keys they are, and its roots.
    """


_DIRECTORY = click.option("--directory", "signed", type=FILE, required=True, help="Signed.")
_ROOTS = click.option("--roots", type=FILE, required=True, help="Whose signature makes it.")
_LIMIT = 256 * 2**20


@verify.command()
@click.argument("saved", type=FILE)
@_DIRECTORY
@_ROOTS
@json_option
def ledger(saved: Path, signed: Path, roots: Path, as_json: bool) -> None:
    """A whole ledger, as the API's `/ledger` gives it: every signature, place and step."""
    directory = keys.open_directory(signed.read_bytes(), roots.read_bytes())
    report = checking.verify_ledger(read_json(saved, _LIMIT), directory)
    if as_json:
        show_json(
            {
                "handover": report.view.handover,
                "verified": True,
                "entries": len(report.entries),
                "children": [asdict(child) for child in report.children],
            }
        )
        return
    for one in report.entries:
        payload = one.entry.statement.payload
        click.echo(
            f"{one.entry.place:>4}  {payload.kind:<16} {payload.at}  signed by {one.signed_by}"
        )
    for child in report.children:
        click.echo(f"Child {child.child}: {child.state}, plan held by {child.plan_held_by}")
    click.echo("Verified: every signature, the chain, and that each entry may follow.")


@verify.command()
@click.argument("sealed", type=FILE)
@click.argument("statement", type=FILE)
@_DIRECTORY
@_ROOTS
@click.option("--open", "with_keys", is_flag=True, help="Look inside, with the home's keys.")
@json_option
@click.pass_obj
def bundle(
    shell: Shell,
    *,
    sealed: Path,
    statement: Path,
    signed: Path,
    roots: Path,
    with_keys: bool,
    as_json: bool,
) -> None:
    """A bundle and the statement that announced it."""
    directory = keys.open_directory(signed.read_bytes(), roots.read_bytes())
    identities = shell.site().keyring.identities() if with_keys else ()
    with sealed.open("rb") as file:
        report = checking.verify_bundle(file.read, statement.read_bytes(), directory, identities)
    if as_json:
        members = [member.model_dump(mode="json") for member in report.members or ()]
        show_json({**asdict(replace(report, members=None)), "verified": True, "members": members})
        return
    click.echo(f"{report.kind} {report.statement}, signed by {report.signed_by}")
    for member in report.members or ():
        click.echo(f"  {member.path}  {member.size} bytes  {member.sha256}")
    click.echo("Verified." if report.members else "Verified to be the file that was announced.")


@verify.command()
@click.argument("statements", type=FILE, nargs=-1, required=True)
@_DIRECTORY
@_ROOTS
@json_option
def statement(statements: tuple[Path, ...], signed: Path, roots: Path, as_json: bool) -> None:
    """Signed statements by themselves, such as two that contradict each other: who signed what."""
    directory = keys.open_directory(signed.read_bytes(), roots.read_bytes())
    found = []
    for file in statements:
        said, signed_by = checking.verify_statement_alone(file.read_bytes(), directory)
        payload = said.payload
        place, of = payload.place, getattr(said.body, "of", None)
        found.append(
            {"statement": said.digest, "kind": said.kind, "handover": payload.handover,
             "signed_by": signed_by, "at": payload.at, "place": place, "of": of}
        )  # fmt: skip
    if as_json:
        show_json(found)
        return
    for one in found:
        where = f", place {one['place']}" if one["place"] else ""
        about = f", of {one['of']}" if one["of"] else ""
        click.echo(f"{one['kind']} {one['statement']}{where}{about}")
        click.echo(f"    stated {one['at']}, signed by {one['signed_by']}")
    click.echo("Verified: each of them is signed by whom it says it is from.")
