"""Our signed answers to the other side's statements: a receipt, or a refusal."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.errors import Conflict, Unavailable
from app.flows import ledgers
from app.flows.issue import Saying, sign
from app.flows.site import Site
from app.handover import replica as copies
from app.handover.replica import Replica
from app.handover.statement import Statement
from app.store import statements
from app.store.unit_of_work import UnitOfWork

MOST_KEPT = 1_000
"""Refusals and pieces of evidence that are kept of one handover."""


def receipt(
    uow: UnitOfWork,
    site: Site,
    replica: Replica,
    arrived: Statement,
    result: dict[str, Any],
    now: datetime,
) -> Statement:
    """The receipt, saved together with the statement in its place. Ours gives the place if we keep
    the order. `result` is `held` for a kind that we don't know."""
    if arrived.body is None:
        result = {"result": "held"}
    given = _answer(uow, site, replica, arrived, "receipt", result, now)
    if replica.keeps_order:
        changed = _placed(replica, arrived, given)
    else:
        adopted = replica.known(arrived.digest) is not None
        changed = replica if adopted else copies.follow(replica, arrived)
        ledgers.record(uow, site, given, "receipt", now)
    ledgers.save(uow, site, replica, changed, now)
    return given


def _placed(replica: Replica, arrived: Statement, given: Statement) -> Replica:
    """Raises Unavailable (`clock-behind`) where our own clock went back: that is not the sender's
    fault, and passes."""
    try:
        return copies.place(replica, arrived, given)
    except Conflict as error:
        if error.code != "ledger-time":
            raise
        raise Unavailable("clock-behind", "Our clock is behind our own ledger: set it") from None


def refuse(
    uow: UnitOfWork, site: Site, replica: Replica, arrived: Statement, code: str, now: datetime
) -> Statement | None:
    """The refusal, saved. What a keeper says against its own order is saved with it, as evidence.
    None, and nothing is saved, once so many are kept of this handover: nobody fills our disk by
    being refused."""
    if _kept(uow, arrived.handover) >= MOST_KEPT:
        return None
    if not replica.keeps_order and arrived.payload.place is not None:
        ledgers.record_once(uow, site, arrived, "evidence", now)
    given = _answer(uow, site, replica, arrived, "refusal", {"code": code}, now)
    ledgers.record(uow, site, given, "refusal", now)
    return given


def _kept(uow: UnitOfWork, handover: str) -> int:
    counts = (
        statements.counted(uow.connection, [handover], status) for status in ("refusal", "evidence")
    )
    return sum(count.get(handover, 0) for count in counts)


def _answer(
    uow: UnitOfWork,
    site: Site,
    replica: Replica,
    arrived: Statement,
    kind: str,
    body: dict[str, Any],
    now: datetime,
) -> Statement:
    """Only a keeper's receipt takes a place."""
    asked = replica if kind == "receipt" and replica.keeps_order else _placeless(replica)
    saying = Saying(kind, {"of": arrived.digest, **body}, children=())
    asked = replace(asked, me=arrived.payload.recipient)  # whoever was addressed answers
    peer = arrived.payload.sender
    return sign(uow, site, asked, arrived.handover, peer, "receiver", saying, None, now)


def _placeless(replica: Replica) -> Replica:
    return Replica(replica.me, False, replica.entries)
