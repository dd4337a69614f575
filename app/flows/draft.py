"""Drafts: a handover in preparation, or documents for one that stands. Everything is sealed to our
own key as it arrives."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from app.access import Caller, Record, may, permit
from app.casefile.model import CaseFile, parse_case_file
from app.crypto import age, strictjson
from app.crypto.ids import new_id
from app.crypto.strictjson import JsonValue
from app.errors import Conflict, Malformed, NotAllowed, NotFound
from app.flows import lost, room
from app.flows.once import Remember, once
from app.flows.reach import granted_to
from app.flows.respond import speaking
from app.flows.site import Site, directory_of
from app.handover.codes import Transfer
from app.handover.when import stamp
from app.store import drafts, handovers, restrictions
from app.store.drafts import AttachmentRow, DraftRow
from app.store.restrictions import RestrictionRow
from app.store.unit_of_work import UnitOfWork

__all__ = [
    "Transfer", "attachments", "case_file", "case_file_value", "create", "discard", "enclose",
    "find", "find_case", "lasts_until", "replace_case_file", "summary", "unsealed",
]  # fmt: skip

_REFERENCE = re.compile(r"[A-Z0-9/-]{1,32}")


def create(
    site: Site,
    caller: Caller,
    *,
    recipient: str,
    own_reference: str,
    transfer: Transfer,
    team: str | None,
    case_file: dict[str, Any],
    key: str | None = None,
) -> DraftRow:
    """A new draft with its case file; its id will be the handover's. The same `key` again gives
    the same draft.

    Raises NotAllowed, NotFound (`authority-unknown`), Malformed (`own-reference`, and what
    `parse_case_file` raises).
    """
    may(caller, "send")
    if not _REFERENCE.fullmatch(own_reference):
        raise Malformed(
            "own-reference", "Your own reference has capitals, digits, / and - only, up to 32"
        )
    parsed = parse_case_file(case_file)
    now = site.clock()
    with site.database.read() as uow:
        peer = directory_of(uow, site).current(recipient, now)
    if site.names & set(peer.names):
        raise Malformed("recipient-is-us", "That is this authority itself: name the receiving one")
    asked: JsonValue = [recipient, own_reference, transfer, team, case_file]

    def begin(remember: Remember) -> DraftRow:
        row = replace(new, blob=_seal(site, case_file))
        with site.database.write() as uow:
            drafts.insert(uow.connection, row)
            _restrict(uow, row, caller, parsed, now)
            remember(uow, row.id)
        return row

    new = DraftRow(
        id=new_id(),
        owner=caller.subject,
        team=_team(caller, team),
        recipient=peer.identifier,
        own_reference=own_reference,
        transfer=transfer,
        created_at=now,
        expires_at=lasts_until(site, now),
        blob=None,
        notification_digest=None,
        dispatched_digest=None,
    )
    return once(site, caller, key, asked, begin, partial(find, site, caller))


def replace_case_file(
    site: Site, caller: Caller, draft: str, case_file: dict[str, Any]
) -> DraftRow:
    """Another case file in the place of the draft's. Raises as `create`, and Conflict
    (`draft-changed`) where somebody else was quicker."""
    row = find_case(site, caller, draft)
    parsed = parse_case_file(case_file)
    blob = _seal(site, case_file)
    until = lasts_until(site, site.clock())
    with site.database.write() as uow:
        changed = drafts.save(uow.connection, replace(row, blob=blob, expires_at=until))
        _restrict(uow, row, caller, parsed, site.clock())
    lost.discard(site, row.blob)
    return changed


def enclose(site: Site, caller: Caller, handover: str, key: str | None = None) -> DraftRow:
    """A draft for documents that go with a supplement of a handover that stands. The same `key`
    again gives the same draft. Raises as `respond.speaking`."""
    about = speaking(site, caller, handover)
    now = site.clock()
    new = DraftRow(
        id=new_id(),
        owner=caller.subject,
        team=about.team,
        recipient=about.peer,
        own_reference=None,
        transfer=None,
        created_at=now,
        expires_at=lasts_until(site, now),
        blob=None,
        notification_digest=None,
        dispatched_digest=None,
        handover=handover,
    )

    def begin(remember: Remember) -> DraftRow:
        with site.database.write() as uow:
            drafts.insert(uow.connection, new)
            remember(uow, new.id)
        return new

    return once(site, caller, key, ["enclose", handover], begin, partial(find, site, caller))


def find(site: Site, caller: Caller, draft: str) -> DraftRow:
    """A draft that the caller may send; one of documents is for whoever speaks for our side of its
    handover. Raises NotFound, NotAllowed."""
    unknown = NotFound("no-such-draft", "There is no draft with this id, or it isn't yours")
    with site.database.read() as uow:
        row = drafts.get(uow.connection, draft)
        if row is None:
            raise unknown
        record = _record(uow, caller, row, site.clock())
    try:
        if row.handover is not None:
            speaking(site, caller, row.handover)
        else:
            permit(caller, "send", record)
    except NotFound:
        raise unknown from None
    return row


def find_case(site: Site, caller: Caller, draft: str) -> DraftRow:
    """As `find`, of a handover in preparation. Raises Conflict (`draft-of-documents`)."""
    row = find(site, caller, draft)
    _check_case(row)
    return row


def _check_case(row: DraftRow) -> None:
    if row.handover is not None:
        raise Conflict(
            "draft-of-documents", "This draft is of documents only: send them with a supplement"
        )


def lasts_until(site: Site, now: datetime) -> datetime:
    """When a draft that is made, changed or sent now goes by itself. One whose family was notified
    stays until its papers are sent or the handover is withdrawn."""
    return now + timedelta(days=site.settings.draft_days)


def _record(uow: UnitOfWork, caller: Caller, row: DraftRow, now: datetime) -> Record:
    """A restricted case is prepared by its draft's owner, until the other authority is told of it;
    then by those who are named for the handover."""
    handover = handovers.get(uow.connection, row.id)
    own = restrictions.get(uow.connection, row.id) is not None
    granted = granted_to(uow, caller, [row.id], now)[row.id]
    if row.notification_digest is None and row.owner == caller.subject:
        granted |= {"opener"}
    return Record(row.team, own or (handover is not None and handover.restricted), granted)


def _restrict(
    uow: UnitOfWork, row: DraftRow, caller: Caller, case_file: CaseFile, now: datetime
) -> None:
    """Until it is notified, a draft is restricted exactly if its case file is."""
    if row.notification_digest is not None:
        return
    if case_file.restricted is None:
        restrictions.lift(uow.connection, row.id)
    else:
        restrictions.put(uow.connection, RestrictionRow(row.id, caller.subject, now))


def attachments(site: Site, draft: str) -> list[AttachmentRow]:
    """The draft's documents, in order of number."""
    with site.database.read() as uow:
        return drafts.attachments(uow.connection, draft)


def summary(site: Site, row: DraftRow) -> dict[str, Any]:
    """What a draft holds so far, in ids, codes and digests."""
    return {
        "id": row.id,
        "recipient": row.recipient,
        "own_reference": row.own_reference,
        "transfer": row.transfer,
        "team": row.team,
        "expires_at": stamp(row.expires_at),
        "notified": row.notification_digest is not None,
        "dispatched": row.dispatched_digest is not None,
        "handover": row.handover,
        "attachments": [
            {"number": one.number, "size": one.size, "sha256": one.sha256}
            for one in attachments(site, row.id)
        ],
    }


def discard(site: Site, caller: Caller, draft: str) -> None:
    """Throw a draft away, with all that was sealed for it. What was sent is not touched."""
    row = find(site, caller, draft)
    documents = attachments(site, draft)
    with site.database.write() as uow:
        drafts.remove(uow.connection, draft)
        if row.notification_digest is None:
            restrictions.lift(uow.connection, draft)
    lost.discard(site, row.blob, *(document.blob for document in documents))


def case_file(site: Site, row: DraftRow) -> CaseFile:
    """The draft's case file, opened."""
    return parse_case_file(case_file_value(site, row))


def case_file_value(site: Site, row: DraftRow) -> JsonValue:
    _check_case(row)
    data = b"".join(unsealed(site, cast(str, row.blob)))
    return strictjson.parse(data, limit=site.settings.content_bytes)


def unsealed(site: Site, blob: str) -> Iterator[bytes]:
    """What was sealed to our own key, piece by piece."""
    with site.blobs.reader(blob) as sealed:
        yield from age.decrypt(sealed.read, [site.keyring.draft])


def _team(caller: Caller, team: str | None) -> str:
    if team is None and len(caller.teams) == 1:
        return next(iter(caller.teams))
    if team is None:
        raise Malformed("team-missing", "Say for which of your teams this is")
    if team not in caller.teams:
        raise NotAllowed("not-your-team", "This is not one of your teams")
    return team


def _seal(site: Site, value: JsonValue) -> str:
    blob = new_id()
    sealer = age.Encryptor([site.keyring.draft.recipient])
    try:
        with room.writer(site, blob) as writer:
            whole = sealer.prefix + sealer.update(strictjson.canonical(value)) + sealer.finish()
            writer.write(whole)
    except BaseException:
        lost.discard(site, blob)
        raise
    return blob
