"""Judging what a peer tells us of old statements: whose they are, and whether their keys counted.

What the peer said itself must prove itself by today's directory: where its keys have run out or
were taken back since, it signs it again (openapi/protocol.md, 4). What *we* said was signed by keys
that may be long gone, and nobody can sign it for us. So it is judged by the moment at which the
peer says, under keys that count today, that it received it (its receipt), or, where we kept the
order, by its own `at`; and by the newest directory that knows those keys, of all that we ever
trusted. A compromised key counts at no time.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from app.crypto import jws
from app.crypto.ids import ID_PATTERN
from app.errors import NotVerified
from app.flows.site import Site, directories_of, directory_of
from app.handover.bodies.machine import Receipt
from app.handover.statement import Statement, from_envelope
from app.handover.when import instant
from app.store.unit_of_work import UnitOfWork
from app.trust.envelope import LIMIT, TYP, VerifiedEnvelope, verify_as_known, verify_statement

OVER = frozenset({"key-unknown", "key-expired", "key-revoked", "directory-expired"})
"""Codes of keys that may have counted once."""


def judged(uow: UnitOfWork, site: Site, peer: str, wires: Sequence[bytes]) -> list[Statement]:
    """Statements between the peer and us, in the order given, each before its receipt.

    Raises what `verify_statement` and `from_envelope` raise, and NotVerified
    (`sync-other-parties`).
    """
    now = site.clock()
    found: list[Statement] = []
    received: dict[str, datetime] = {}
    for wire in reversed(wires):
        one = from_envelope(_verified(uow, site, wire, received, now))
        _check_parties(uow, site, peer, one, now)
        if isinstance(one.body, Receipt):
            received[one.body.of] = instant(one.payload.at)
        found.append(one)
    return found[::-1]


def named(uow: UnitOfWork, site: Site, peer: str, wires: Sequence[bytes]) -> list[str]:
    """The handovers that the peer names by their first statements. Raises as `judged`, but for what
    may be ours by a compromised key: that there is such a handover is only a thing to ask for."""
    return [_named(uow, site, peer, wire) for wire in wires]


def _named(uow: UnitOfWork, site: Site, peer: str, wire: bytes) -> str:
    try:
        return judged(uow, site, peer, [wire])[0].handover
    except NotVerified as error:
        said = jws.parse(wire, TYP, limit=LIMIT).value
        handover = said.get("handover")
        ours = said.get("from") in site.names and error.code == "key-compromised"
        if not ours or not isinstance(handover, str) or not re.fullmatch(ID_PATTERN, handover):
            raise
        return handover


def _verified(
    uow: UnitOfWork, site: Site, wire: bytes, received: dict[str, datetime], now: datetime
) -> VerifiedEnvelope:
    try:
        return verify_statement(wire, directory_of(uow, site), now)
    except NotVerified as error:
        said = jws.parse(wire, TYP, limit=LIMIT)
        if error.code not in OVER or said.value.get("from") not in site.names:
            raise
        at = said.value.get("at")
        known = received.get(said.digest) or instant(at if isinstance(at, str) else "")
        return verify_as_known(wire, directories_of(uow, site), min(known, now))


def _check_parties(
    uow: UnitOfWork, site: Site, peer: str, statement: Statement, now: datetime
) -> None:
    directory = directory_of(uow, site)
    payload = statement.payload
    theirs = {payload.sender, payload.recipient} - site.names
    them = directory.current(peer, now)
    between_us = len(theirs) == 1 and directory.speaks_for(them, theirs.pop(), now)
    if not between_us or payload.handover is None:
        raise NotVerified("sync-other-parties", "The answer speaks of a matter of others")
