"""Everything that proves a handover, as files that `handover verify` checks without a service."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.access import Caller
from app.flows import alarms, keys, ledgers, read
from app.flows.reach import reach
from app.flows.site import Site, directory_of
from app.handover.statement import Statement
from app.store import bundles
from app.store.unit_of_work import UnitOfWork

_PIECE = 1 << 20


@dataclass(frozen=True)
class File:
    """One file of the evidence. What is sealed stays sealed."""

    name: str
    pieces: Iterable[bytes]


def files(site: Site, caller: Caller, handover: str) -> Iterator[File]:
    """The ledger, the directory and its roots; and each statement with its sealed bundle, where
    there is one: `0002-dispatch.jws`, `0002-dispatch.age`. Of each contradiction what was said, and
    what it contradicts: `contradiction-01.jws`, `contradiction-01-against.jws`."""
    reach(site, caller, handover, "see")
    value = read.ledger(site, caller, handover)
    with site.database.read() as uow:
        directory = directory_of(uow, site)
        replica = ledgers.load(uow, site, handover)
        against = list(alarms.contradictions(uow, site, handover))
        blobs = {entry.place: _blob(uow, entry.statement) for entry in replica.entries}
    yield File("ledger.json", [json.dumps(value, indent=1).encode()])
    yield File("directory.jws", [directory.wire])
    yield File("roots.json", [keys.roots_file(site.roots)])
    for entry in replica.entries:
        blob = blobs[entry.place]
        if blob is not None:
            name = f"{entry.place:04d}-{entry.statement.kind}"
            yield File(f"{name}.jws", [entry.statement.wire])
            yield File(f"{name}.age", _sealed(site, blob))
    for number, one in enumerate(against, 1):
        yield File(f"contradiction-{number:02d}.jws", [one.said.wire])
        if one.against is not None:
            yield File(f"contradiction-{number:02d}-against.jws", [one.against.wire])


def _blob(uow: UnitOfWork, statement: Statement) -> str | None:
    announced = statement.payload.bundle
    row = bundles.get(uow.connection, announced.sha256) if announced else None
    return row.blob if row else None


def _sealed(site: Site, blob: str) -> Iterator[bytes]:
    with site.blobs.reader(blob) as sealed:
        while piece := sealed.read(_PIECE):
            yield piece
