"""What is known of an authority: what it is called, where it answers, its keys and its contacts."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.crypto.recipients import HybridRecipient
from app.errors import NotVerified
from app.trust.forms import AgeRecipient, AuthorityId, Day, Form, Id, Keys, Moment

Nation = Literal["england", "wales", "scotland", "northern_ireland"]
Route = Literal["exchange", "collect", "assisted"]
"""How messages reach it: by its endpoint, by its own polling, or by people (no service at all)."""

ACCEPT_AFTER_SIGNING = timedelta(days=30)
CLOCK_TOLERANCE = timedelta(minutes=5)

Phone = Annotated[
    str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{1,24}[0-9]( ext [0-9]{1,6})?$")
]
Mail = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:]{2,45}\])"
    r"(?P<port>:[1-9][0-9]{0,4})?(?P<path>(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)"
)


def _endpoint(url: str) -> str:
    """https (http for this machine only), host, port and path; no user, query or fragment."""
    parts = _URL.fullmatch(url)
    if not parts or len(url) > 500 or int((parts["port"] or ":1")[1:]) > 65_535:
        raise ValueError("an endpoint is https://host[:port][/path] in lower case")
    if parts["scheme"] == "http" and not _loopback(parts["host"].strip("[]")):
        raise ValueError("only this machine is reached without TLS")
    return url


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Revocation(Form):
    """Published `at`. The key counts for nothing `since`, or, if compromised, at any time."""

    at: Moment
    since: Moment
    compromised: bool


class Keyset(Form):
    """One signer's two keys and when they count."""

    id: Id
    keys: Keys
    sign_from: Moment
    sign_until: Moment
    accept_until: Moment
    revoked: Revocation | None

    @model_validator(mode="after")
    def _in_order(self) -> "Keyset":
        if self.sign_from >= self.sign_until:
            raise ValueError("signing ends after it begins")
        if self.accept_until < self.sign_until + ACCEPT_AFTER_SIGNING:
            raise ValueError("signatures are accepted for 30 days after signing ends")
        return self

    def judge(self, now: datetime) -> None:
        """Whether a signature that arrives `now` counts. What it says of its own date does not.

        Raises NotVerified `key-compromised`, `key-revoked`, `key-not-yet-valid`, `key-expired`.
        """
        if self.revoked and self.revoked.compromised:
            raise NotVerified("key-compromised", "Others may hold this key: ring the sender.")
        if self.revoked and self.revoked.since <= now:
            raise NotVerified("key-revoked", "This key was taken back: sign with the new one.")
        if now + CLOCK_TOLERANCE < self.sign_from:
            raise NotVerified("key-not-yet-valid", "This key is not in use yet.", retryable=True)
        if self.accept_until <= now:
            raise NotVerified("key-expired", "This key is out of date: sign with the new one.")


class Recipient(Form):
    """Whom to seal bundles to, from and until when (null: until there is another)."""

    key: AgeRecipient
    seal_from: Moment
    seal_until: Moment | None


class Contacts(Form):
    """Where people reach people."""

    front_door: Phone
    out_of_hours: Phone | None
    secure_mail: Mail | None


class Authority(Form):
    """An authority as it describes itself, and as a directory passes it on."""

    identifier: AuthorityId
    other_identifiers: Annotated[tuple[AuthorityId, ...], Field(max_length=10)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")]
    nation: Nation
    valid_from: Moment
    valid_to: Moment | None
    successor: AuthorityId | None
    route: Route
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None
    keysets: Annotated[tuple[Keyset, ...], Field(max_length=20)]
    recipients: Annotated[tuple[Recipient, ...], Field(max_length=2)]
    contacts: Contacts
    verified_on: Day

    @model_validator(mode="after")
    def _whole(self) -> "Authority":
        if (self.route == "exchange") != (self.endpoint is not None):
            raise ValueError("an endpoint goes with the route `exchange`")
        if self.route != "assisted" and not (self.keysets and self.recipients):
            raise ValueError("who uses the service has keys and a recipient")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("validity ends after it begins")
        if self.successor is not None and (self.valid_to is None or self.successor in self.names):
            raise ValueError("another authority succeeds one that ends")
        if len(set(self.names)) != len(self.names):
            raise ValueError("an identifier stands once")
        if len({keyset.id for keyset in self.keysets}) != len(self.keysets):
            raise ValueError("a keyset stands once")
        if any(one.seal_from >= next_.seal_from for one, next_ in pairwise(self.recipients)):
            raise ValueError("recipients stand in the order of their use")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every identifier that it goes by."""
        return (self.identifier, *self.other_identifiers)

    def recipient(self, now: datetime) -> HybridRecipient:
        """Whom to seal a bundle to. Raises NotVerified `recipient-none` (retryable)."""
        for one in reversed(self.recipients):
            if one.seal_from <= now and (one.seal_until is None or now < one.seal_until):
                return _recipient(one.key)
        raise NotVerified(
            "recipient-none",
            "The directory has no current key to seal to: ask the authority for its card.",
            retryable=True,
        )


@lru_cache
def _recipient(key: str) -> HybridRecipient:
    """A key has 1,216 bytes in an alphabet of 32 letters: it is read once, not for each bundle."""
    return HybridRecipient.from_string(key)
