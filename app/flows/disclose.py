"""Opening the words of a case: always with a purpose, always written to the access log first."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from app.access import Caller
from app.bundle.manifest import CONTENT, AttachmentMember, path_of
from app.casefile.items import in_words
from app.casefile.model import parse_case_file
from app.crypto.strictjson import JsonValue
from app.errors import NotAllowed, NotFound, Unavailable
from app.flows import ledgers, parcels
from app.flows.parcels import Opened
from app.flows.respond import reach
from app.flows.site import Site
from app.handover.replica import Replica
from app.handover.statement import Statement
from app.outside import scanner
from app.store import access_log
from app.store.access_log import AccessLogRow
from app.store.unit_of_work import UnitOfWork
from app.trust import accesslog
from app.trust.accesslog import Access, Head

Act = Literal["open", "print", "export", "reveal", "download", "withheld"]
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
    """`part(start, stop)`: that much of it, once all of it is verified."""

    @property
    def pieces(self) -> Iterator[bytes]:
        """The whole."""
        return self.part(0, self.size)


def words(site: Site, caller: Caller, handover: str, kind: str, purpose: str) -> JsonValue:
    """The sealed words of the latest statement of a kind: the case file of a `dispatch`.

    Raises NotFound (`no-papers`), NotAllowed, Malformed (`access-purpose`).
    """
    opened = _opened(site, caller, handover, kind, CONTENT, "open", purpose)
    return opened.content()


def attachment(site: Site, caller: Caller, handover: str, number: int, purpose: str) -> Document:
    """Document `number` of the papers. Raises as `words`, and NotAllowed (`document-infected`) and
    Unavailable (`document-not-scanned`) where a scanner is set."""
    path = path_of(number)
    opened = _opened(site, caller, handover, "dispatch", path, "download", purpose)
    member = opened.describe(path)
    if not isinstance(member, AttachmentMember):
        raise NotFound("no-such-document", "The papers have no document of this number")
    _scan(site, caller, handover, opened, path)
    return Document(
        member.name,
        member.media_type,
        member.size,
        member.sha256,
        member.labels,
        partial(opened.member, path),
    )


def items(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Each item that came with the papers, in words: what it is, of which child, and what happens
    to it now. Raises as `words`, and Malformed for a case file of a newer form."""
    opened = _opened(site, caller, handover, "dispatch", CONTENT, "open", purpose)
    described = in_words(parse_case_file(opened.content()))
    with site.database.read() as uow:
        view = ledgers.load(uow, site, handover).view()
    known = view.items if view else {}
    return [
        {
            "item": item,
            "type": one.type,
            "child": one.child,
            "disposition": one.disposition,
            "what": described.get(item, ""),
        }
        for item, one in sorted(known.items(), key=lambda pair: (pair[1].type, pair[0]))
    ]


def documents(site: Site, caller: Caller, handover: str) -> list[int]:
    """The numbers of the documents that came with the papers."""
    reach(site, caller, handover, "open")
    with site.database.read() as uow:
        statement = latest(ledgers.load(uow, site, handover), "dispatch")
        opened = parcels.opened(uow, site, statement)
    return list(range(1, len(opened.admitted.manifest.members)))


def _opened(
    site: Site, caller: Caller, handover: str, kind: str, part: str, act: Act, purpose: str
) -> Opened:
    """Verify that it is there, write the access down, and only then hand it out."""
    reach(site, caller, handover, "open")
    now = site.clock()
    with site.database.read() as uow:
        statement = latest(ledgers.load(uow, site, handover), kind)
        opened = parcels.opened(uow, site, statement)
    opened.describe(part)
    with site.database.write() as uow:
        _log(uow, site, caller, handover, f"{kind}/{part}", act, purpose, now)
    return opened


def _scan(site: Site, caller: Caller, handover: str, opened: Opened, path: str) -> None:
    """Have a verified document scanned, if a scanner is set. That it was withheld is written down
    too, with the reason in the place of a purpose."""
    settings = site.settings
    if not settings.scan_command:
        return
    try:
        scanner.scan(settings.scan_command, opened.member(path), settings.scan_seconds)
    except (NotAllowed, Unavailable) as error:
        log.warning("a document was withheld", extra={"code": error.code})
        with site.database.write() as uow:
            part, now = f"dispatch/{path}", site.clock()
            _log(uow, site, caller, handover, part, "withheld", error.code, now)
        raise


def latest(replica: Replica, kind: str) -> Statement:
    """The newest statement of a kind, confirmed or not. Raises NotFound (`no-papers`)."""
    said = [entry.statement for entry in replica.entries if entry.result != "unusable"]
    for statement in reversed([*said, *replica.pending]):
        if statement.kind == kind:
            return statement
    raise NotFound("no-papers", f"No {kind} has come, or it could not be opened")


def _log(
    uow: UnitOfWork,
    site: Site,
    caller: Caller,
    handover: str,
    part: str,
    act: Act,
    purpose: str,
    now: datetime,
) -> None:
    last = access_log.last(uow.connection)
    head = Head(last.number, last.digest) if last else accesslog.START
    access = Access(at=now, who=caller.subject, act=act, handover=handover, part=part)
    entry = accesslog.entry(head, access, purpose, site.keyring.label_key.raw)
    access_log.append(
        uow.connection,
        AccessLogRow(entry.place, entry.digest, head.digest or "", entry.data),
    )
