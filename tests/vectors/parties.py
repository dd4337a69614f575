"""The fictional authorities of the statement vectors, their keys, and the directory that judges."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from app.crypto.jwk import SigningKeys
from app.crypto.recipients import HybridIdentity
from app.trust.authority import Authority, Keyset, Revocation
from app.trust.directory import DirectoryDocument, Roots
from tests.handover import make
from tests.vectors.make_jws import keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SENDER, RECEIVER = make.SENDER, make.RECEIVER
THIRD, FORMER, ALIAS = "gss:E99999903", "gss:E99999904", "ons:OLD1"
"""A third authority; one that the sender has succeeded; another identifier of the sender."""

ROOT = keys("root")
ROOTS = Roots(threshold=1, keys=(ROOT.public,))
GOOD, OLD, NEXT, REVOKED = keys("good"), keys("old"), keys("next"), keys("revoked")
LATER, STOLEN, EXPIRED, OTHER = keys("later"), keys("stolen"), keys("expired"), keys("other")
"""All the sender's, but the third authority's."""


def keyset(
    pair: SigningKeys, since: datetime, until: datetime, revoked: Revocation | None = None
) -> Keyset:
    name = hashlib.sha256(repr(pair.public.kids).encode()).digest()[:16]
    return Keyset(
        id=base64.b32encode(name).decode().rstrip("=").lower(),
        keys=pair.public,
        sign_from=since,
        sign_until=until,
        accept_until=until + 30 * DAY,
        revoked=revoked,
    )


def taken_back(since: datetime, compromised: bool = False) -> Revocation:
    return Revocation(at=NOW - 5 * DAY, since=since, compromised=compromised)


def authority(identifier: str, *keysets: Keyset, **changes: Any) -> Authority:
    identity = HybridIdentity(hashlib.sha256(identifier.encode()).digest())
    recipient = {"key": identity.recipient.to_string(), "seal_from": NOW, "seal_until": None}
    members = {
        "identifier": identifier,
        "other_identifiers": (),
        "name": f"Fictional authority {identifier}",
        "nation": "england",
        "valid_from": NOW - 900 * DAY,
        "valid_to": None,
        "successor": None,
        "route": "exchange",
        "endpoint": "https://handover.example",
        "keysets": keysets,
        "recipients": (recipient,),
        "contacts": {"front_door": "01632 960001", "out_of_hours": None, "secure_mail": None},
        "verified_on": NOW.date(),
        **changes,
    }
    return Authority.model_validate(members)


def directory() -> DirectoryDocument:
    """As the receiver has it."""
    long, soon = NOW - 400 * DAY, NOW + 400 * DAY
    sender = authority(
        SENDER,
        keyset(GOOD, long, soon),
        keyset(OLD, long, NOW - 20 * DAY),
        keyset(NEXT, NOW + DAY, soon),
        keyset(REVOKED, long, soon, taken_back(NOW)),
        keyset(LATER, long, soon, taken_back(NOW + timedelta(seconds=1))),
        keyset(STOLEN, long, soon, taken_back(soon, compromised=True)),
        keyset(EXPIRED, long, NOW - 30 * DAY),
        other_identifiers=(ALIAS,),
    )
    others = (
        authority(RECEIVER, keyset(keys("receiver"), long, soon)),
        authority(THIRD, keyset(OTHER, long, soon)),
        authority(FORMER, keyset(keys("former"), long, soon), valid_to=NOW - DAY, successor=SENDER),
    )
    return DirectoryDocument(
        v=1,
        version=7,
        issued=NOW - 10 * DAY,
        expires=NOW + 100 * DAY,
        authorities=(sender, *others),
    )
