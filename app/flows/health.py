"""Whether the service is fit to work, and what will keep it from that if nobody acts.

A reason is why it can't work now; a warning is for a person and changes nothing. Both are codes and
sentences, never a word of a case.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.errors import CaseHandoverError
from app.flows import papers, restored, room, setup
from app.flows.site import Site, directory_of
from app.store import figures, handovers
from app.trust.authority import CLOCK_TOLERANCE

ENDING = timedelta(days=30)
"""How long before our last keys end somebody is warned."""
LONG = timedelta(hours=10)
"""How long a statement may wait for its delivery: by then every rung of the ladder was tried."""
MISSED = timedelta(minutes=15)
"""How late a tick may be begun: each worker looks for work all the time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """Something is not well. `urgent`: so that the service can't work."""

    code: str
    detail: str
    urgent: bool = True


def reasons(site: Site) -> list[dict[str, Any]]:
    """Why the service is not ready; none if it is."""
    found = [one for check, _ in CHECKS for one in done(check, site)]
    return [shown(one) for one in found if one.urgent]


def shown(one: Finding) -> dict[str, Any]:
    """For an answer."""
    return {"code": one.code, "detail": one.detail}


def done(check: "Check", site: Site) -> list[Finding]:
    """What one check finds; also what kept it from looking."""
    found: list[Finding] = []
    try:
        found.extend(check(site, site.clock()))
    except CaseHandoverError as error:
        found.append(Finding(error.code, error.detail))
    except Exception:  # a bug, or a database that we do not understand: no work either
        log.exception("a check failed")
        found.append(Finding("check-failed", "A check failed unexpectedly: see the log"))
    return found


def _storage(site: Site, _: datetime) -> Iterator[Finding]:
    site.blobs.check()
    yield from ()


def _keys(site: Site, now: datetime) -> Iterator[Finding]:
    site.keyring.keyset(now)
    if max(one.sign_until for one in site.keyring.signing if not one.revoked) < now + ENDING:
        yield Finding("keys-end-soon", "Our keys end soon: `handover keys rotate`", urgent=False)


def _database(site: Site, now: datetime) -> Iterator[Finding]:
    with site.database.write() as uow:
        figures.can_write(uow.connection)
    with site.database.read() as uow:
        changed = handovers.last_change(uow.connection)
    if changed is not None and changed > now + CLOCK_TOLERANCE:
        yield Finding("clock-behind", "Our clock is behind our own ledger: set it")


def _directory(site: Site, now: datetime) -> Iterator[Finding]:
    with site.database.read() as uow:
        standing = directory_of(uow, site).standing(now)
    if standing == "expired":
        yield Finding("directory-expired", "The directory is out of date: import one")
    if standing == "grace":
        detail = "The directory is out of date and new keys in it do not count: import one"
        yield Finding("directory-grace", detail, urgent=False)
    if setup.has_older_keyring(site, now):
        yield Finding("keyring-outdated", "The keys have changed: restart the service")


def _restored(site: Site, now: datetime) -> Iterator[Finding]:
    """What was brought back can be read, and who can't be asked holds up nobody else."""
    with site.database.read() as uow:
        waiting = restored.held(uow, site, now)
        lacking = papers.lacking(uow)
    if lacking:
        detail = "Sealed papers that were lost have not come back from their authorities yet"
        yield Finding("papers-lacking", detail, urgent=False)
    if waiting:
        yield Finding("restoring", restored.sentence(waiting), urgent=False)


def _room(site: Site, _: datetime) -> Iterator[Finding]:
    room.check(site)
    yield from ()


def _work(site: Site, now: datetime) -> Iterator[Finding]:
    with site.database.read() as uow:
        stopped = figures.oldest_undelivered(uow.connection, stopped=True)
        waits = figures.oldest_undelivered(uow.connection, stopped=False)
        tick = figures.tick_due(uow.connection, now)
    if stopped is not None:
        detail = "A delivery has been stopped until a person sends it again: `handover retry`"
        yield Finding("deliveries-stopped", detail, urgent=False)
    if waits is not None and waits < now - LONG:
        detail = "A statement has not been delivered for ten hours: ring the other authority"
        yield Finding("delivery-late", detail, urgent=False)
    if tick is None or tick < now - MISSED:
        detail = "No worker is at work: look after `handover worker`"
        yield Finding("worker-missing", detail, urgent=False)


Check = Callable[[Site, datetime], Iterator[Finding]]
_DATABASE = Finding("database-slow", "The database does not answer in time")
_STORAGE = Finding("storage-slow", "The folder for sealed files does not answer in time")

CHECKS: tuple[tuple[Check, Finding], ...] = (
    (_keys, _STORAGE),
    (_storage, _STORAGE),
    (_database, _DATABASE),
    (_directory, _DATABASE),
    (_restored, _DATABASE),
    (_room, _STORAGE),
    (_work, _DATABASE),
)
"""In order, each with what it means that it comes to no end."""
