"""Bearer tokens: our own, made once, shown once and kept as a digest; and who any of them proves.

A token that is revoked or has expired is none at the next request.
"""

import re
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from app.access import ROLES, Caller, Role
from app.crypto.ids import digest, new_id
from app.errors import Malformed, Unavailable
from app.flows import oidc
from app.flows.site import Site
from app.store import tokens
from app.store.tokens import TokenRow

PREFIX = "cht_"
_SUBJECT = re.compile(r"(?!cli:|oidc:)[A-Za-z0-9._:@|/-]{1,128}")
"""As the access log writes it down. Nobody gets the name of who proves themselves otherwise."""
_TEAM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_USE_IS_NOTED = timedelta(hours=1)
"""How far apart: a token in constant use costs one write an hour."""


def create(
    site: Site, subject: str, roles: list[str], teams: list[str], days: int
) -> tuple[TokenRow, str]:
    """A new token for one person or system, and its secret, which is not kept.

    Raises Malformed (`token-subject`, `role-unknown`, `team-code`, `token-days`).
    """
    if not _SUBJECT.fullmatch(subject):
        raise Malformed("token-subject", "Give an opaque id of letters and digits, not a name")
    if not roles or any(role not in ROLES for role in roles):
        raise Malformed("role-unknown", f"Give one or more of these roles: {', '.join(ROLES)}")
    if not all(_TEAM.fullmatch(team) for team in teams):
        raise Malformed("team-code", "A team is a code without spaces, such as family-west")
    if not 1 <= days <= 366:
        raise Malformed("token-days", "A token is good for 1 to 366 days")
    now = site.clock()
    secret = PREFIX + secrets.token_urlsafe(32)
    row = TokenRow(
        id=new_id(),
        hash=digest(secret.encode()),
        subject=subject,
        display_sealed=None,
        roles=" ".join(roles),
        teams=" ".join(teams),
        created_at=now,
        expires_at=now + timedelta(days=days),
        revoked_at=None,
        last_used_at=None,
    )
    with site.database.write() as uow:
        tokens.insert(uow.connection, row)
    return row, secret


def authenticate(site: Site, secret: str) -> Caller:
    """Who calls, by a token of ours or of the identity provider.

    Raises NotAllowed (`token-not-valid`), and as `oidc.authenticate`.
    """
    if not secret.startswith(PREFIX):
        return oidc.authenticate(site, secret)
    # By digest: how long the look-up takes tells nothing of any secret.
    with site.database.read() as uow:
        row = tokens.by_hash(uow.connection, digest(secret.encode()))
    now = site.clock()
    if row is None or not _valid(row, now):
        raise oidc.not_valid()
    _note_use(site, row, now)
    roles: frozenset[Role] = frozenset(role for role in ROLES if role in row.roles.split())
    return Caller(row.subject, roles, frozenset(row.teams.split()))


def every(site: Site) -> list[TokenRow]:
    """All tokens, without their secrets."""
    with site.database.read() as uow:
        return tokens.every(uow.connection)


def revoke(site: Site, token: str) -> None:
    """The token opens nothing from now on. Raises Conflict (`token-not-valid`)."""
    with site.database.write() as uow:
        tokens.revoke(uow.connection, token, site.clock())


def _valid(row: TokenRow, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or now < row.expires_at)


def _note_use(site: Site, row: TokenRow, now: datetime) -> None:
    if row.last_used_at is not None and now - row.last_used_at < _USE_IS_NOTED:
        return
    with suppress(Unavailable), site.database.write() as uow:  # a full disk stops no reading
        tokens.used(uow.connection, row, now)
