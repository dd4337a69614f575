"""The directory: a signed list of authorities, whose roots were pinned when we began.

It travels as signed JSON (`app.crypto.jws`) with two signatures for each root. Between two paired
authorities the root is their own; a region has several, of which `threshold` must sign.
A version never goes back. Expired, it still vouches for the keys it knew, for 30 days and with an
alarm: failing closed would halt child protection.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.crypto import jws
from app.crypto.jwk import SigningKeys
from app.errors import NotFound, NotVerified
from app.trust import forms
from app.trust.authority import CLOCK_TOLERANCE, Authority, Keyset
from app.trust.forms import Form, Keys, Moment, Version

TYP = "case-handover-directory+jws"
LIMIT = 16 * 1024 * 1024
"""Bytes of payload."""
GRACE = timedelta(days=30)
MOST_ROOTS = 8

Standing = Literal["fresh", "grace", "expired"]


class Roots(Form):
    """Who signs the directory: pinned at `init`, changed by hand only."""

    threshold: Annotated[int, Field(ge=1, le=MOST_ROOTS)]
    keys: Annotated[tuple[Keys, ...], Field(min_length=1, max_length=MOST_ROOTS)]

    @model_validator(mode="after")
    def _enough(self) -> "Roots":
        kids = list(chain.from_iterable(keys.kids for keys in self.keys))
        if self.threshold > len(self.keys) or len(set(kids)) != len(kids):
            raise ValueError("there are as many different roots as must sign")
        return self


class DirectoryDocument(Form):
    """What the roots sign."""

    v: Literal[1]
    version: Version
    issued: Moment
    expires: Moment
    authorities: Annotated[tuple[Authority, ...], Field(max_length=2_000)]

    @model_validator(mode="after")
    def _consistent(self) -> "DirectoryDocument":
        if self.expires <= self.issued:
            raise ValueError("a directory expires after it was issued")
        names = list(chain.from_iterable(one.names for one in self.authorities))
        if len(set(names)) != len(names):
            raise ValueError("an identifier names one authority")
        keysets = chain.from_iterable(one.keysets for one in self.authorities)
        kids = list(chain.from_iterable(keyset.keys.kids for keyset in keysets))
        if len(set(kids)) != len(kids):
            raise ValueError("a key belongs to one keyset")
        return self


@dataclass(frozen=True)
class Directory:
    """A directory that the roots vouch for."""

    document: DirectoryDocument = field(repr=False)
    digest: str
    wire: bytes = field(repr=False)
    _names: dict[str, Authority] = field(init=False, repr=False, compare=False)
    _kids: dict[str, tuple[Authority, Keyset]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        authorities = self.document.authorities
        names = {name: one for one in authorities for name in one.names}
        kids = {
            kid: (one, keyset)
            for one in authorities
            for keyset in one.keysets
            for kid in keyset.keys.kids
        }
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_kids", kids)

    @property
    def version(self) -> int:
        return self.document.version

    def authority(self, identifier: str) -> Authority:
        """Whoever goes by `identifier`. Raises NotFound `authority-unknown`."""
        try:
            return self._names[identifier]
        except KeyError:
            raise NotFound(
                "authority-unknown", "The directory has no such authority: pair with it first."
            ) from None

    def current(self, identifier: str, now: datetime) -> Authority:
        """Who does the work of `identifier` now: itself, or whoever succeeded it in the end.

        Raises NotFound `authority-unknown`.
        """
        one = self.authority(identifier)
        for _ in self.document.authorities:  # successors in a circle end here
            heir = _heir(one, now)
            if heir is None:
                break
            one = self.authority(heir)
        return one

    def speaks_for(self, authority: Authority, name: str, now: datetime) -> bool:
        """Whether `name` is one of its own, or of one whose work has passed to it by now."""
        try:
            return name in authority.names or (
                self.current(name, now).identifier == authority.identifier
            )
        except NotFound:
            return False

    def names_of(self, authority: Authority, now: datetime) -> frozenset[str]:
        """Its names, and those of every authority whose work has passed to it by now."""
        passed: dict[str, list[Authority]] = {}
        for one in self.document.authorities:
            if (heir := _heir(one, now)) is not None:
                passed.setdefault(heir, []).append(one)
        found = {*authority.names}
        waiting = [authority] if _heir(authority, now) is None else []
        while waiting:  # nobody is met twice: each has one heir, and the last has none
            names = waiting.pop().names
            found.update(names)
            waiting += [one for name in names for one in passed.get(name, ())]
        return frozenset(found)

    def keyset_for(self, kids: tuple[str, str]) -> tuple[Authority, Keyset]:
        """Whose keys these are. Raises NotVerified `key-unknown` (retryable), `key-mixed`."""
        holders = [self._kids.get(kid) for kid in kids]
        if None in holders or not holders[0]:
            raise NotVerified(
                "key-unknown", "Nobody in this directory has these keys.", retryable=True
            )
        authority, keyset = holders[0]
        if keyset.keys.kids != kids:
            raise NotVerified("key-mixed", "Sign with the two keys of one keyset.")
        return authority, keyset

    def standing(self, now: datetime) -> Standing:
        """`fresh`, `grace` (in use, with an alarm) or `expired`."""
        if now < self.document.expires:
            return "fresh"
        return "grace" if now < self.document.expires + GRACE else "expired"

    def judge(self, kids: tuple[str, str], now: datetime) -> tuple[Authority, Keyset]:
        """Whose keys these are, if a signature by them that arrives `now` counts.

        Raises NotVerified as `keyset_for` and `Keyset.judge` do, and `directory-expired`
        (retryable) after the grace, or during it for a keyset that was not in use before.
        """
        authority, keyset = self.keyset_for(kids)
        keyset.judge(now)
        standing = self.standing(now)
        new = keyset.sign_from >= self.document.expires
        if standing == "expired" or (standing == "grace" and new):
            raise _expired()
        return authority, keyset


def _heir(authority: Authority, now: datetime) -> str | None:
    """Who does its work by now; None while it does that itself."""
    ended = authority.valid_to is not None and now >= authority.valid_to
    return authority.successor if ended else None


def sign_directory(document: DirectoryDocument, root: SigningKeys) -> jws.Signed:
    """`document` as one root signs it; others add theirs with `countersign_directory`."""
    return jws.sign(forms.value(document), TYP, root)


def countersign_directory(wire: bytes, root: SigningKeys) -> jws.Signed:
    """The same directory with one more root's signatures. Raises as `jws.parse` does."""
    return jws.countersign(jws.parse(wire, TYP, limit=LIMIT, signers=MOST_ROOTS), root)


def reopen_directory(wire: bytes, roots: Roots) -> Directory:
    """A directory of our own records: its form and signatures, whatever its age.

    Signers that are not among the roots are ignored, so that roots can change one by one.
    Raises Malformed and NotVerified as `jws.parse` and `jws.verify` do, Malformed
    `directory-form`, NotVerified `directory-roots` when fewer than `threshold` roots signed.
    """
    signed = jws.parse(wire, TYP, limit=LIMIT, signers=MOST_ROOTS)
    signers = [keys for keys in roots.keys if keys.kids in signed.signer_kids]
    verified = [jws.verify(signed, keys) for keys in signers]
    if len(verified) < roots.threshold:
        raise NotVerified("directory-roots", "Too few of the pinned roots signed this directory.")
    document = forms.read(DirectoryDocument, signed.payload, "directory-form")
    return Directory(document, signed.digest, wire)


def verify_directory(
    wire: bytes, roots: Roots, *, current: Directory | None, now: datetime
) -> Directory:
    """A directory that has just arrived, where `current` was in use so far (and may be the same).

    Raises as `reopen_directory` does, and NotVerified `directory-rollback` (retryable),
    `directory-equivocation`, `directory-not-yet-issued` (retryable), `directory-expired`
    (retryable).
    """
    arrived = reopen_directory(wire, roots)
    if current and arrived.digest == current.digest:
        return current
    if current and arrived.version < current.version:
        raise NotVerified(
            "directory-rollback", "This directory is older than the one in use.", retryable=True
        )
    if current and arrived.version == current.version:
        raise NotVerified(
            "directory-equivocation", "Two directories have one version: ring whoever signs them."
        )
    if now + CLOCK_TOLERANCE < arrived.document.issued:
        raise NotVerified(
            "directory-not-yet-issued", "This directory is of a later date.", retryable=True
        )
    if arrived.standing(now) != "fresh":
        raise _expired()
    return arrived


def _expired() -> NotVerified:
    return NotVerified(
        "directory-expired", "The directory is out of date: fetch a newer one.", retryable=True
    )
