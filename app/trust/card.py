"""Pairing: an authority's card, and the telephone call that makes it trusted.

A card is the authority's description of itself, signed with a keyset in use, so it proves only
that whoever made it holds keys that it carries. That they are the right people's, two persons
establish by reading its fingerprint over a telephone number that they did not get from the card.
"""

import base64
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.crypto import jws, strictjson
from app.crypto.strictjson import JsonValue
from app.errors import NotVerified
from app.trust import forms
from app.trust.authority import Authority, Keyset
from app.trust.directory import Directory, DirectoryDocument
from app.trust.keyring import Keyring

TYP = "case-handover-card+jws"
LIMIT = 128 * 1024
"""Bytes of payload."""
FINGERPRINT_BITS = 160
VALIDITY = timedelta(days=366)
"""How long a directory that we make ourselves is good for."""


@dataclass(frozen=True)
class Card:
    """A card that holds together. Nobody has said yet that it is the right one."""

    authority: Authority
    digest: str
    wire: bytes = field(repr=False)


@dataclass(frozen=True)
class ConfirmedCard:
    """A card whose fingerprint somebody read to us, or that trusted keys vouch for."""

    card: Card


def describe(about: dict[str, JsonValue], keyring: Keyring) -> Authority:
    """The authority that `about` (every member but its keys, as JSON) and `keyring` make.

    Raises Malformed `authority-form`, and as `strictjson.canonical` does.
    """
    public: dict[str, JsonValue] = {
        "identifier": keyring.authority,
        "keysets": [forms.value(one) for one in keyring.public_keysets()],
        "recipients": [forms.value(one) for one in keyring.public_recipients()],
    }
    return forms.read(Authority, strictjson.canonical({**about, **public}), "authority-form")


def make_card(authority: Authority, keyring: Keyring, now: datetime) -> jws.Signed:
    """`authority` signed with keys of the keyring that vouch, and that it must carry.

    Raises NotAllowed `keyring-no-keyset`, NotVerified `card-other-keys`.
    """
    keys = keyring.vouching_keys(now)
    if keys.public not in [keyset.keys for keyset in authority.keysets]:
        raise NotVerified("card-other-keys", "Put the keyring's public keys on the card first.")
    return jws.sign(forms.value(authority), TYP, keys)


def open_card(wire: bytes, now: datetime) -> Card:
    """A card, verified against the keys that it carries.

    Raises as `jws.parse`, `jws.verify` and `Keyset.judge` do; Malformed `card-form`; NotVerified
    `card-other-keys`.
    """
    signed = jws.parse(wire, TYP, limit=LIMIT)
    authority = forms.read(Authority, signed.payload, "card-form")
    for keyset in authority.keysets:
        if keyset.keys.kids == signed.kids:
            keyset.judge(now)
            verified = jws.verify(signed, keyset.keys)
            return Card(authority, verified.digest, wire)
    raise NotVerified("card-other-keys", "The card is signed with keys that are not on it.")


def fingerprint(card: Card) -> str:
    """160 bits of the card's digest as eight groups of four base32 characters, in capitals.

    It covers everything on the card. No base32 character is a nought or a one, so that none is
    misheard for a letter.
    """
    start = bytes.fromhex(card.digest)[: FINGERPRINT_BITS // 8]
    text = base64.b32encode(start).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def confirm(card: Card, spoken: str) -> ConfirmedCard:
    """`card`, when `spoken` is its fingerprint, in any spacing, hyphens and case.

    Raises NotVerified `fingerprint-mismatch`.
    """
    heard = re.sub(r"[\s-]", "", spoken).upper().encode(errors="replace")
    if hmac.compare_digest(heard, fingerprint(card).replace(" ", "").encode()):
        return ConfirmedCard(card)
    raise NotVerified(
        "fingerprint-mismatch",
        "The fingerprint is another one: don't go on. Ring a number that you know and compare.",
    )


def renewed(card: Card, directory: Directory, now: datetime) -> ConfirmedCard:
    """`card`, when it is signed with keys that the directory trusts for the same identifier: new
    keys and contacts need no telephone call as long as the old keys vouch for them.

    Raises as `Directory.judge` does, and NotVerified `card-of-another` and `card-rollback`.
    """
    signers = jws.parse(card.wire, TYP, limit=LIMIT).kids
    known, _ = directory.judge(signers, now)
    if known.identifier != card.authority.identifier or not set(card.authority.names) <= set(
        known.names
    ):
        raise NotVerified("card-of-another", "The card speaks for more than its keys are trusted.")
    check_follows(known, card.authority, now)
    return ConfirmedCard(card)


def check_follows(known: Authority, shown: Authority, now: datetime) -> None:
    """Whether `shown` can be later than `known`. There is no number on a card; what tells an older
    one is that keys only come, and that nobody takes a revocation back: a keyset is there as long
    as its signatures count, and one that was revoked stays so, since then or earlier.

    Raises NotVerified `card-rollback`.
    """
    there = {keyset.id: keyset for keyset in shown.keysets}
    for keyset in known.keysets:
        later = there.get(keyset.id)
        if later is None and keyset.accept_until <= now:
            continue
        if later is None or later.keys.kids != keyset.keys.kids or not _as_revoked(keyset, later):
            raise NotVerified("card-rollback", "This is older than the card that we know.")


def _as_revoked(known: Keyset, later: Keyset) -> bool:
    if known.revoked is None:
        return True
    return (
        later.revoked is not None
        and later.revoked.since <= known.revoked.since
        and later.revoked.compromised >= known.revoked.compromised
    )


def add_to_directory(
    document: DirectoryDocument | None, confirmed: ConfirmedCard, now: datetime
) -> DirectoryDocument:
    """The next version of our own directory, to be signed by our own root.

    The card takes the place of an entry of the same identifier.
    Raises Malformed `directory-form` when it claims what belongs to another entry.
    """
    added = confirmed.card.authority.model_copy(update={"verified_on": now.date()})
    others = [one for one in (document.authorities if document else ()) if not _same(one, added)]
    return next_version(document, (*others, added), now)


def next_version(
    document: DirectoryDocument | None, authorities: tuple[Authority, ...], now: datetime
) -> DirectoryDocument:
    """Version one, or one more than `document`, issued now. Raises Malformed `directory-form`."""
    members = {
        "v": 1,
        "version": document.version + 1 if document else 1,
        "issued": forms.whole(now),
        "expires": forms.whole(now) + VALIDITY,
        "authorities": tuple(sorted(authorities, key=lambda one: one.identifier)),
    }
    return forms.build(DirectoryDocument, members, "directory-form")


def _same(one: Authority, other: Authority) -> bool:
    return one.identifier == other.identifier
