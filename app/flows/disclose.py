"""Opening the words of a case: always with a purpose, always written to the access log first."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from app.access import Act, Caller, labels
from app.bundle.manifest import CONTENT, AttachmentMember, path_of
from app.casefile import handling
from app.casefile.declared import without_declared
from app.casefile.handling import Disclosed
from app.casefile.named import Documents, name_of, named, unnamed
from app.crypto.strictjson import JsonValue
from app.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    NotVerified,
    TooLarge,
    Unavailable,
)
from app.flows import ledgers, logbook, parcels
from app.flows.parcels import Opened, StoredMember
from app.flows.reach import reach
from app.flows.site import Site
from app.handover.replica import Replica
from app.handover.statement import Statement
from app.outside import scanner
from app.trust import accesslog

__all__ = [
    "Disclosed", "Document", "Opening", "addresses", "attachment", "beside", "content", "documents",
    "documents_in", "find", "latest", "usable", "words", "write_down",
]  # fmt: skip

WITH_ADDRESSES = ("notification", "records_request", "dispatch", "supplement", "correction")
"""Kinds of statements whose words can hold an address."""
PROTECTING = frozenset({"dispatch", "supplement", "correction"})
"""Kinds that bring entries of the case file: what one of them protects or limits is held to it in
what was said before, too."""

UNREADABLE = (NotFound, NotVerified, Malformed, TooLarge)
"""Of a bundle beside what is asked for: strictness must not delay a child."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Document:
    """An attachment to hand out: real name, media type, size, digest, and its verified bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    labels: tuple[str, ...]
    part: Callable[[int, int], Iterator[bytes]]
    """`part(start, stop)`: that much of it."""

    @property
    def pieces(self) -> Iterator[bytes]:
        """The whole."""
        return self.part(0, self.size)


@dataclass(frozen=True)
class Opening:
    """A bundle that may be opened, the statement's kind, and the labels that its reader opens.
    `beside`: what else may protect entries of it."""

    kind: str
    bundle: Opened
    labels: handling.Labels
    beside: tuple[Statement, ...]


def words(site: Site, caller: Caller, handover: str, kind: str, purpose: str) -> Disclosed:
    """The sealed words of the latest statement of a kind, the case file of a `dispatch`, as the
    caller may have them.

    Raises NotFound (`no-papers`), NotAllowed, Malformed (`access-purpose`).
    """
    opening = find(site, caller, handover, kind, "open")
    write_down(site, caller, handover, f"{kind}/{CONTENT}", "open", purpose)
    said = opening.bundle.content()
    said = without_declared(said) if kind == "dispatch" else said
    own = named(said, documents_in(opening.bundle))
    shown = handling.disclose(own, opening.labels, beside(site, opening))
    return replace(shown, value=unnamed(shown.value, said))


def addresses(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Every protected address of all words that can hold one, in full, with the kind of statement.

    Raises as `words`.
    """
    reached = reach(site, caller, handover, "reveal")
    allowed = labels(caller, reached.record)
    with site.database.read() as uow:
        said = [
            one for one in usable(ledgers.load(uow, site, handover)) if one.kind in WITH_ADDRESSES
        ]
    if not said:
        raise NotFound("no-papers", "There are no papers with this that could be opened")
    write_down(site, caller, handover, "addresses", "reveal", purpose)
    read = [(one.kind, content(site, one)) for one in said]
    protecting = [words for kind, words in read if kind in PROTECTING]
    return [
        {"statement": kind, "address": address}
        for kind, words in read
        for address in handling.protected_addresses(words, allowed, protecting)
    ]


def attachment(
    site: Site,
    caller: Caller,
    handover: str,
    number: int,
    purpose: str,
    statement: str | None = None,
) -> Document:
    """Document `number` of the papers, or of another statement. Raises as `words`, NotAllowed
    (`label-closed`) where its label is not for the caller, NotVerified where its bytes are not
    those that were admitted, and NotAllowed (`document-infected`) and Unavailable
    (`document-not-scanned`) where a scanner is set."""
    path = path_of(number)
    opening = find(site, caller, handover, "dispatch", "open", statement)
    part = f"{opening.kind}/{statement[:12]}/{path}" if statement else f"dispatch/{path}"
    member = opening.bundle.describe(path)
    if not isinstance(member, AttachmentMember):
        raise NotFound("no-such-document", "The papers have no document of this number")
    _check_labels(site, opening, member, number)
    write_down(site, caller, handover, part, "download", purpose)
    verified = opening.bundle.member(path)
    _scan(site, caller, handover, part, verified)
    return Document(
        member.name,
        member.media_type,
        member.size,
        member.sha256,
        member.labels,
        verified.pieces,
    )


def documents(site: Site, caller: Caller, handover: str) -> list[int]:
    """The numbers of the documents that came with the papers."""
    opening = find(site, caller, handover, "dispatch", "open")
    return list(range(1, len(opening.bundle.admitted.manifest.members)))


def find(
    site: Site, caller: Caller, handover: str, kind: str, act: Act, digest: str | None = None
) -> Opening:
    """Verify that the caller may, and that it is there: the latest statement of a kind, or the one
    with this digest. Nothing is handed out yet."""
    reached = reach(site, caller, handover, act)
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover)
        statement = _named(replica, digest) if digest else latest(replica, kind)
        opened = parcels.opened(uow, site, statement)
    beside = tuple(one for one in usable(replica) if one.kind in PROTECTING and one != statement)
    return Opening(statement.kind, opened, labels(caller, reached.record), beside)


def beside(site: Site, opening: Opening) -> list[JsonValue]:
    """Their words, with documents by `named`, as far as they are here and can be read: strictness
    must not delay a child."""
    return [_with_names(site, statement) for statement in opening.beside]


def documents_in(bundle: Opened) -> Documents:
    """The documents of a bundle, by their numbers."""
    return {
        number: (one.sha256, tuple(one.labels))
        for number, one in enumerate(bundle.admitted.manifest.members)  # the first is the words
        if isinstance(one, AttachmentMember)
    }


def _with_names(site: Site, statement: Statement) -> JsonValue:
    with site.database.read() as uow, suppress(*UNREADABLE):
        bundle = parcels.opened(uow, site, statement)
        said: JsonValue = named(bundle.content(), documents_in(bundle))
        return said
    return None


def content(site: Site, statement: Statement) -> JsonValue:
    """The words of a statement; None where they are not here or can't be read."""
    with site.database.read() as uow, suppress(*UNREADABLE):
        return parcels.opened(uow, site, statement).content()
    return None


def _check_labels(site: Site, opening: Opening, member: AttachmentMember, number: int) -> None:
    """The manifest and the words about a document can limit it, those of the same document in
    another statement, and of one that supersedes it; raises NotAllowed."""
    allowed = opening.labels
    if allowed is None:
        return
    copies = [(opening.bundle, member, number), *_copies(site, opening, member.sha256)]
    said = [named(opening.bundle.content(), documents_in(opening.bundle)), *beside(site, opening)]
    if name_of(member.sha256) in handling.withheld_ids(said, allowed) or any(
        not allowed.issuperset(copy.labels)
        or handling.withholds_document(bundle.content(), place, allowed)
        for bundle, copy, place in copies
    ):
        raise NotAllowed(
            "label-closed", "This document's handling label is not for your role; ask your manager"
        )


def _copies(
    site: Site, opening: Opening, sha256: str
) -> Iterator[tuple[Opened, AttachmentMember, int]]:
    """The same document in other statements that bring entries of the case file."""
    with site.database.read() as uow:
        for statement in opening.beside:
            with suppress(*UNREADABLE):
                bundle = parcels.opened(uow, site, statement)
                members = bundle.admitted.manifest.members
                for place, one in enumerate(members):  # the first is the words
                    if isinstance(one, AttachmentMember) and one.sha256 == sha256:
                        yield bundle, one, place


def write_down(
    site: Site, caller: Caller, handover: str, part: str, act: accesslog.Act, purpose: str
) -> None:
    """Written down before anything is handed out."""
    now = site.clock()
    with site.database.write() as uow:
        logbook.write(uow, site, caller, handover, part, act, purpose, now)


def _scan(site: Site, caller: Caller, handover: str, part: str, verified: StoredMember) -> None:
    """Have a verified document scanned, if a scanner is set. That it was withheld is written down
    too, with the reason in the place of a purpose."""
    settings = site.settings
    if not settings.scan_command:
        return
    try:
        scanner.scan(settings.scan_command, verified.pieces(), settings.scan_seconds)
    except (NotAllowed, Unavailable) as error:
        log.warning("a document was withheld", extra={"code": error.code})
        write_down(site, caller, handover, part, "withheld", error.code)
        raise


def latest(replica: Replica, kind: str) -> Statement:
    """The newest statement of a kind, confirmed or not. Raises NotFound (`no-papers`)."""
    for statement in reversed(usable(replica)):
        if statement.kind == kind:
            return statement
    raise NotFound("no-papers", f"No {kind} has come, or it could not be opened")


def _named(replica: Replica, digest: str) -> Statement:
    found = next((one for one in usable(replica) if one.digest == digest), None)
    if found is None:
        raise NotFound("no-papers", "There are no papers with this that could be opened")
    return found


def usable(replica: Replica) -> list[Statement]:
    """All that was said and could be opened, in order; our own that has no place yet comes last."""
    said = [entry.statement for entry in replica.entries if entry.result != "unusable"]
    return [*said, *replica.pending]
