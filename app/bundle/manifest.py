"""What a bundle holds, said first inside it, and what a statement announces of it."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from app.bundle import ustar
from app.crypto import strictjson
from app.crypto.header import Header
from app.crypto.recipients import HYBRID
from app.errors import Malformed, NotFound, NotVerified, TooLarge
from app.trust import forms
from app.trust.forms import AuthorityId, Digest, Form, Id

MANIFEST = "manifest.json"
CONTENT = "content.json"


@dataclass(frozen=True)
class Limits:
    """The largest that is sealed or admitted: bytes, and how many members follow the manifest."""

    bundle: int = 2 << 30
    content: int = 32 << 20
    manifest: int = 4 << 20
    members: int = 2000


LIMITS = Limits()


@dataclass(frozen=True)
class Announced:
    """A statement's `bundle`: SHA-256 and size of the file, SHA-256 of its manifest.json."""

    sha256: str
    size: int
    manifest: str


@dataclass(frozen=True)
class Expected:
    """What the statement says a bundle is part of, and its manifest has to say as well."""

    kind: str
    handover: str
    sender: str
    recipient: str


Size = Annotated[int, Field(ge=0, lt=8**11)]
"""Bytes; a ustar header has room for 11 octal digits."""

LABELS = frozenset(
    {
        "open",
        "professionals_only",
        "not_to",
        "originator_consent",
        "court_permission",
        "legal_privilege",
    }
)
"""The handling labels of this version."""

Label = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=40)]
"""One that a reader does not know, of a later version, counts as the most restrictive."""

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that show `exe.pdf` for `fdp.exe`."""


def _file_name(name: str) -> str:
    categories = {unicodedata.category(character) for character in name}
    if name in {".", ".."} or set("/\\") & set(name) or _REORDERING & set(name):
        raise ValueError("a name is of a file, not of a place")
    if categories & {"Cc", "Cs", "Zl", "Zp"}:
        raise ValueError("a name is one line of characters that can be seen")
    return name


FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_file_name)
]
"""A file's real name in any script: a name only, of 1 to 255 characters, never a path."""

MediaType = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$"
    ),
]
"""`type/subtype` in lower case, without parameters (RFC 6838)."""


def _each_once(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) != len(labels) or ("open" in labels and len(labels) > 1):
        raise ValueError("each label once, and `open` alone")
    return labels


Labels = Annotated[tuple[Label, ...], Field(min_length=1, max_length=5), AfterValidator(_each_once)]
"""All that limit who may see a document; `open` where nothing does."""


class ContentMember(Form):
    """The case file, or what a statement of another kind has to say."""

    path: Literal["content.json"]
    size: Size
    sha256: Digest


class AttachmentMember(Form):
    """Document N of the case file is `attachments/N` in four digits."""

    path: Annotated[str, StringConstraints(pattern=r"^attachments/[0-9]{4}$")]
    size: Size
    sha256: Digest
    name: FileName
    media_type: MediaType
    labels: Labels


Member = ContentMember | AttachmentMember


def _consecutive(members: tuple[Member, ...]) -> tuple[Member, ...]:
    if [member.path for member in members] != [CONTENT, *map(path_of, range(1, len(members)))]:
        raise ValueError("content.json, then attachments/0001 and on")
    return members


class Manifest(Form):
    """`nonce` keeps the announced digest from being guessed. Canonical JSON (RFC 8785)."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    v: Literal[1]
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
    handover: Id
    sender: AuthorityId = Field(alias="from")
    recipient: AuthorityId = Field(alias="to")
    nonce: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    """32 random bytes in base64url."""
    members: Annotated[tuple[Member, ...], Field(min_length=1), AfterValidator(_consecutive)]

    @classmethod
    def build(cls, members: dict[str, Any]) -> "Manifest":
        """Of Python values. Raises Malformed `bundle-manifest-malformed`."""
        return forms.build(cls, members, "bundle-manifest-malformed")

    @classmethod
    def parse(cls, data: bytes, limits: Limits) -> "Manifest":
        """Raises Malformed `bundle-manifest-malformed` and those of `strictjson.parse_canonical`;
        TooLarge `bundle-too-many-members`, `bundle-content-too-large`."""
        strictjson.parse_canonical(data, limit=limits.manifest)
        manifest = forms.read(cls, data, "bundle-manifest-malformed")
        manifest.check_limits(limits)
        return manifest

    def data(self) -> bytes:
        """The bytes of manifest.json."""
        return forms.data(self)

    def archive_size(self, data: int) -> int:
        """Bytes of the whole archive, where `data` is the size of manifest.json."""
        members = sum(ustar.extent(member.size) for member in self.members)
        return ustar.extent(data) + members + len(ustar.END)

    def locate(self, path: str, data: int) -> tuple[Member, int]:
        """The member and where its header begins. Raises NotFound `bundle-member-unknown`."""
        at = ustar.extent(data)
        for member in self.members:
            if member.path == path:
                return member, at
            at += ustar.extent(member.size)
        raise NotFound("bundle-member-unknown", "Ask for a member that the manifest lists.")

    def check_limits(self, limits: Limits) -> None:
        if len(self.members) > limits.members:
            raise TooLarge("bundle-too-many-members", "Send fewer attachments at a time.")
        if self.members[0].size > limits.content:
            raise TooLarge("bundle-content-too-large", "Send long texts as attachments.")

    def check_expected(self, expected: Expected) -> None:
        """Raises NotVerified `bundle-of-another-statement`."""
        said = Expected(self.kind, self.handover, self.sender, self.recipient)
        if said != expected:
            raise NotVerified(
                "bundle-of-another-statement",
                "This bundle was sealed for another statement. Ask the sender to send it again.",
            )


def describe_attachment(
    number: int, name: str, media_type: str, labels: Sequence[str]
) -> AttachmentMember:
    """A document before its bytes are there, held to what a manifest can say of it.

    Raises Malformed `bundle-manifest-malformed`, `label-unknown`.
    """
    if not set(labels) <= LABELS:
        raise Malformed("label-unknown", f"Use these labels: {', '.join(sorted(LABELS))}")
    members = {
        "path": path_of(number),
        "size": 0,
        "sha256": "0" * 64,
        "name": name,
        "media_type": media_type,
        "labels": tuple(labels),
    }
    return forms.build(AttachmentMember, members, "bundle-manifest-malformed")


def path_of(number: int) -> str:
    """Where document `number`, from 1, is."""
    return f"attachments/{number:04d}"


def check_manifest_size(size: int, limits: Limits) -> None:
    """Raises TooLarge `bundle-manifest-too-large`."""
    if size > limits.manifest:
        raise TooLarge("bundle-manifest-too-large", "Send fewer attachments at a time.")


def check_member_digest(digest: str, member: Member) -> None:
    """Raises NotVerified `bundle-member-digest`."""
    if digest != member.sha256:
        raise NotVerified(
            "bundle-member-digest", "A member is not what the manifest says. Ask for it again."
        )


def check_manifest_digest(data: bytes, announced: Announced) -> None:
    """Raises NotVerified `bundle-manifest-digest`."""
    if hashlib.sha256(data).hexdigest() != announced.manifest:
        raise NotVerified(
            "bundle-manifest-digest", "The manifest is not the announced one. Ask for it again."
        )


def check_recipients(header: Header) -> None:
    """Sealed to one or two hybrid recipients and to nothing else: no passphrase, no weaker key.

    Raises Malformed `bundle-recipients`.
    """
    types = [stanza.type for stanza in header.stanzas]
    if types not in ([HYBRID], [HYBRID, HYBRID]):
        raise Malformed("bundle-recipients", "Seal to one or two age1pq1 recipients only.")
