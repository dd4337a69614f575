"""Reading the access log, and taking it away to be verified elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.access import Caller, may
from app.errors import CaseHandoverError, NotVerified
from app.flows.site import Site
from app.handover.when import stamp
from app.store import access_log
from app.store.access_log import AccessLogRow
from app.store.unit_of_work import UnitOfWork
from app.trust import accesslog
from app.trust.accesslog import LIMIT, START, Head, parse_head, verify_chain

__all__ = ["LIMIT", "START", "Head", "Page", "Seen", "head", "lines", "page", "parse_head",
           "verify"]  # fmt: skip

_PAGE = 1000


@dataclass(frozen=True)
class Seen:
    """One entry in words: who did what with which part of a handover, when, and why."""

    number: int
    at: str
    who: str
    act: str
    handover: str | None
    part: str
    purpose: str


@dataclass(frozen=True)
class Page:
    """`cursor` is the number to go on after; None at the end. `head` is the whole log's."""

    entries: list[Seen]
    cursor: int | None
    head: Head


def page(site: Site, caller: Caller, after: int, limit: int) -> Page:
    """Up to `limit` entries after the one of this number, their purposes opened.

    Raises NotAllowed, NotVerified (`access-log-broken`).
    """
    may(caller, "audit")
    with site.database.read() as uow:
        rows = access_log.after(uow.connection, after, limit + 1)
        end = _head(uow)
    shown = [_seen(site, row) for row in rows[:limit]]
    return Page(shown, shown[-1].number if len(rows) > limit else None, end)


def head(site: Site, caller: Caller) -> Head:
    """The log's end, to be kept elsewhere: a later export must go through it."""
    may(caller, "audit")
    with site.database.read() as uow:
        return _head(uow)


def lines(site: Site, caller: Caller) -> Iterator[bytes]:
    """The chain as it is kept, an entry a line; purposes stay sealed."""
    may(caller, "audit")
    last = 0
    while True:
        with site.database.read() as uow:
            rows = access_log.after(uow.connection, last, _PAGE)
        if not rows:
            return
        yield b"".join(row.entry + b"\n" for row in rows)
        last = rows[-1].number


def verify(exported: Iterable[bytes], known: Head) -> Head:
    """The head of exported lines. Raises NotVerified (`access-log-broken`, `access-log-cut`)."""
    return verify_chain((line.removesuffix(b"\n") for line in exported), known=known)


def _head(uow: UnitOfWork) -> Head:
    last = access_log.last(uow.connection)
    return Head(last.number, last.digest) if last else START


def _seen(site: Site, row: AccessLogRow) -> Seen:
    try:
        what = accesslog.access_of(row.entry)
        purpose = accesslog.open_purpose(row.entry, site.keyring.label_key.raw)
    except CaseHandoverError:
        raise NotVerified(
            "access-log-broken",
            f"Entry {row.number} of the access log was changed: keep it, and tell your security "
            "officer.",
        ) from None
    return Seen(row.number, stamp(what.at), what.who, what.act, what.handover, what.part, purpose)
