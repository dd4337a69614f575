"""Setting an authority up: its first directory, its card, pairing with others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.crypto.strictjson import JsonValue
from app.errors import Conflict, NotAllowed, NotVerified
from app.flows import restored
from app.flows.site import Site, directory_of
from app.handover.bodies import BODIES
from app.handover.statement import VERSION
from app.handover.when import stamp
from app.store import directories
from app.store.directories import DirectoryRow
from app.trust import forms
from app.trust.authority import Authority
from app.trust.card import (
    Card,
    ConfirmedCard,
    add_to_directory,
    check_follows,
    confirm,
    describe,
    fingerprint,
    make_card,
    next_version,
    open_card,
    renewed,
)
from app.trust.directory import DirectoryDocument, Roots, sign_directory, verify_directory

SIGNED_AGAIN = timedelta(days=60)
"""How long before it expires our own directory is signed again."""


@dataclass(frozen=True)
class Contacts:
    """How an authority presents itself. `endpoint` is where its exchange answers."""

    name: str
    endpoint: str
    front_door: str
    out_of_hours: str | None = None
    secure_mail: str | None = None


def found(site: Site, contacts: Contacts) -> None:
    """The first directory, with ourselves in it, signed by our own root.

    Raises Conflict (`already-set-up`), Malformed (`authority-form`).
    """
    now = site.clock()
    entry = _entry(site, contacts, now)
    with site.database.write() as uow:
        if directories.latest(uow.connection) is not None:
            raise Conflict("already-set-up", "This service is set up already")
        publish(uow.connection, site, next_version(None, (entry,), now), now)


def card(site: Site) -> tuple[bytes, str]:
    """Our card to give to another authority, and its fingerprint to read over the telephone."""
    now = site.clock()
    with site.database.read() as uow:
        entry = directory_of(uow, site).authority(site.authority)
    current = describe(forms.value(entry), site.keyring)
    wire = make_card(current, site.keyring, now).wire
    return wire, fingerprint(open_card(wire, now))


def read_card(site: Site, wire: bytes) -> tuple[Card, str]:
    """Another authority's card and its fingerprint: nothing is trusted yet."""
    opened = open_card(wire, site.clock())
    return opened, fingerprint(opened)


def pair(site: Site, wire: bytes, spoken: str) -> Authority:
    """Trust another authority whose fingerprint was read to us over the telephone.

    Raises NotVerified (`fingerprint-mismatch`), NotAllowed (`not-our-directory`).
    """
    now = site.clock()
    confirmed = confirm(open_card(wire, now), spoken)
    _publish_card(site, confirmed, now)
    return confirmed.card.authority


def renew(site: Site, identifier: str) -> Authority:
    """Fetch the card that another authority shows now, and take its new keys and contacts if the
    keys that we trust already vouch for it.

    Raises NotVerified (`card-of-another`, `key-...`), NotAllowed (`not-our-directory`), and as the
    peers do.
    """
    _root(site)
    now = site.clock()
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    known = directory.authority(identifier)
    if known.endpoint is None:
        raise NotAllowed("no-endpoint", "This authority is not reached by the service: ring them")
    confirmed = renewed(open_card(site.peers.card(known.endpoint), now), directory, now)
    if confirmed.card.authority.identifier != known.identifier:
        raise NotVerified("card-of-another", "This is the card of another authority")
    if not _same(confirmed.card.authority, known):
        _publish_card(site, confirmed, now)
    return confirmed.card.authority


def _same(shown: Authority, known: Authority) -> bool:
    """But for the day on which it was verified."""
    return shown.model_copy(update={"verified_on": known.verified_on}) == known


def keep_up(site: Site, now: datetime) -> None:
    """Our own directory, where our root signs it: signed again long before it expires, with our
    own entry as our keyring has it.

    Raises NotVerified (`card-rollback`) where this process has an older keyring than the directory
    knows: it must be restarted.
    """
    if not signs_itself(site):
        return
    with site.database.write() as uow:
        directory = directory_of(uow, site)
        document, own = directory.document, directory.authority(site.authority)
        fresh = describe(forms.value(own), site.keyring)
        check_follows(own, fresh, now)
        if fresh != own or document.expires < now + SIGNED_AGAIN:
            others = [one for one in document.authorities if one.identifier != own.identifier]
            publish(uow.connection, site, next_version(document, (fresh, *others), now), now)


def has_older_keyring(site: Site, now: datetime) -> bool:
    """Whether the directory knows newer keys of ours than this process, which began before they
    were made."""
    with site.database.read() as uow:
        own = directory_of(uow, site).authority(site.authority)
    try:
        check_follows(own, describe(forms.value(own), site.keyring), now)
    except NotVerified:
        return True
    return False


def _publish_card(site: Site, confirmed: ConfirmedCard, now: datetime) -> None:
    with site.database.write() as uow:
        document = directory_of(uow, site).document
        changed = add_to_directory(document, confirmed, now)
        publish(uow.connection, site, changed, now)
        restored.wake(uow, site, confirmed.card.authority.identifier, now)


def who_we_are(site: Site) -> dict[str, Any]:
    """The well-known document: who answers here, and what it understands."""
    settings = site.settings
    return {
        "authority": site.authority,
        "versions": [VERSION],
        "kinds": sorted(BODIES),
        "limits": {
            "bundle": settings.bundle_bytes,
            "content": settings.content_bytes,
            "attachments": settings.attachments,
        },
    }


def refresh(site: Site) -> None:
    """Our own entry with the keys that our keyring has now, in our own directory."""
    now = site.clock()
    with site.database.write() as uow:
        document = directory_of(uow, site).document
        own = directory_of(uow, site).authority(site.authority)
        entry = describe(forms.value(own), site.keyring)
        others = [one for one in document.authorities if one.identifier != own.identifier]
        publish(uow.connection, site, next_version(document, (entry, *others), now), now)


def current_directory(site: Site) -> tuple[dict[str, Any], bytes]:
    """The directory in force, as a value and as it is signed."""
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    return forms.value(directory.document), directory.wire


def import_directory(site: Site, wire: bytes) -> int:
    """Take a newer directory of our roots; returns its version.

    Raises NotVerified (`directory-rollback`, `directory-equivocation`, `directory-roots`, ...).
    """
    now = site.clock()
    with site.database.write() as uow:
        row = directories.latest(uow.connection)
        current = directory_of(uow, site) if row else None
        arrived = verify_directory(wire, site.roots, current=current, now=now)
        if current is None or arrived.version > current.version:
            directories.insert(uow.connection, DirectoryRow(arrived.version, wire, now))
            restored.wake(uow, site, None, now)
    return arrived.version


def sign(site: Site, document: bytes) -> bytes:
    """A directory document, written by hand, as our root signs it.

    Raises Malformed (`directory-form`), NotAllowed (`not-our-directory`).
    """
    return sign_directory(
        forms.read(DirectoryDocument, document, "directory-form"), _root(site)
    ).wire


def publish(connection: Any, site: Site, document: DirectoryDocument, now: datetime) -> None:
    """Sign the next version of our directory, and keep it. Raises NotAllowed
    (`not-our-directory`)."""
    wire = sign_directory(document, _root(site)).wire
    directories.insert(connection, DirectoryRow(document.version, wire, now))


def _root(site: Site) -> Any:
    if not signs_itself(site):
        raise NotAllowed("not-our-directory", "A regional root signs this directory; ask there")
    return site.keyring.root


def signs_itself(site: Site) -> bool:
    """Whether our own root makes our directory: it is in the keyring, and no others are pinned."""
    root = site.keyring.root
    return root is not None and site.roots == Roots(threshold=1, keys=(root.public,))


def _entry(site: Site, contacts: Contacts, now: datetime) -> Authority:
    about: dict[str, JsonValue] = {
        "other_identifiers": [],
        "name": contacts.name,
        "nation": site.settings.nation,
        "valid_from": stamp(now),
        "valid_to": None,
        "successor": None,
        "route": "exchange",
        "endpoint": contacts.endpoint,
        "contacts": {
            "front_door": contacts.front_door,
            "out_of_hours": contacts.out_of_hours,
            "secure_mail": contacts.secure_mail,
        },
        "verified_on": now.date().isoformat(),
    }
    return describe(about, site.keyring)
