"""Issuing a statement of our own: seal its words, sign it, save it, and have it delivered."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.bundle.manifest import Expected
from app.bundle.seal import Attachment
from app.crypto.strictjson import JsonValue
from app.flows import ledgers, lost, parcels, restored
from app.flows.parcels import Parcel
from app.flows.site import Site, directory_of
from app.handover import replica as copies
from app.handover.codes import Side
from app.handover.fold import permitted_children
from app.handover.replica import Replica
from app.handover.statement import VERSION, WITHOUT_CHILDREN, Statement, reopen
from app.handover.when import When, stamp
from app.store import bundles, jobs, statements
from app.store.bundles import BundleRow
from app.store.unit_of_work import UnitOfWork
from app.trust.envelope import sign_statement


@dataclass(frozen=True)
class Saying:
    """What to state. `content` are the sealed words; None for a statement without a bundle.
    `children` None: all for whom it can be said now."""

    kind: str
    body: dict[str, Any]
    content: JsonValue = None
    attachments: tuple[Attachment, ...] = ()
    children: tuple[str, ...] | None = None
    effective: When | None = None


@dataclass(frozen=True)
class Issued:
    """A statement of ours that is signed, saved and queued. `place` if we keep the order."""

    statement: str
    handover: str
    kind: str
    at: str
    place: int | None


def issued(statement: Statement) -> Issued:
    payload = statement.payload
    return Issued(statement.digest, statement.handover, statement.kind, payload.at, payload.place)


def recall(site: Site, statement: str) -> Issued:
    """What was issued before, by its digest."""
    with site.database.read() as uow:
        stored = statements.get(uow.connection, statement)
    assert stored is not None, "a statement is never deleted"
    return issued(reopen(stored.wire))


def issue(
    site: Site,
    handover: str,
    peer: str,
    side: Side,
    saying: Saying,
    *,
    before: Callable[[UnitOfWork, Statement], None] | None = None,
) -> Issued:
    """State it: one commit with ledger, index and delivery.

    `side` is ours; `before` saves what belongs to the same commit and the index needs. Raises
    Conflict where it does not follow (the bundle is then deleted), Unavailable (`restoring`), and
    what sealing and signing raise.
    """
    now = site.clock()
    parcel = None
    if saying.content is not None:
        with site.database.read() as uow:
            restored.check(uow, site, peer, handover, now)
            directory = directory_of(uow, site)
            us = ledgers.party(uow, site, handover)
        parcel = parcels.seal(
            site,
            directory,
            Expected(saying.kind, handover, us, peer),
            saying.content,
            saying.attachments,
            now,
        )
    try:
        with site.database.write() as uow:
            replica = ledgers.load(uow, site, handover, side)
            statement = sign(uow, site, replica, handover, peer, side, saying, parcel, now)
            changed = copies.issue(replica, statement)
            if parcel is not None:
                bundles.insert(uow.connection, _bundle_row(parcel, now))
            if before is not None:
                before(uow, statement)
            ledgers.save(uow, site, replica, changed, now)
            deliver_later(uow, statement, now)
            return issued(statement)
    except BaseException:
        if parcel is not None:
            lost.discard(site, parcel.blob)
        raise


def sign(
    uow: UnitOfWork,
    site: Site,
    replica: Replica,
    handover: str,
    peer: str,
    side: Side,
    saying: Saying,
    parcel: Parcel | None,
    now: datetime,
) -> Statement:
    """A signed statement that claims its place in our copy of the ledger: all that we say to
    another authority is signed here, but for a `sync`.

    Raises Unavailable (`restoring`) where our copy may be an old one.
    """
    restored.check(uow, site, peer, handover, now)
    claims = replica.claims()
    payload: dict[str, Any] = {
        "v": VERSION,
        "kind": saying.kind,
        "handover": handover,
        "from": replica.me,
        "to": peer,
        "at": stamp(now),
        "effective": saying.effective or stamp(now),
        "children": _children(replica, side, saying),
        "seen": claims.seen,
        "place": claims.place,
        "prev": claims.prev,
        "bundle": asdict(parcel.announced) if parcel else None,
        "body": saying.body,
    }
    present = {name: value for name, value in payload.items() if value is not None}
    return reopen(sign_statement(present, site.keyring, now).wire)


def deliver_later(uow: UnitOfWork, statement: Statement, now: datetime) -> None:
    """Queue the delivery: in order within a handover, and a few at a time to one authority, except
    that a recall waits for no upload."""
    way = "recall" if statement.kind == "recall" else "deliver"
    jobs.enqueue(
        uow.connection,
        kind="deliver",
        lane=f"{way}:{statement.handover}",
        key=f"deliver:{statement.digest}",
        payload={"statement": statement.digest},
        due_at=now,
        share=f"{way}:{statement.payload.recipient}",
    )


def _children(replica: Replica, side: Side, saying: Saying) -> list[str] | None:
    """Those named; else all of whom it can be said now, or all of them, so that the ledger says
    why it can't."""
    if saying.kind in WITHOUT_CHILDREN:
        return None
    view = replica.view()
    if saying.children is not None or view is None:
        return sorted(saying.children or ())
    return sorted(permitted_children(view, saying.kind, side) or view.children)


def _bundle_row(parcel: Parcel, now: datetime) -> BundleRow:
    announced = parcel.announced
    return BundleRow(
        sha256=announced.sha256,
        size=announced.size,
        manifest=announced.manifest,
        blob=parcel.blob,
        admitted_at=now,
        result="stored",
    )
