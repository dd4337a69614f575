"""What a restored service may not say yet.

A statement issued from an old copy of a ledger would take a place that another has, and the ledger
would part. So from a restore on nothing is issued to an authority until it was asked which
handovers there are between us, nor in one of them until all of it that we lack was asked for
(`flows.catchup`). Each authority and each handover is held by itself: one that can't be reached
holds up nobody else, and a person who has rung them can go on without (`go_on`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.access import Caller
from app.crypto.ids import new_id
from app.errors import NotFound, Unavailable
from app.flows import logbook
from app.flows.site import Site, directory_of
from app.handover.when import stamp
from app.store import jobs, meta
from app.store.unit_of_work import UnitOfWork
from app.trust.authority import Authority
from app.trust.directory import Directory

RETRY_AFTER = 60
"""Seconds; to catch up takes seconds where the other side answers."""
ASK, CATCH_UP = "ask", "catch_up"
"""Kinds of jobs: which handovers there are with an authority; what we lack of one of them."""
_RESTORED, _ASKED, _GO_ON = "restored", "asked", "go_on"


@dataclass(frozen=True)
class Held:
    """An authority that statements wait for. `asked`: it has said which handovers there are.
    `handovers`: those that are not caught up; `problem`: a code that kept us from it."""

    authority: str
    asked: bool
    handovers: tuple[str, ...]
    problem: str | None


def begin(uow: UnitOfWork, now: datetime) -> None:
    """This database was brought back from a backup: nobody has been asked since."""
    meta.put(uow.connection, _RESTORED, f"{stamp(now)} {new_id()}")


def since(uow: UnitOfWork) -> str | None:
    """Which restore was the last one; None: none."""
    return meta.get(uow.connection, _RESTORED)


def check(uow: UnitOfWork, site: Site, peer: str, handover: str, now: datetime) -> None:
    """That a statement of this handover may be issued. Raises Unavailable (`restoring`)."""
    if is_held(uow, site, peer, handover, now):
        raise Unavailable(
            "restoring",
            "A backup was brought back, and this is not compared with the other authority yet",
            retry_after=RETRY_AFTER,
        )


def is_held(uow: UnitOfWork, site: Site, peer: str, handover: str, now: datetime) -> bool:
    """Whether nothing may be issued in this handover yet."""
    return handover in held_among(uow, site, {handover: peer}, now)


def held_among(
    uow: UnitOfWork, site: Site, handovers: Mapping[str, str], now: datetime
) -> frozenset[str]:
    """Those of some handovers, each with its peer, in which nothing may be issued yet."""
    began = since(uow)
    if began is None:
        return frozenset()
    directory = directory_of(uow, site)
    at_work = {peer: _at_work(directory, peer, now) for peer in set(handovers.values())}
    keys = [f"{what}:{one}" for what in (_GO_ON, _ASKED) for one in at_work.values()]
    marks = meta.those(uow.connection, keys)
    queued = jobs.lanes_with_work(uow.connection, [lane(handover) for handover in handovers])

    def waits(handover: str, authority: str) -> bool:
        if marks.get(f"{_GO_ON}:{authority}") == began:
            return False
        return marks.get(f"{_ASKED}:{authority}") != began or lane(handover) in queued

    return frozenset(one for one, peer in handovers.items() if waits(one, at_work[peer]))


def held(uow: UnitOfWork, site: Site, now: datetime) -> list[Held]:
    """Every authority that statements wait for, in the order of the directory."""
    if since(uow) is None:
        return []
    return list(_held(uow, site, now))


def sentence(waiting: list[Held]) -> str:
    """Whom statements wait for, and why, for people."""
    named = (
        f"{one.authority} ({one.problem})" if one.problem else one.authority for one in waiting
    )
    return (
        "A backup was brought back. Statements wait until what we lack was asked of "
        f"{', '.join(named)}: see openapi/restore.md"
    )


def peers(uow: UnitOfWork, site: Site, now: datetime) -> Iterator[Authority]:
    """The other authorities of the directory that are at work."""
    for one in directory_of(uow, site).document.authorities:
        ended = one.valid_to is not None and one.valid_to <= now
        if one.identifier not in site.names and not ended:
            yield one


def look_for(uow: UnitOfWork, site: Site, now: datetime) -> None:
    """Queue what is to be asked of each authority that was not asked since the restore."""
    if since(uow) is None:
        return
    for one in peers(uow, site, now):
        if not is_asked(uow, one.identifier):
            jobs.enqueue(
                uow.connection,
                kind=ASK,
                lane=f"{ASK}:{one.identifier}",
                key=f"{ASK}:{one.identifier}",
                payload={"authority": one.identifier},
                due_at=now,
            )


def wake(uow: UnitOfWork, site: Site, authority: str | None, now: datetime) -> None:
    """There is something new of an authority (None: of any), such as its keys: ask at once what
    waits for it, also what was given up."""
    look_for(uow, site, now)
    for kind in (ASK, CATCH_UP):
        for job in jobs.of_kind(uow.connection, kind):
            of_it = authority is None or job.payload["authority"] == authority
            if of_it and job.lease_until is None:
                jobs.resume(uow.connection, job.id, now)


def catch_up(uow: UnitOfWork, authority: str, handover: str, now: datetime) -> None:
    """Queue asking for what we lack of a handover; until that is done it is held."""
    jobs.enqueue(
        uow.connection,
        kind=CATCH_UP,
        lane=lane(handover),
        key=lane(handover),
        payload={"authority": authority, "handover": handover},
        due_at=now,
        share=f"{CATCH_UP}:{authority}",
    )


def lane(handover: str) -> str:
    return f"{CATCH_UP}:{handover}"


def is_asked(uow: UnitOfWork, authority: str) -> bool:
    return _is_marked(uow, _ASKED, authority)


def asked(uow: UnitOfWork, authority: str) -> None:
    """It has said which handovers there are, and each is queued."""
    _mark(uow, _ASKED, authority)


def go_on(site: Site, caller: Caller, authority: str, purpose: str) -> None:
    """Issue statements to an authority without having asked it: by a person, who has rung them.

    Raises NotFound (`authority-unknown`, `not-held`), Malformed (`access-purpose`).
    """
    now = site.clock()
    with site.database.write() as uow:
        one = directory_of(uow, site).current(authority, now).identifier
        if one not in [waiting.authority for waiting in held(uow, site, now)]:
            raise NotFound("not-held", "No statement waits for this authority")
        said = f"{one}: {purpose}" if purpose.strip() else purpose
        logbook.append(uow, site.keyring, caller.subject, None, "ledgers", "go_on", said, now)
        _mark(uow, _GO_ON, one)


def _held(uow: UnitOfWork, site: Site, now: datetime) -> Iterator[Held]:
    waiting = jobs.of_kind(uow.connection, CATCH_UP)
    asking = {str(job.payload["authority"]): job for job in jobs.of_kind(uow.connection, ASK)}
    for one in peers(uow, site, now):
        name = one.identifier
        if _is_marked(uow, _GO_ON, name):
            continue
        known = is_asked(uow, name)
        mine = [job for job in waiting if job.payload["authority"] == name]
        codes = [job.last_code for job in mine if job.last_code]
        if not known and name in asking and asking[name].last_code:
            codes = [str(asking[name].last_code)]
        if mine or not known:
            ids = tuple(str(job.payload["handover"]) for job in mine)
            yield Held(name, known, ids, next(iter(codes), None))


def _at_work(directory: Directory, peer: str, now: datetime) -> str:
    """Who does its work now, and is asked in its place."""
    try:
        return directory.current(peer, now).identifier
    except NotFound:
        return peer


def _is_marked(uow: UnitOfWork, what: str, authority: str) -> bool:
    """A mark is of one restore; the next one asks everybody again."""
    return meta.get(uow.connection, f"{what}:{authority}") == since(uow)


def _mark(uow: UnitOfWork, what: str, authority: str) -> None:
    began = since(uow)
    assert began is not None
    meta.put(uow.connection, f"{what}:{authority}", began)
