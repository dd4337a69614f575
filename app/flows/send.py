"""Sending: the notification in minutes, then the case."""

import re
from dataclasses import replace
from functools import partial
from typing import Any, cast

from app.access import Caller
from app.casefile.contents import Notification, parse_content
from app.casefile.declared import with_declared
from app.casefile.handling import privileged
from app.casefile.items import items
from app.casefile.model import CaseFile
from app.crypto.ids import ID_PATTERN
from app.errors import Conflict
from app.flows import attaching, grants, labels, readiness
from app.flows import draft as drafting
from app.flows.issue import Issued, Saying, issue, recall
from app.flows.once import Remember, once
from app.flows.opening import opening
from app.flows.site import Site, directory_of
from app.handover.codes import BASIS, Transfer
from app.handover.statement import Statement
from app.handover.when import When
from app.store import drafts, own_records, statements
from app.store.drafts import DraftRow
from app.store.own_records import OwnRecordRow
from app.store.unit_of_work import UnitOfWork


def notify(
    site: Site,
    caller: Caller,
    draft: str,
    words: dict[str, Any],
    effective: When | None = None,
    key: str | None = None,
) -> Issued:
    """Tell the receiving authority now; the papers follow. Starts the clocks.

    `effective` is when they were told, where that was earlier and otherwise (by telephone). The
    same `key` again gives the same statement. Raises Conflict (`already-notified`), and Malformed
    for words that are not of the form.
    """
    row = drafting.find_case(site, caller, draft)
    act = partial(_notify, site, caller, row, words, effective)
    return once(site, caller, key, [draft, words, effective], act, partial(recall, site))


def _notify(
    site: Site,
    caller: Caller,
    row: DraftRow,
    words: dict[str, Any],
    effective: When | None,
    remember: Remember,
) -> Issued:
    if row.notification_digest is not None and not _was_refused(site, row.notification_digest):
        raise Conflict("already-notified", "They have been notified; correct it by a correction")
    told = cast(Notification, parse_content("notification", words))
    case_file = drafting.case_file(site, row)
    transfer = cast(Transfer, row.transfer)
    with site.database.read() as uow:
        peer = directory_of(uow, site).authority(cast(str, row.recipient))
    restricted = case_file.restricted is not None
    facts = opening(site, told, transfer, peer.nation, restricted, site.clock())
    saying = Saying(
        kind="notification",
        body={**facts, "transfer": transfer, "basis": BASIS[transfer]},
        content=words,
        children=tuple(child.id for child in told.children),
        effective=effective,
    )

    def also(uow: UnitOfWork, statement: Statement) -> None:
        drafts.save(uow.connection, replace(row, notification_digest=statement.digest))
        _own(uow, site, row, labels.of_notification(told))
        if restricted:
            grants.restricted_by_sender(uow, site, row, caller)
        remember(uow, statement.digest)

    return issue(site, row.id, peer.identifier, "sender", saying, before=also)


def _was_refused(site: Site, statement: str) -> bool:
    """Whether the other side has refused it for good: then it may be said again, better."""
    with site.database.read() as uow:
        said = statements.get(uow.connection, statement)
    return said is not None and said.status == "cancelled"


def dispatch(site: Site, caller: Caller, draft: str, running: list[Any], key: str | None) -> Issued:
    """Send the case with its documents. `running` are dates that the plan already has.

    The same `key` again gives the same statement. Raises Conflict (`not-notified`,
    `already-dispatched`, `attachments-incomplete`, `legal-privilege`, `idempotency-key-reused`).
    """
    row = drafting.find_case(site, caller, draft)
    act = partial(_dispatch, site, caller, row, running)
    return once(site, caller, key, [draft, running], act, partial(recall, site))


def _dispatch(
    site: Site, caller: Caller, row: DraftRow, running: list[Any], remember: Remember
) -> Issued:
    if row.notification_digest is None:
        raise Conflict("not-notified", "Notify them first: it takes three minutes and no papers")
    value = cast(dict[str, Any], drafting.case_file_value(site, row))
    case_file = cast(CaseFile, parse_content("dispatch", value))
    if kept_back := privileged(case_file):
        raise Conflict(
            "legal-privilege", "Take out what is under legal privilege first", ids=kept_back
        )
    transfer = cast(Transfer, row.transfer)
    sent = readiness.declaring(site, row.id, case_file)
    saying = Saying(
        kind="dispatch",
        body={
            "transfer": transfer,
            "basis": BASIS[transfer],
            "items": _items(sent),
            "running": running,
            "earlier": _earlier(case_file),
        },
        content=with_declared(value, sent),
        attachments=attaching.enclosed(site, drafting.attachments(site, row.id), case_file),
        children=_handed_over(case_file),
    )

    def also(uow: UnitOfWork, statement: Statement) -> None:
        until = drafting.lasts_until(site, site.clock())
        gone = replace(row, dispatched_digest=statement.digest, expires_at=until)
        drafts.save(uow.connection, gone)
        _own(uow, site, row, labels.of_case_file(case_file))
        if case_file.restricted is not None:
            grants.restricted_by_sender(uow, site, row, caller)
        remember(uow, statement.digest)

    return issue(site, row.id, cast(str, row.recipient), "sender", saying, before=also)


def _handed_over(case_file: CaseFile) -> tuple[str, ...]:
    return tuple(child.id for child in case_file.children if child.scope == "handed_over")


def _items(case_file: CaseFile) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "type": one.type, **({"child": one.child} if one.child else {})}
        for one in items(case_file)
    ]


def _earlier(case_file: CaseFile) -> list[str]:
    """Earlier handovers that went through this service have an id as their reference."""
    references = (one.reference for one in case_file.earlier_handovers)
    return [one for one in references if one and re.fullmatch(ID_PATTERN, one)]


def _own(uow: UnitOfWork, site: Site, row: DraftRow, label: str) -> None:
    before = own_records.get(uow.connection, row.id)
    kept = before.label_sealed if before else None
    sealed = labels.seal(site, row.id, label) if label else kept
    own_records.put(
        uow.connection, OwnRecordRow(row.id, row.own_reference, row.team, sealed, row.id)
    )
