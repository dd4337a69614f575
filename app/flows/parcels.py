"""Bundles in the blob store: sealing ours, admitting others', opening either."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bundle.admit import AdmittedBundle, readmit
from app.bundle.admit import admit as admit_bundle
from app.bundle.manifest import CONTENT, Announced, Expected, Limits, Member
from app.bundle.read import OpenMember, open_member
from app.bundle.seal import Attachment
from app.bundle.seal import seal as seal_bundle
from app.crypto import strictjson
from app.crypto.ids import new_id
from app.crypto.recipients import HybridIdentity
from app.crypto.strictjson import JsonValue
from app.errors import NotFound
from app.flows import lost, room
from app.flows.site import Site
from app.handover.statement import Statement
from app.store import bundles
from app.store.segments import SegmentReader
from app.store.unit_of_work import UnitOfWork
from app.trust.directory import Directory

NOT_THE_ANNOUNCED = frozenset({"bundle-size", "bundle-digest", "blob-missing", "blob-damaged"})
"""Codes that say: these are other bytes than were announced. They are asked for again."""


@dataclass(frozen=True)
class Parcel:
    """A bundle that we sealed, and the blob that holds it."""

    announced: Announced
    blob: str


def seal(
    site: Site,
    directory: Directory,
    expected: Expected,
    content: JsonValue,
    attachments: Sequence[Attachment],
    now: datetime,
) -> Parcel:
    """Seal words and documents to the other authority and to our own archive.

    Raises what `bundle.seal` raises; the blob is then deleted.
    """
    recipients = [
        directory.current(expected.recipient, now).recipient(now),
        site.keyring.archive_identities()[0].recipient,
    ]
    blob = new_id()
    words = strictjson.canonical(content)
    room.check(site, wanted=len(words) + sum(one.size for one in attachments))
    try:
        with room.writer(site, blob) as writer:
            announced = seal_bundle(
                expected,
                words,
                attachments,
                recipients,
                writer.write,
                limits(site),
            )
    except BaseException:
        lost.discard(site, blob)
        raise
    return Parcel(announced, blob)


def admit(site: Site, statement: Statement, blob: str) -> "Opened":
    """Verify a whole bundle that arrived with a statement. Raises what `bundle.admit` raises."""
    with site.blobs.reader(blob) as sealed:
        admitted = admit_bundle(
            sealed.read, announced(statement), expected(statement), identities(site), limits(site)
        )
    return Opened(site, blob, admitted)


@dataclass(frozen=True)
class Opened:
    """An admitted bundle of a statement, whose members can be read."""

    site: Site
    blob: str
    admitted: AdmittedBundle

    def content(self) -> JsonValue:
        """The sealed words."""
        data = b"".join(self.member(CONTENT).pieces())
        return strictjson.parse(data, limit=self.site.settings.content_bytes)

    def describe(self, path: str) -> Member:
        """What the manifest says of a member. Raises NotFound (`bundle-member-unknown`)."""
        return self.admitted.manifest.locate(path, 0)[0]

    def member(self, path: str) -> "StoredMember":
        """One member, all of it verified. Raises what `open_member` raises."""
        with self.site.blobs.reader(self.blob) as sealed:
            member = open_member(sealed.read_at, self.admitted, path, identities(self.site))
        return StoredMember(sealed, member)


@dataclass(frozen=True)
class StoredMember:
    """A verified member of a stored bundle, whose file is open only while it is read."""

    _sealed: SegmentReader
    _member: OpenMember

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start` to `stop`."""
        with self._sealed:  # it opens its files again
            yield from self._member.pieces(start, stop)


def opened(uow: UnitOfWork, site: Site, statement: Statement) -> Opened:
    """The bundle of a statement of ours or the other side's, if we hold it and could verify it.

    Raises NotFound (`no-papers`).
    """
    announced_ = statement.payload.bundle
    row = bundles.get(uow.connection, announced_.sha256) if announced_ else None
    if row is None or row.result == "unusable":
        raise NotFound("no-papers", "There are no papers with this that could be opened")
    with site.blobs.reader(row.blob) as sealed:
        admitted = readmit(
            sealed.read_at,
            announced(statement),
            expected(statement),
            identities(site),
            limits(site),
        )
    return Opened(site, row.blob, admitted)


def announced(statement: Statement) -> Announced:
    """What the statement says of its bundle."""
    said = statement.payload.bundle
    assert said is not None
    return Announced(said.sha256, said.size, said.manifest)


def expected(statement: Statement) -> Expected:
    """What the bundle's manifest must say."""
    payload = statement.payload
    return Expected(payload.kind, statement.handover, payload.sender, payload.recipient)


def identities(site: Site) -> tuple[HybridIdentity, ...]:
    """All our keys that open bundles: those others seal to, and our archive's."""
    return (*site.keyring.identities(), *site.keyring.archive_identities())


def limits(site: Site) -> Limits:
    settings = site.settings
    return Limits(
        bundle=settings.bundle_bytes,
        content=settings.content_bytes,
        members=settings.attachments + 1,
    )
