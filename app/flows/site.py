"""One authority's running service, as every flow needs it. Built by the doors, once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from weakref import WeakKeyDictionary

from app.errors import Unavailable
from app.flows.measures import Measures
from app.flows.rates import Rates
from app.outside.oidc import IdentityProvider
from app.outside.peers import Peers
from app.settings import Settings
from app.store import directories
from app.store.blobs import BlobStore
from app.store.unit_of_work import Database, UnitOfWork
from app.trust.directory import Directory, Roots, reopen_directory
from app.trust.keyring import Keyring


@dataclass(frozen=True)
class Site:
    """`clock` gives an aware UTC datetime to the second; a flow reads it once. `provider`: who
    vouches for callers beside our own tokens, if anybody does."""

    settings: Settings
    database: Database
    blobs: BlobStore
    keyring: Keyring
    roots: Roots
    peers: Peers
    clock: Callable[[], datetime]
    provider: IdentityProvider | None = None
    rates: Rates = field(default_factory=Rates)
    measures: Measures = field(default_factory=Measures, compare=False, repr=False)

    @property
    def authority(self) -> str:
        return self.settings.authority

    @property
    def names(self) -> frozenset[str]:
        """Every identifier under which this service is a party of ledgers: the present one, and
        those of authorities that it has succeeded. The parties of a ledger stay what they are."""
        return frozenset({self.settings.authority, *self.settings.formerly})


def utc_now() -> datetime:
    """The clock of every real service."""
    return datetime.now(UTC).replace(microsecond=0)


_IN_FORCE: WeakKeyDictionary[Database, tuple[object, Directory]] = WeakKeyDictionary()
"""Of each database, the directory that was in force when it was last asked, and which that is: a
directory of a nation has a megabyte, and every statement is judged by it."""


def directory_of(uow: UnitOfWork, site: Site) -> Directory:
    """The directory in force. Raises Unavailable (`no-directory`)."""
    latest = directories.latest_import(uow.connection)
    if latest is None:
        raise Unavailable(
            "no-directory", "There is no directory of authorities yet: pair with one, or import it"
        )
    known = _IN_FORCE.get(site.database)
    if known is not None and known[0] == (latest, site.roots):
        return known[1]
    row = directories.get(uow.connection, latest[0])
    assert row is not None
    directory = _reopened(row.wire, site.roots)
    _IN_FORCE[site.database] = ((latest, site.roots), directory)
    return directory


def directories_of(uow: UnitOfWork, site: Site) -> Iterator[Directory]:
    """Every directory ever in force here, the newest first, as far as it is asked for."""
    directory: Directory | None = directory_of(uow, site)
    while directory is not None:
        yield directory
        row = directories.older(uow.connection, directory.version)
        directory = _reopened(row.wire, site.roots) if row else None


@lru_cache(maxsize=8)
def _reopened(wire: bytes, roots: Roots) -> Directory:
    """Reading hundreds of authorities' keys takes a second or two: once a version."""
    return reopen_directory(wire, roots)
