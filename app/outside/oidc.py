"""An OpenID Connect provider: the keys with which it signs (Discovery 1.0, RFC 7517).

Its address comes from the settings alone. Redirects are never followed, answers are bounded, and it
is asked at most once a minute, whatever callers send. When it can't be reached, the keys that are
known go on counting for a day: an outage over there does not stop work here, and lets nobody in
whose key is not known.
"""

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from threading import Lock
from typing import Any

import anyio
import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.errors import CaseHandoverError, Unavailable
from app.outside import tls
from app.outside.replies import MAX_ANSWER, json_object, read_reply, under

FRESH = 3600.0
"""Seconds for which keys count without asking again."""
LAST = 24 * 3600.0
"""Seconds for which they count when the provider can't be reached."""
PAUSE = 60.0
"""Seconds from one time of asking to the next."""
_SMALLEST_MODULUS = 342
"""Characters of base64url: 2,048 bits (NIST SP 800-131A)."""
_MEMBERS = ("kty", "use", "key_ops", "alg", "n", "e", "crv", "x", "y")
"""What we take of a key: its public half, and what it is for."""

Key = RSAKey | ECKey
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    keys: dict[str, Key]
    at: float


class IdentityProvider:
    """One issuer's keys, for any number of threads."""

    def __init__(
        self,
        issuer: str,
        *,
        deadline: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline`: seconds for asking. `clock`: seconds, of a clock that never goes back."""
        self.issuer = issuer
        self._deadline = deadline
        self._clock = clock
        self._asking = Lock()
        self._known = _Known({}, float("-inf"))
        self._asked = float("-inf")
        self._failed: Unavailable | None = None

    def key(self, kid: str) -> Key | None:
        """The key of this name, or None where the provider has no such key.

        Raises Unavailable (`oidc-unreachable`, `oidc-answer`) when it can't be told.
        """
        now = self._clock()
        key = self._usable(now).get(kid)
        if key is not None and now - self._known.at < FRESH:
            return key
        # Who has an old key does not wait while another thread asks.
        if self._asking.acquire(timeout=0 if key is not None else self._deadline):
            try:
                self._ask(now)
            finally:
                self._asking.release()
        elif key is None:
            raise _unreachable()
        key = self._usable(now).get(kid)
        if key is None and self._failed is not None:
            raise Unavailable(self._failed.code, self._failed.detail)
        return key

    def _usable(self, now: float) -> dict[str, Key]:
        return self._known.keys if now - self._known.at < LAST else {}

    def _ask(self, now: float) -> None:
        """Ask, if the last time is long enough ago, and remember what came of it."""
        if now - self._asked < PAUSE:
            return
        self._asked = now
        try:
            keys = anyio.run(self._fetch)
        except Unavailable as error:
            self._failed = error
            log.warning("the identity provider gave no keys", extra={"code": error.code})
        else:
            self._known, self._failed = _Known(keys, now), None

    async def _fetch(self) -> dict[str, Key]:
        try:
            with anyio.fail_after(self._deadline):
                async with self._client() as client:
                    where = under(self.issuer, ".well-known/openid-configuration")
                    about = await _document(client, where)
                    if about.get("issuer") != self.issuer:
                        raise _not_an_answer()
                    return _keys(await _document(client, self._place(about.get("jwks_uri"))))
        except (TimeoutError, httpx.HTTPError):
            raise _unreachable() from None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls.context()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._tls,
            timeout=self._deadline,
            follow_redirects=False,
            headers={"User-Agent": "case-handover", "Accept-Encoding": "identity"},
            trust_env=False,
        )

    def _place(self, url: object) -> str:
        """Where the keys are: over TLS, or on this machine as the issuer is."""
        try:
            parts = httpx.URL(url if isinstance(url, str) else "")
        except httpx.InvalidURL:
            raise _not_an_answer() from None
        here = self.issuer.startswith("http://") and _is_loopback(parts.host)
        if parts.userinfo or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
            raise _not_an_answer()
        return str(parts)


async def _document(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    async with client.stream("GET", url) as response:
        try:
            reply = await read_reply(response, MAX_ANSWER)
        except CaseHandoverError:  # worded for other authorities
            raise _not_an_answer() from None
    if reply.status != 200:
        raise _not_an_answer()
    return json_object(reply.body)


def _keys(document: dict[str, Any]) -> dict[str, Key]:
    """The keys that can sign tokens, by name; what we don't understand is left out (RFC 7517, 5).

    Raises Unavailable (`oidc-answer`) where there is none.
    """
    found = document.get("keys")
    keys: dict[str, Key] = {}
    for jwk in found if isinstance(found, list) else []:
        key = _key(jwk) if isinstance(jwk, dict) else None
        if key is not None and isinstance(jwk.get("kid"), str):
            keys[jwk["kid"]] = key
    if not keys:
        raise _not_an_answer()
    return keys


def _key(jwk: dict[str, Any]) -> Key | None:
    public = {name: jwk[name] for name in _MEMBERS if name in jwk}
    if public.get("use", "sig") != "sig":
        return None
    try:
        if public.get("kty") == "RSA" and len(public["n"]) >= _SMALLEST_MODULUS:
            return RSAKey.import_key(public)
        if public.get("kty") == "EC" and public["crv"] == "P-256":
            return ECKey.import_key(public)
    except (JoseError, ValueError, KeyError, TypeError):
        pass
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unreachable() -> Unavailable:
    return Unavailable(
        "oidc-unreachable", "The identity provider can't be reached: try again in a minute"
    )


def _not_an_answer() -> Unavailable:
    return Unavailable(
        "oidc-answer", "The identity provider's answer is of no use: tell your IT lead"
    )
