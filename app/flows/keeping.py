"""Keeping what came with a statement: its sealed bundle, and what lists need of its words."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.casefile.handling import is_restricted
from app.errors import Malformed, TooLarge
from app.flows import labels, ledgers
from app.flows.parcels import Opened
from app.flows.site import Site
from app.handover.statement import Statement
from app.store import bundles, own_records, restrictions
from app.store.bundles import BundleRow
from app.store.restrictions import RestrictionRow
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Known:
    """What lists need of the words: a label, and whether they are for named people only."""

    label: str | None = None
    restricted: bool = False


def known_of(arrived: Statement, opened: Opened) -> Known:
    """Nothing of words that can't be read: strictness must not delay a child."""
    try:
        words = opened.content()
    except (Malformed, TooLarge):
        return Known()
    return Known(labels.of_words(arrived.kind, words), is_restricted(words))


def bundle(uow: UnitOfWork, arrived: Statement, blob: str, now: datetime) -> bool:
    """Record the bundle; false if it was here already, so that this copy can go."""
    announced = arrived.payload.bundle
    assert announced is not None
    if bundles.get(uow.connection, announced.sha256) is not None:
        return False
    bundles.insert(
        uow.connection,
        BundleRow(
            sha256=announced.sha256,
            size=announced.size,
            manifest=announced.manifest,
            blob=blob,
            admitted_at=now,
            result="stored",
        ),
    )
    return True


def own_record(
    uow: UnitOfWork, site: Site, arrived: Statement, known: Known, now: datetime
) -> None:
    """To whom a handover comes first, the name by which people will know it, and whether its case
    file keeps it to named people although no statement has said so."""
    row = ledgers.own_record(uow, site, arrived.handover)
    if known.restricted:
        sender = arrived.payload.sender
        restrictions.keep(uow.connection, RestrictionRow(arrived.handover, sender, now))
    if known.label:
        row = replace(row, label_sealed=labels.seal(site, arrived.handover, known.label))
    own_records.put(uow.connection, row)
