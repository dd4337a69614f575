"""Documents of a draft: each is sealed to our own key as it arrives, and opened again only to be
sealed to the other authority."""

import hashlib
from collections.abc import Sequence
from functools import partial

from app.access import Caller
from app.bundle.manifest import describe_attachment
from app.bundle.seal import Attachment
from app.casefile.model import Attachment as Described
from app.casefile.model import Parts
from app.crypto import age, box
from app.crypto.ids import new_id
from app.errors import Conflict, Malformed, TooLarge
from app.flows import lost, room
from app.flows.draft import find, lasts_until, unsealed
from app.flows.site import Site
from app.store import drafts
from app.store.drafts import AttachmentRow


def name_of(site: Site, row: AttachmentRow) -> str:
    """A document's real file name."""
    key, where = site.keyring.label_key.raw, _where(row.draft, row.number)
    return box.open_(key, row.name_sealed, where).decode()


class AttachmentSink:
    """Takes a document's bytes as they arrive, and seals them at once.

    `feed` each piece, then `finish`; `abort` in every other case.
    """

    def __init__(
        self,
        site: Site,
        caller: Caller,
        draft: str,
        number: int,
        name: str,
        media_type: str,
        labels: Sequence[str] = ("open",),
    ) -> None:
        """Raises what `find` raises, and Malformed: `attachment-number`, or
        `bundle-manifest-malformed` for a name, media type or label that could not travel."""
        if not 1 <= number <= site.settings.attachments:
            raise Malformed(
                "attachment-number",
                f"Attachments are numbered from 1 to {site.settings.attachments}",
            )
        self._about = describe_attachment(number, name, media_type, labels)
        self._row = find(site, caller, draft)
        self._site, self._caller = site, caller
        self._number = number
        self._size = 0
        self._digest = hashlib.sha256()
        self._blob = new_id()
        self._sealer = age.Encryptor([site.keyring.draft.recipient])
        self._writer = room.writer(site, self._blob)
        self._writer.write(self._sealer.prefix)

    def feed(self, data: bytes) -> None:
        """The next bytes. Raises TooLarge (`attachment-too-large`), Unavailable (`storage-low`)."""
        self._size += len(data)
        if self._size > self._site.settings.bundle_bytes:
            raise TooLarge("attachment-too-large", "This document is larger than a handover takes")
        self._digest.update(data)
        self._writer.write(self._sealer.update(data))

    def finish(self) -> AttachmentRow:
        """The document is whole. It takes the place of one with the same number. Raises what `find`
        raises, again: it can have taken hours to come."""
        draft = find(self._site, self._caller, self._row.id).id
        self._writer.write(self._sealer.finish())
        self._writer.close()
        key, where = self._site.keyring.label_key.raw, _where(draft, self._number)
        row = AttachmentRow(
            draft=draft,
            number=self._number,
            name_sealed=box.seal(key, self._about.name.encode(), where),
            media_type=self._about.media_type,
            labels=" ".join(self._about.labels),
            size=self._size,
            sha256=self._digest.hexdigest(),
            blob=self._blob,
        )
        until = lasts_until(self._site, self._site.clock())
        with self._site.database.write() as uow:
            drafts.keep_until(uow.connection, draft, until)
            before = drafts.attachments(uow.connection, draft)
            drafts.detach(uow.connection, draft, self._number)
            drafts.attach(uow.connection, row)
        lost.discard(self._site, *(old.blob for old in before if old.number == self._number))
        return row

    def abort(self) -> None:
        """Leave nothing behind."""
        self._writer.close()
        lost.discard(self._site, self._blob)


def enclosed(
    site: Site, documents: Sequence[AttachmentRow], parts: Parts
) -> tuple[Attachment, ...]:
    """A draft's documents, to be sealed with words that have these `parts`.

    Raises Conflict (`attachments-incomplete`).
    """
    numbers = [document.number for document in documents]
    described = {one.number: one for one in parts.attachments}
    if numbers != list(range(1, len(numbers) + 1)) or not described.keys() <= set(numbers):
        raise Conflict(
            "attachments-incomplete",
            "Attachments are numbered from 1 without gaps, and all that the words name are there",
        )

    return tuple(
        Attachment(
            name=name_of(site, document),
            media_type=document.media_type,
            labels=_labels(document, described.get(document.number)),
            size=document.size,
            sha256=document.sha256,
            open=partial(unsealed, site, document.blob),
        )
        for document in documents
    )


def _labels(document: AttachmentRow, described: Described | None) -> tuple[str, ...]:
    """Those given with its bytes and those in the case file: each limits who may see it."""
    given: list[str] = document.labels.split()
    if described is not None:
        given += [limit.code for limit in described.handling]
    return tuple(dict.fromkeys(one for one in given if one != "open")) or ("open",)


def _where(draft: str, number: int) -> bytes:
    return f"draft:{draft}:{number}".encode()
