"""A small bundle and the people it is between; all fictional."""

import hashlib
from collections.abc import Callable, Iterable
from io import BytesIO

from app.bundle.manifest import LIMITS, Announced, Expected, Limits
from app.bundle.seal import Attachment, seal
from app.crypto.recipients import HybridIdentity

RECEIVER, ARCHIVE, THIRD = (HybridIdentity(bytes([number]) * 32) for number in (1, 2, 3))
EXPECTED = Expected(
    kind="dispatch",
    handover="abcdefghijklmnopqrstuvwxya",
    sender="gss:E99999901",
    recipient="gss:E99999902",
)
CONTENT = b'{"note":"fictional"}'


def attachment(data: bytes, name: str = "Minutes.pdf", label: str = "open") -> Attachment:
    return Attachment(
        name=name,
        media_type="application/pdf",
        labels=(label,),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        open=lambda: pieces(data),
    )


def pieces(data: bytes, step: int = 1 << 20) -> Iterable[bytes]:
    return (data[at : at + step] for at in range(0, len(data), step))


def sealed(
    *files: bytes, content: bytes = CONTENT, limits: Limits = LIMITS, two: bool = True
) -> tuple[bytes, Announced]:
    out = BytesIO()
    recipients = [RECEIVER.recipient, ARCHIVE.recipient][: 1 + two]
    attachments = [attachment(data) for data in files]
    announced = seal(EXPECTED, content, attachments, recipients, out.write, limits)
    return out.getvalue(), announced


def announce(file: bytes, like: Announced) -> Announced:
    """What a statement about `file` says, were it sealed just so."""
    return Announced(hashlib.sha256(file).hexdigest(), len(file), like.manifest)


def read_at(file: bytes) -> Callable[[int, int], bytes]:
    return lambda offset, n: file[offset : offset + n]
