"""Access tokens of an identity provider: signed JWTs (RFC 7519, RFC 8725, RFC 9068).

Three steps, three types. `Unproved` has the form of a token and names a key; `Signed` was signed
with that key; an `AccessToken` is moreover meant for us, and good now. The signature is joserfc's
work; how it is to be verified is decided here, before, and never by what the token says.
"""

from dataclasses import dataclass
from datetime import datetime

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.crypto import base64url, strictjson
from app.crypto.strictjson import JsonValue
from app.errors import Malformed, NotVerified, TooLarge

LIMIT = 16 * 1024
"""Characters of a token."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""
ALGORITHMS = ("RS256", "PS256", "ES256")

_TYPES = ("JWT", "at+jwt", "application/at+jwt")
_HEADER = {"alg", "kid", "typ", "x5t", "x5t#S256"}
"""All that a header may hold: nothing that brings a key along (`jwk`, `x5c`), says where to get one
(`jku`, `x5u`) or changes what is signed (`crit`, `b64`, `zip`)."""
_HEADER_LIMIT = 384
_OF_ID_TOKENS = {"nonce", "at_hash", "c_hash"}
_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS)


@dataclass(frozen=True, repr=False)
class Unproved:
    """What has the form of a token. `kid` is the key that it says it is signed with."""

    text: str
    kid: str


@dataclass(frozen=True, repr=False)
class Signed:
    """The claims of a token whose signature holds, for whomever and whenever it was meant.

    They hold names and mail addresses: they are neither logged nor kept.
    """

    claims: dict[str, JsonValue]


@dataclass(frozen=True)
class Expected:
    """Who issues our tokens and what they call us; `tenant` empty: any of the issuer's."""

    issuer: str
    audience: str
    tenant: str = ""


@dataclass(frozen=True, repr=False)
class AccessToken:
    """What a token that is good here says of its bearer, in ids and codes.

    `tenant` and `object` are Microsoft Entra ID's `tid` and `oid`. `groups_left_out`: the bearer
    has more groups than go into a token, and they stand elsewhere.
    """

    issuer: str
    subject: str
    tenant: str | None
    object: str | None
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    groups_left_out: bool


def read(text: str) -> Unproved:
    """A token's form and header; nothing of it is believed yet.

    Raises TooLarge `jwt-too-large`; Malformed `jwt-form`, `jwt-header`, and as `strictjson.parse`.
    """
    if len(text) > LIMIT:
        raise TooLarge("jwt-too-large", f"A token has at most {LIMIT} characters.")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise Malformed("jwt-form", "Send a signed token: three parts with two full stops.")
    header = strictjson.parse(base64url.decode(parts[0]), limit=_HEADER_LIMIT, depth=1)
    if not isinstance(header, dict) or not header.keys() <= _HEADER:
        raise _bad_header()
    kid = header.get("kid")
    if header.get("alg") not in ALGORITHMS or header.get("typ") not in _TYPES:
        raise _bad_header()
    if not isinstance(kid, str):
        raise _bad_header()
    return Unproved(text, kid)


def verify(token: Unproved, key: RSAKey | ECKey) -> Signed:
    """The claims that the key's holder signed. The key's type has to fit the algorithm.

    Raises NotVerified `jwt-signature`; Malformed `jwt-claims`, and as `strictjson.parse`.
    """
    try:
        payload = jws.deserialize_compact(token.text, key, registry=_REGISTRY).payload
    except (JoseError, ValueError):
        raise NotVerified("jwt-signature", "The token's signature does not hold.") from None
    claims = strictjson.parse(payload, limit=LIMIT)
    if not isinstance(claims, dict):
        raise _bad_claims()
    return Signed(claims)


def accept(signed: Signed, expected: Expected, now: datetime) -> AccessToken:
    """The token, if it was issued by and for whom we expect and is good `now`.

    Raises NotVerified `jwt-issuer`, `jwt-audience`, `jwt-tenant`, `jwt-id-token`, `jwt-expired`,
    `jwt-not-yet-valid`; Malformed `jwt-claims` where a claim is missing or not of its type.
    """
    claims = signed.claims
    if _text(claims, "iss") != expected.issuer:
        raise NotVerified("jwt-issuer", "The token is another issuer's: compare `oidc_issuer`.")
    if expected.audience not in _audiences(claims):
        raise NotVerified("jwt-audience", "The token is for others: compare `oidc_audience`.")
    tenant = _text_if_any(claims, "tid")
    if expected.tenant and tenant != expected.tenant:
        raise NotVerified("jwt-tenant", "The token is another tenant's: compare `oidc_tenant`.")
    if claims.keys() & _OF_ID_TOKENS:
        raise NotVerified("jwt-id-token", "This is an ID token: send an access token.")
    _judge_times(claims, int(now.timestamp()))
    return AccessToken(
        issuer=expected.issuer,
        subject=_text(claims, "sub"),
        tenant=tenant,
        object=_text_if_any(claims, "oid"),
        roles=_texts(claims, "roles"),
        groups=_texts(claims, "groups"),
        groups_left_out=_groups_left_out(claims),
    )


def _judge_times(claims: dict[str, JsonValue], now: int) -> None:
    issued = _seconds(claims, "iat")
    begins = _seconds(claims, "nbf") if "nbf" in claims else issued
    if _seconds(claims, "exp") + LEEWAY <= now:
        raise NotVerified("jwt-expired", "The token has expired: sign in again.")
    if max(begins, issued) - LEEWAY > now:
        raise NotVerified("jwt-not-yet-valid", "The token is not good yet: compare the clocks.")


def _audiences(claims: dict[str, JsonValue]) -> tuple[str, ...]:
    if isinstance(claims.get("aud"), list):
        return _texts(claims, "aud")
    return (_text(claims, "aud"),)


def _groups_left_out(claims: dict[str, JsonValue]) -> bool:
    """Entra ID's overage: past 200 groups, a token says only where they are (`_claim_names`), or
    that there are some (`hasgroups`)."""
    elsewhere = claims.get("_claim_names", {})
    if not isinstance(elsewhere, dict):
        raise _bad_claims()
    return "groups" in elsewhere or claims.get("hasgroups", False) not in (False, "false")


def _text(claims: dict[str, JsonValue], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _bad_claims()
    return value


def _text_if_any(claims: dict[str, JsonValue], name: str) -> str | None:
    return _text(claims, name) if name in claims else None


def _texts(claims: dict[str, JsonValue], name: str) -> tuple[str, ...]:
    values = claims.get(name, [])
    if not isinstance(values, list):
        raise _bad_claims()
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) != len(values):
        raise _bad_claims()
    return texts


def _seconds(claims: dict[str, JsonValue], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _bad_claims()
    return value


def _bad_header() -> Malformed:
    return Malformed("jwt-header", "Sign with RS256, PS256 or ES256, and name the key by its kid.")


def _bad_claims() -> Malformed:
    return Malformed("jwt-claims", "A claim of the token is missing or not of its type.")
