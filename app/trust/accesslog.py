"""The access log: every opening, print, export and reveal, as a chain of digests.

Each entry is canonical JSON that names its place and the digest of the entry before, so none can
be changed, left out or put in without all later digests changing. The stated purpose is free text
and may speak of a case: it is sealed, and the chain covers its sealed form, so that the chain can
be verified without any key. Keep the head elsewhere too: a chain cut short is still a chain.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints

from app.crypto import base64url, box, ids, strictjson
from app.errors import Malformed, NotVerified, TooLarge
from app.trust import forms
from app.trust.forms import Digest, Form, Id, Moment, Version

LIMIT = 16 * 1024
"""Bytes of an entry."""
LONGEST_PURPOSE = 2_000
"""Characters."""

Act = Literal[
    "open", "print", "export", "reveal", "download", "withheld", "grant", "end", "restrict", "lift",
    "restore", "go_on",
]  # fmt: skip
"""`grant` and `end`: of a named opener or a reviewer. `restrict` and `lift`: of a handover.
`withheld`: what had been asked for was not given out after all; the purpose says why. `restore`: a
backup was brought back. `go_on`: statements are issued to an authority that was not asked since."""
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@|/-]{1,200}$")]
"""Who, as the identity provider's opaque id: not a name."""
Part = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./_-]{0,99}$")]
"""What of the handover, in our own words: `content.json`, `attachments/0007`, `address`."""


class Access(Form):
    """One act of one person, without its purpose."""

    at: Moment
    who: Subject
    act: Act
    handover: Id | None
    """None for what concerns no single one: `restore`, `go_on`."""
    part: Part


class _Line(Access):
    place: Version
    prev: Digest | None
    purpose: Annotated[str, StringConstraints(max_length=12_000)]


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many entries, and the digest of the last (None before the first)."""

    count: int
    digest: str | None

    def __str__(self) -> str:
        return f"{self.count}:{self.digest or ''}"


START = Head(0, None)
_HEAD = re.compile(r"0:|([1-9][0-9]{0,17}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Entry:
    """An entry as it is kept: `data` is canonical JSON, `digest` its lower-case hex SHA-256."""

    data: bytes
    digest: str
    place: int

    @property
    def head(self) -> Head:
        """The chain's end once this entry is kept."""
        return Head(self.place, self.digest)


def entry(head: Head, access: Access, purpose: str, key: bytes) -> Entry:
    """The entry that follows `head`; `key` (32 bytes) seals the purpose.

    Raises TooLarge `access-purpose` for a purpose of over 2,000 characters, Malformed
    `access-purpose` for none and `box-key`.
    """
    if not purpose.strip():
        raise Malformed("access-purpose", "Say what you need it for.")
    if len(purpose) > LONGEST_PURPOSE:
        raise TooLarge("access-purpose", f"Say it in at most {LONGEST_PURPOSE} characters.")
    members = {**dict(access), "place": head.count + 1, "prev": head.digest, "purpose": ""}
    bare = forms.build(_Line, members, "access-form")
    sealed = box.seal(key, _text(purpose), forms.data(bare))
    data = forms.data(bare.model_copy(update={"purpose": base64url.encode(sealed)}))
    return Entry(data, ids.digest(data), bare.place)


def parse_head(text: str) -> Head:
    """A head as it is written down, `count:digest`. Raises Malformed `access-head`."""
    if (found := _HEAD.fullmatch(text)) is None:
        raise Malformed("access-head", "Give the head as `handover audit head` prints it.")
    return Head(int(found[1] or 0), found[2])


def access_of(data: bytes) -> Access:
    """What an entry says, without its purpose. Raises Malformed `access-form`."""
    line = _read(data)
    return forms.build(
        Access, {name: getattr(line, name) for name in Access.model_fields}, "access-form"
    )


def open_purpose(data: bytes, key: bytes) -> str:
    """The purpose that an entry states.

    Raises Malformed `access-form`, `box-key`; NotVerified `box-broken`.
    """
    line = _read(data)
    try:
        sealed = base64url.decode(line.purpose)
    except Malformed:
        raise _not_an_entry() from None
    bare = forms.data(line.model_copy(update={"purpose": ""}))
    return box.open_(key, sealed, bare).decode()


def verify_chain(entries: Iterable[bytes], *, known: Head = START) -> Head:
    """The head of the whole chain, which must go through `known`, a head kept elsewhere.

    Raises NotVerified `access-log-broken`, its pointer the index of the first entry that does not
    follow from those before, or `access-log-cut` when the chain ends before `known`.
    """
    head = START
    for index, data in enumerate(entries):
        try:
            line = _read(data)
        except Malformed:
            raise _broken(index) from None
        if (line.place, line.prev) != (head.count + 1, head.digest):
            raise _broken(index)
        head = Head(line.place, ids.digest(data))
        if head.count == known.count and head != known:
            raise _broken(index)
    if head.count < known.count:
        raise NotVerified(
            "access-log-cut",
            f"Entries are missing at the end of the access log: it ends with {head.count} of at "
            f"least {known.count}.",
        )
    return head


def _read(data: bytes) -> _Line:
    try:
        strictjson.parse_canonical(data, limit=LIMIT, depth=1)
    except (Malformed, TooLarge):
        raise _not_an_entry() from None
    return forms.read(_Line, data, "access-form")


def _text(purpose: str) -> bytes:
    try:
        return purpose.encode()
    except UnicodeEncodeError:
        raise Malformed("access-purpose", "Say it in text that can be written down.") from None


def _not_an_entry() -> Malformed:
    return Malformed("access-form", "This is no entry of an access log.")


def _broken(index: int) -> NotVerified:
    return NotVerified(
        "access-log-broken",
        f"Entry {index + 1} of the access log does not follow from those before it: it or the one "
        "before was changed, or some are missing. Keep it, and tell your security officer.",
        pointer=f"/{index}",
    )
