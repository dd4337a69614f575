"""Seal a bundle as a stream: memory stays flat at any size."""

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.bundle import ustar
from app.bundle.manifest import (
    CONTENT,
    LIMITS,
    MANIFEST,
    Announced,
    Expected,
    Limits,
    Manifest,
    check_manifest_size,
    check_recipients,
    path_of,
)
from app.crypto.age import Encryptor, ciphertext_size
from app.crypto.recipients import HybridRecipient
from app.errors import NotVerified, TooLarge

_NONCE = 32


@dataclass(frozen=True)
class Attachment:
    """A file to go along. `open` is called once, when its turn comes, for its bytes in pieces."""

    name: str
    media_type: str
    labels: tuple[str, ...]
    size: int
    sha256: str
    open: Callable[[], Iterable[bytes]]


def seal(
    expected: Expected,
    content: bytes,
    attachments: Sequence[Attachment],
    recipients: Sequence[HybridRecipient],
    write: Callable[[bytes], object],
    limits: Limits = LIMITS,
) -> Announced:
    """Writes the bundle piece by piece; what the statement must announce of it.

    `recipients`: the receiving authority's and, or not, the sender's own archive's.
    Raises Malformed `bundle-recipients` (`age-header-malformed` for none),
    `bundle-manifest-malformed`; TooLarge
    `bundle-too-large`, `bundle-content-too-large`, `bundle-too-many-members`,
    `bundle-manifest-too-large`: all before anything is written. NotVerified
    `bundle-source-changed` when an attachment is not of the size and digest that were given.
    """
    encryptor = Encryptor(recipients)
    check_recipients(encryptor.header)
    manifest = _manifest(expected, content, attachments)
    manifest.check_limits(limits)
    data = manifest.data()
    _check_size(encryptor, manifest, len(data), limits)
    sink = _Sink(encryptor, write)
    sink.member(MANIFEST, len(data), [data])
    sink.member(CONTENT, len(content), [content])
    for member, attachment in zip(manifest.members[1:], attachments, strict=True):
        sink.member(member.path, member.size, _checked(attachment))
    return sink.finish(hashlib.sha256(data).hexdigest())


def _manifest(expected: Expected, content: bytes, attachments: Sequence[Attachment]) -> Manifest:
    first = {"path": CONTENT, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    rest: list[dict[str, Any]] = [
        {
            "path": path_of(number),
            "size": attachment.size,
            "sha256": attachment.sha256,
            "name": attachment.name,
            "media_type": attachment.media_type,
            "labels": attachment.labels,
        }
        for number, attachment in enumerate(attachments, 1)
    ]
    return Manifest.build(
        {
            "v": 1,
            "kind": expected.kind,
            "handover": expected.handover,
            "sender": expected.sender,
            "recipient": expected.recipient,
            "nonce": base64.urlsafe_b64encode(os.urandom(_NONCE)).decode().rstrip("="),
            "members": (first, *rest),
        }
    )


def _check_size(encryptor: Encryptor, manifest: Manifest, data: int, limits: Limits) -> None:
    check_manifest_size(data, limits)
    if ciphertext_size(len(encryptor.prefix), manifest.archive_size(data)) > limits.bundle:
        raise TooLarge("bundle-too-large", "Send the attachments in several supplements.")


def _checked(attachment: Attachment) -> Iterable[bytes]:
    """Its bytes, as long as they are the announced ones."""
    digest, left = hashlib.sha256(), attachment.size
    for piece in attachment.open():
        digest.update(piece)
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left or digest.hexdigest() != attachment.sha256:
        raise NotVerified(
            "bundle-source-changed", "A file changed while it was sealed. Attach it again."
        )


class _Sink:
    """Archive in, ciphertext out, with its digest and size."""

    def __init__(self, encryptor: Encryptor, write: Callable[[bytes], object]) -> None:
        self._encryptor = encryptor
        self._write = write
        self._digest = hashlib.sha256()
        self._size = 0
        self._out(encryptor.prefix)

    def member(self, path: str, size: int, pieces: Iterable[bytes]) -> None:
        self._in(ustar.header(path, size))
        for piece in pieces:
            self._in(piece)
        self._in(ustar.padding(size))

    def finish(self, manifest: str) -> Announced:
        self._in(ustar.END)
        self._out(self._encryptor.finish())
        return Announced(self._digest.hexdigest(), self._size, manifest)

    def _in(self, data: bytes) -> None:
        if sealed := self._encryptor.update(data):
            self._out(sealed)

    def _out(self, sealed: bytes) -> None:
        self._digest.update(sealed)
        self._size += len(sealed)
        self._write(sealed)
