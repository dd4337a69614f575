"""`handover token`: bearer tokens for the API."""

import click

from app.access import ROLES, WHOLE_AUTHORITY
from app.cli.common import Shell, json_option, show_json
from app.flows import tokens
from app.store.tokens import TokenRow


@click.group()
def token() -> None:
    """Tokens by which people and systems use the API."""


@token.command()
@click.option("--subject", required=True, help="An opaque id of the person or system; no name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(ROLES),
    help="What they may do; several may be given.",
)
@click.option("--team", "teams", multiple=True, help="A team code; several may be given.")
@click.option("--days", default=90, show_default=True, help="How long it is good for.")
@json_option
@click.pass_obj
def create(
    shell: Shell,
    subject: str,
    roles: tuple[str, ...],
    teams: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """Make a token. It is shown once and kept only as a digest.

    People whom the identity provider knows (`oidc_issuer`) come with its access tokens instead.
    A reviewer sees nothing until `handover grant add` names them for a case.
    """
    row, secret = tokens.create(shell.site(), subject, list(roles), list(teams), days)
    bound = sorted(set(roles) - WHOLE_AUTHORITY - {"reviewer", "administrator", "monitoring"})
    if bound and not teams:
        click.echo(f"Without a --team it sees nothing as {', '.join(bound)}.", err=True)
    if as_json:
        show_json({"id": row.id, "token": secret})
    else:
        click.echo(f"Token {row.id}, shown only now:\n{secret}")


@token.command("list")
@json_option
@click.pass_obj
def list_(shell: Shell, as_json: bool) -> None:
    """All tokens, without their secrets."""
    rows = tokens.every(shell.site())
    if as_json:
        show_json([_value(row) for row in rows])
        return
    for row in rows:
        state = "revoked" if row.revoked_at else f"until {row.expires_at}"
        used = f"used {row.last_used_at}" if row.last_used_at else "never used"
        click.echo(f"{row.id}  {row.subject}  {row.roles}  {row.teams}  {state}  {used}")


@token.command()
@click.argument("token_id")
@click.pass_obj
def revoke(shell: Shell, token_id: str) -> None:
    """End a token now."""
    tokens.revoke(shell.site(), token_id)
    click.echo("Revoked.")


def _value(row: TokenRow) -> dict[str, object]:
    return {
        "id": row.id,
        "subject": row.subject,
        "roles": row.roles.split(),
        "teams": row.teams.split(),
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
        "revoked": row.revoked_at is not None,
    }
