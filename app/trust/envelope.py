"""The signed envelope of a statement: who it is really from, at the moment it arrives.

A key is judged by the directory at first receipt, never by the date that a statement claims.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.crypto import jws
from app.crypto.strictjson import JsonValue
from app.errors import NotVerified, TooLarge
from app.trust.authority import Authority
from app.trust.directory import Directory
from app.trust.keyring import Keyring

TYP = "case-handover-statement+jws"
LIMIT = 64 * 1024
"""Bytes of payload."""


@dataclass(frozen=True)
class VerifiedEnvelope:
    """A payload that both keys of one keyset of `authority` vouch for.

    `digest` is the lower-case hex SHA-256 of `payload`: the statement's identity.
    """

    value: dict[str, JsonValue] = field(repr=False)
    payload: bytes = field(repr=False)
    digest: str
    wire: bytes = field(repr=False)
    authority: Authority = field(repr=False)
    keyset_id: str


def sign_statement(payload: dict[str, JsonValue], keyring: Keyring, now: datetime) -> jws.Signed:
    """`payload` signed with the keys in use: once, for ML-DSA signatures differ each time.

    Raises NotAllowed `keyring-no-keyset`, TooLarge `statement-too-large` for what others would
    refuse, and Malformed as `strictjson.canonical` does.
    """
    signed = jws.sign(payload, TYP, keyring.signing_keys(now))
    if len(signed.payload) > LIMIT:
        raise TooLarge("statement-too-large", f"A statement has at most {LIMIT} bytes: say less.")
    return signed


def sign_again(wire: bytes, keyring: Keyring, directory: Directory, now: datetime) -> bytes:
    """A statement of our own under keys that others take: `wire` itself where its keys still count,
    else the same payload, and so the same statement, signed with those in use now.

    Keys that are another keyring's, of an authority that we have succeeded, count as the directory
    says. Raises as `Keyring.keyset` does.
    """
    document = jws.parse(wire, TYP, limit=LIMIT)
    try:
        if not keyring.counts(document.kids, now):
            directory.judge(document.kids, now)
    except NotVerified:
        return jws.sign(document.value, TYP, keyring.signing_keys(now)).wire
    return wire


def verify_statement(
    wire: bytes,
    directory: Directory,
    now: datetime,
    *,
    recipients: frozenset[str] | None = None,
    limit: int = LIMIT,
) -> VerifiedEnvelope:
    """The envelope of a statement that arrives `now`; the cheaper checks come first.

    `recipients` are our names, to one of which it must be addressed; None when reading what others
    said to each other.
    Raises as `jws.parse`, `Directory.judge` and `jws.verify` do, and NotVerified
    `statement-from-other` when `from` is neither the signer nor one that it succeeded, and
    `statement-for-other`.
    """
    document = jws.parse(wire, TYP, limit=limit)
    authority, keyset = directory.judge(document.kids, now)
    _check_from(document.value.get("from"), authority, directory, now)
    if recipients is not None and document.value.get("to") not in recipients:
        raise NotVerified("statement-for-other", "This statement is addressed to somebody else.")
    verified = jws.verify(document, keyset.keys)
    return VerifiedEnvelope(
        verified.value, verified.payload, verified.digest, wire, authority, keyset.id
    )


def verify_as_known(
    wire: bytes, directories: Iterable[Directory], moment: datetime
) -> VerifiedEnvelope:
    """The envelope of a statement that somebody received at `moment`, by the first of these
    directories (newest first) that knows its keys and was in force then.

    Raises as `verify_statement` does: a compromised key counts at no time.
    """
    unknown = NotVerified(
        "key-unknown", "Nobody in the given directories has these keys.", retryable=True
    )
    for directory in directories:
        try:
            return verify_statement(wire, directory, moment)
        except NotVerified as error:
            if error.code not in ("key-unknown", "directory-expired"):
                raise
            unknown = error
    raise unknown


def _check_from(
    claimed: JsonValue, authority: Authority, directory: Directory, now: datetime
) -> None:
    if not isinstance(claimed, str) or not directory.speaks_for(authority, claimed, now):
        raise NotVerified(
            "statement-from-other", "A statement is signed by whom it says it is from."
        )
