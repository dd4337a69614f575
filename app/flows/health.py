"""Whether the service is fit to work."""

from typing import Any

from app.errors import CaseHandoverError
from app.flows import room, setup
from app.flows.site import Site, directory_of
from app.store import handovers
from app.trust.authority import CLOCK_TOLERANCE


def reasons(site: Site) -> list[dict[str, Any]]:
    """Why the service is not ready; none if it is. Codes and sentences, never a word of a case."""
    found = []
    now = site.clock()
    try:
        with site.database.read() as uow:
            changed = handovers.last_change(uow.connection)
            standing = directory_of(uow, site).standing(now)
        if changed is not None and changed > now + CLOCK_TOLERANCE:
            found.append(_reason("clock-behind", "Our clock is behind our own ledger: set it"))
        if standing == "expired":
            found.append(_reason("directory-expired", "The directory is out of date: import one"))
    except CaseHandoverError as error:
        found.append(_reason(error.code, error.detail))
    try:
        if setup.has_older_keyring(site, now):
            found.append(_reason("keyring-outdated", "The keys have changed: restart the service"))
        site.keyring.keyset(now)
    except CaseHandoverError as error:
        found.append(_reason(error.code, error.detail))
    found += _blobs(site)
    return found


def _blobs(site: Site) -> list[dict[str, Any]]:
    try:
        site.blobs.check()
        room.check(site)
    except CaseHandoverError as error:
        return [_reason(error.code, error.detail)]
    return []


def _reason(code: str, detail: str) -> dict[str, Any]:
    return {"code": code, "detail": detail}
