"""Verify a whole bundle once, before its receipt; nothing of it is released here."""

import hashlib
from collections.abc import Sequence
from typing import final

from app.bundle import ustar
from app.bundle.manifest import (
    LIMITS,
    MANIFEST,
    Announced,
    Expected,
    Limits,
    Manifest,
    Member,
    check_manifest_digest,
    check_manifest_size,
    check_member_digest,
    check_recipients,
)
from app.crypto.age import Payload, Read, ReadAt, Stream
from app.crypto.recipients import Identity
from app.errors import Malformed, NotVerified, TooLarge

_ADMITTED = object()


@final
class AdmittedBundle:
    """A bundle whose every byte was verified: made by `admit` and `readmit`, and nowhere else."""

    def __init__(self, announced: Announced, manifest: Manifest, token: object) -> None:
        if token is not _ADMITTED:
            raise TypeError("an AdmittedBundle comes from admit() or readmit() only")
        self.announced = announced
        self.manifest = manifest


def admit(
    read: Read,
    announced: Announced,
    expected: Expected,
    identities: Sequence[Identity],
    limits: Limits = LIMITS,
) -> AdmittedBundle:
    """Reads the file once, front to back, and no more than one byte past its announced size.

    Raises, by step, the first of: 0 TooLarge `bundle-too-large`; 1 NotVerified `bundle-size`,
    `bundle-digest`; then those of `_verify`. Step 1 can be decided only at the end, but it is
    said first: bytes lost on the way are not the sender's fault, and worth another upload.
    """
    if announced.size > limits.bundle:
        raise TooLarge("bundle-too-large", "Send the attachments in several supplements.")
    source = _Source(read, announced)
    try:
        manifest = _verify(source, announced, expected, identities, limits)
    except (Malformed, NotVerified, TooLarge):
        source.check()
        raise
    source.check()
    return AdmittedBundle(announced, manifest, _ADMITTED)


def open_manifest(
    read_at: ReadAt,
    announced: Announced,
    identities: Sequence[Identity],
    limits: Limits = LIMITS,
) -> Manifest:
    """The announced manifest of a stored bundle, by range; says nothing of the other members.

    Raises as `admit` does in steps 2 to 6.
    """
    payload = Payload(read_at, announced.size, identities)
    check_recipients(payload.header)
    size = ustar.size_in(payload.read(0, ustar.BLOCK), MANIFEST)
    check_manifest_size(size, limits)
    data = payload.read(ustar.BLOCK, size)
    check_manifest_digest(data, announced)
    return Manifest.parse(data, limits)


def readmit(
    read_at: ReadAt,
    announced: Announced,
    expected: Expected,
    identities: Sequence[Identity],
    limits: Limits = LIMITS,
) -> AdmittedBundle:
    """An admitted bundle again, where own records say that it was admitted, or sealed here.

    Only its manifest is verified again, and each member when it is opened. Never for a bundle that
    only arrived. Raises as `open_manifest` does, and NotVerified `bundle-of-another-statement`.
    """
    manifest = open_manifest(read_at, announced, identities, limits)
    manifest.check_expected(expected)
    return AdmittedBundle(announced, manifest, _ADMITTED)


def _verify(
    source: "_Source",
    announced: Announced,
    expected: Expected,
    identities: Sequence[Identity],
    limits: Limits,
) -> Manifest:
    """Steps 2 to 9, each with error codes of its own.

    2 Malformed `age-header-malformed`, `bundle-recipients`. 3 NotVerified
    `age-no-identity-matches`, `age-header-mac`. 4 wherever a chunk is wrong, NotVerified
    `age-payload-...`. 5 `bundle-manifest-digest`. 6 Malformed `json-...`,
    `bundle-manifest-malformed`, TooLarge. 7 NotVerified `bundle-of-another-statement`.
    8 Malformed `bundle-member-header`, `bundle-member-padding`, NotVerified
    `bundle-member-digest`. 9 Malformed `bundle-trailer`, `bundle-trailing`, `bundle-truncated`.
    """
    stream = Stream(source.read)
    check_recipients(stream.header)
    archive = ustar.Reader(stream.chunks(identities))
    size = archive.first_header(MANIFEST)
    check_manifest_size(size, limits)
    data = archive.take(size)
    check_manifest_digest(data, announced)
    manifest = Manifest.parse(data, limits)
    manifest.check_expected(expected)
    archive.padding(size)
    for member in manifest.members:
        _verify_member(archive, member)
    archive.end()
    return manifest


def _verify_member(archive: ustar.Reader, member: Member) -> None:
    archive.header(member.path, member.size)
    digest = hashlib.sha256()
    for piece in archive.data(member.size):
        digest.update(piece)
    check_member_digest(digest.hexdigest(), member)
    archive.padding(member.size)


class _Source:
    """Counts and hashes what is read."""

    def __init__(self, read: Read, announced: Announced) -> None:
        self._read = read
        self._announced = announced
        self._left = announced.size
        self._digest = hashlib.sha256()

    def read(self, n: int) -> bytes:
        if self._left < 0:
            return b""
        piece = self._read(min(n, self._left + 1))
        self._left -= len(piece)
        self._digest.update(piece)
        return piece

    def check(self) -> None:
        """Reads what is left. Raises NotVerified `bundle-size`, `bundle-digest`."""
        while self.read(1 << 20):
            pass
        if self._left:
            raise NotVerified("bundle-size", "Not of the announced size. Upload it again.")
        if self._digest.hexdigest() != self._announced.sha256:
            raise NotVerified("bundle-digest", "Not the announced bytes. Upload them again.")
