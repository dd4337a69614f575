"""Other authorities' cards, looked for once a day: so keys rotate without anybody's command.

A card that can't be fetched or does not prove itself changes nothing. What came of the last try is
a code beside the authority, for people who look at the directory; tomorrow is the next try.
"""

from datetime import datetime, timedelta

from app.crypto.ids import digest
from app.errors import CaseHandoverError
from app.flows import setup
from app.flows.site import Site, directory_of
from app.handover.when import instant, stamp
from app.store import jobs, meta
from app.store.unit_of_work import UnitOfWork
from app.trust.authority import Authority

EVERY = timedelta(days=1)
FRESH = "ok"
_HOUR = 3600


def look_for(site: Site, now: datetime) -> None:
    """Queue a look at each card that nobody has looked at for a day, spread over the hour. Where a
    regional root signs the directory, the region does it."""
    if not setup.signs_itself(site):
        return
    with site.database.write() as uow:
        for one in directory_of(uow, site).document.authorities:
            if _is_reached(site, one, now) and _is_due(uow, one.identifier, now):
                _enqueue(uow, site, one.identifier, now)


def renew(site: Site, identifier: str) -> None:
    """Look at one card, and note what came of it."""
    try:
        setup.renew(site, identifier)
        code = FRESH
    except CaseHandoverError as error:
        code = error.code
    with site.database.write() as uow:
        meta.put(uow.connection, _key(identifier), f"{stamp(site.clock())} {code}")


def last_look(site: Site, identifier: str) -> tuple[str, str] | None:
    """When the card was last looked at, and what came of it: `ok`, or a code."""
    with site.database.read() as uow:
        return _last(uow, identifier)


def _is_reached(site: Site, one: Authority, now: datetime) -> bool:
    ended = one.valid_to is not None and one.valid_to <= now
    return one.endpoint is not None and one.identifier not in site.names and not ended


def _is_due(uow: UnitOfWork, identifier: str, now: datetime) -> bool:
    last = _last(uow, identifier)
    return last is None or instant(last[0]) + EVERY <= now


def _last(uow: UnitOfWork, identifier: str) -> tuple[str, str] | None:
    noted = meta.get(uow.connection, _key(identifier))
    at, _, code = (noted or "").partition(" ")
    return (at, code) if noted else None


def _enqueue(uow: UnitOfWork, site: Site, identifier: str, now: datetime) -> None:
    """Not all at once, and not everybody at the same peer at once."""
    spread = int(digest(f"{site.authority} {identifier}".encode())[:8], 16) % _HOUR
    jobs.enqueue(
        uow.connection,
        kind="renew",
        lane=f"renew:{identifier}",
        key=f"renew:{identifier}",
        payload={"authority": identifier},
        due_at=now + timedelta(seconds=spread),
    )


def _key(identifier: str) -> str:
    return f"card:{identifier}"
