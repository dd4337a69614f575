"""Writing to the access log: in the same commit as what is written down, or before it is handed
out."""

from datetime import datetime

from app.access import Caller
from app.flows.site import Site
from app.store import access_log
from app.store.access_log import AccessLogRow
from app.store.unit_of_work import UnitOfWork
from app.trust import accesslog
from app.trust.accesslog import Access, Act, Head
from app.trust.keyring import Keyring


def write(
    uow: UnitOfWork,
    site: Site,
    caller: Caller,
    handover: str,
    part: str,
    act: Act,
    purpose: str,
    now: datetime,
) -> None:
    """One act of one person. Raises Malformed and TooLarge (`access-purpose`)."""
    append(uow, site.keyring, caller.subject, handover, part, act, purpose, now)


def append(
    uow: UnitOfWork,
    keyring: Keyring,
    who: str,
    handover: str | None,
    part: str,
    act: Act,
    purpose: str,
    now: datetime,
) -> None:
    """As `write`, also of what concerns no single handover."""
    last = access_log.last(uow.connection)
    head = Head(last.number, last.digest) if last else accesslog.START
    access = Access(at=now, who=who, act=act, handover=handover, part=part)
    entry = accesslog.entry(head, access, purpose, keyring.label_key.raw)
    access_log.append(
        uow.connection,
        AccessLogRow(entry.place, entry.digest, head.digest or "", entry.data),
    )
