"""Callers that the authority's identity provider vouches for (OpenID Connect; Microsoft Entra ID).

The provider says who somebody is, which of our roles they have (`roles`) and in which groups they
are; the settings say which of our teams a group is. All else in a token, names above all, is left
alone: it comes into no log, error or table.
"""

import logging
import re
from collections.abc import Mapping

from app.access import ROLES, Caller, Role
from app.crypto import jwt
from app.crypto.ids import digest
from app.crypto.jwt import AccessToken, Expected
from app.errors import Malformed, NotAllowed, NotVerified, TooLarge
from app.flows.site import Site

GIVEN: tuple[Role, ...] = tuple(role for role in ROLES if role != "administrator")
"""Roles that the provider can give. Who administers the service is for those to say who run it:
whoever runs the authority's directory of people can't name themselves one."""
SUBJECT = "oidc:"
"""How the subjects of such callers begin, and no others."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

log = logging.getLogger(__name__)


def authenticate(site: Site, token: str) -> Caller:
    """Who calls, by an access token of the provider. What is wrong with a token is not told.

    Raises NotAllowed (`token-not-valid`, `not-permitted`, `oidc-groups-overage`), Unavailable
    (`oidc-unreachable`, `oidc-answer`).
    """
    if site.provider is None:
        raise not_valid()
    try:
        unproved = jwt.read(token)
        key = site.provider.key(unproved.kid)
        if key is None:
            raise not_valid()
        signed = jwt.verify(unproved, key)
    except (Malformed, NotVerified, TooLarge):
        raise not_valid() from None
    settings = site.settings
    expected = Expected(settings.oidc_issuer, settings.oidc_audience, settings.oidc_tenant)
    try:
        accepted = jwt.accept(signed, expected, site.clock())
    except (Malformed, NotVerified) as error:
        # It is the provider's own, so whoever sets this up wants to know why it is not good here.
        log.info("a token of the identity provider was refused", extra={"code": error.code})
        raise not_valid() from None
    return caller_of(accepted, settings.oidc_teams)


def caller_of(token: AccessToken, teams: Mapping[str, str]) -> Caller:
    """The caller. `teams`: our team by the id of a group, or of a person or application itself.

    Not by `azp`: in a person's token it names the program that they came with, and everybody who
    uses it would be of its team. Raises NotAllowed (`not-permitted`, `oidc-groups-overage`).
    """
    if token.groups_left_out:
        raise NotAllowed(
            "oidc-groups-overage",
            "You are in more groups than your sign-in can say: have your IT lead send only the "
            "groups that are assigned to this application",
        )
    roles = frozenset(role for role in GIVEN if role in token.roles)
    if not roles:
        raise NotAllowed("not-permitted", "You have no role here: ask your IT lead for one")
    entra = _entra(token)
    known = (*token.groups, entra[1]) if entra else token.groups
    return Caller(_subject(token), roles, frozenset(teams[one] for one in known if one in teams))


def not_valid() -> NotAllowed:
    """The one answer to every token that is not good."""
    return NotAllowed("token-not-valid", "Send a valid token as `Authorization: Bearer ...`")


def _subject(token: AccessToken) -> str:
    """An opaque id that stays: of Entra ID the tenant's and the person's, which an auditor can look
    up there; of others a digest of issuer and `sub`, which with some of them is a mail address."""
    if entra := _entra(token):
        return SUBJECT + "/".join(entra)
    return SUBJECT + digest(f"{token.issuer} {token.subject}".encode())


def _entra(token: AccessToken) -> tuple[str, str] | None:
    """Tenant and object id, where the token has those of Entra ID."""
    ids = (token.tenant or "", token.object or "")
    return ids if all(_GUID.fullmatch(one) for one in ids) else None
