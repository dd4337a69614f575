"""Open one member of an admitted bundle by range; nothing unverified reaches the caller."""

import hashlib
from collections.abc import Iterator, Sequence

from app.bundle import ustar
from app.bundle.admit import AdmittedBundle
from app.bundle.manifest import Member, check_member_digest
from app.crypto.age import CHUNK, Payload, ReadAt
from app.crypto.recipients import Identity

_PIECE = 16 * CHUNK


class OpenMember:
    """A member that was hashed whole and is what its manifest says. Memory stays flat."""

    def __init__(self, payload: Payload, member: Member, header_at: int) -> None:
        """Use `open_member`."""
        self.member = member
        self._payload = payload
        self._start = header_at + ustar.BLOCK
        ustar.check_header(payload.read(header_at, ustar.BLOCK), member.path, member.size)
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        check_member_digest(digest.hexdigest(), member)

    def read(self, offset: int, n: int) -> bytes:
        """As `data[offset : offset + n]`. Raises NotVerified `age-payload-...`."""
        stop = min(offset + n, self.member.size)
        if not 0 <= offset < stop:  # before it there are other members
            return b""
        return self._payload.read(self._start + offset, stop - offset)

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """As `data[start:stop]`, front to back, in pieces of at most 1 MiB."""
        end = self.member.size if stop is None else stop
        for offset in range(start, end, _PIECE):
            yield self.read(offset, min(_PIECE, end - offset))


def open_member(
    read_at: ReadAt, admitted: AdmittedBundle, path: str, identities: Sequence[Identity]
) -> OpenMember:
    """Decrypts and hashes the member whole; what is read afterwards is decrypted a second time.

    That second time the chunks are authenticated under the same file key. Raises NotFound
    `bundle-member-unknown`; NotVerified `age-...`, `bundle-member-digest`; Malformed
    `bundle-member-header`.
    """
    manifest = admitted.manifest
    member, header_at = manifest.locate(path, len(manifest.data()))
    payload = Payload(read_at, admitted.announced.size, identities)
    return OpenMember(payload, member, header_at)
