"""What holds in the end, whatever happened on the way; each is asked of both sides."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Select, Table, inspect, select, union

from app.flows import lost, reindex
from app.flows.site import Site
from app.main import open_site
from app.store.tables import (
    bundles,
    clocks,
    draft_attachments,
    drafts,
    handover_children,
    handovers,
    items,
    metadata,
    uploads,
)
from tests.acceptance.faults.authority import Authority
from tests.acceptance.faults.desks import MARK, Case, Desk, RefusedForGood

INDEX = (handovers, handover_children, clocks, items)
NAMING = (bundles.c.blob, drafts.c.blob, draft_attachments.c.blob, uploads.c.id)
"""What keeps a blob."""


class Broken(AssertionError):
    """An invariant does not hold."""


def of_promises(desk: Desk, cases: list[Case]) -> Counter[str]:
    """Everything acknowledged is there, and nothing happened twice: what was asked under one key is
    one statement, whether its desk heard of it or not."""
    counted: Counter[str] = Counter()
    for case in cases:
        for promise in case.promises:
            try:
                answer = desk.insist(promise)
            except RefusedForGood:
                if promise.statement is not None:
                    raise Broken(f"{promise.path} was acknowledged, and is refused now") from None
                case.promises = [one for one in case.promises if one is not promise]
                counted["refused"] += 1
                continue
            if promise.statement not in (None, answer["statement"]):
                raise Broken(f"{promise.path} happened twice")
            counted["unheard" if promise.statement is None else "acknowledged"] += 1
            promise.statement, promise.kind = answer["statement"], answer["kind"]
    return counted


def of_ledgers(desk: Desk, cases: list[Case]) -> Counter[str]:
    """Both hold the same ledger; it has what was promised and nothing more; what was refused by the
    other side stands where its author looks; the plan is held by one, and both say by whom."""
    counted: Counter[str] = Counter()
    for case in cases:
        if not case.promises:
            continue
        shown = [desk.show(one, case.handover) for one in (desk.sender, desk.receiver)]
        mine, theirs = [desk.ledger(one, case.handover) for one in (desk.sender, desk.receiver)]
        if mine != theirs:
            raise Broken(f"the ledgers of {case.handover} differ")
        for one in shown:
            if one["unconfirmed"] or one["deliveries"]:
                raise Broken(f"{case.handover} has something on its way that does not arrive")
        failed = {one["statement"] for side in shown for one in side["failed"]}
        placed = {one["digest"] for one in mine["entries"]}
        # Two that say the same in the same second are one statement.
        if placed | failed != {one.statement for one in case.promises}:
            raise Broken(f"{case.handover} holds other statements than were asked for")
        holders = [[child["plan_held_by"] for child in one["children"]] for one in shown]
        if holders[0] != holders[1] or None in holders[0]:
            raise Broken(f"nobody, or two, hold the plan of {case.handover}")
        counted += Counter(one["kind"] for one in mine["entries"])
        counted["refused by the other side"] += len(failed)
    return counted


def of_documents(desk: Desk, cases: list[Case]) -> int:
    """Every document that was taken is at the receiver, byte for byte."""
    count = 0
    for case in cases:
        if "dispatch" not in {one.kind for one in case.promises}:
            continue
        for number, sha256 in case.documents.items():
            data = desk.download(f"/v1/handovers/{case.handover}/attachments/{number}")
            if hashlib.sha256(data).hexdigest() != sha256:
                raise Broken(f"document {number} of {case.handover} is another")
            count += 1
    return count


def at_rest(authority: Authority) -> Counter[str]:
    """With its processes ended: computing the index anew changes nothing, no blob is lost and none
    is left over, and no word of a case stands anywhere in clear."""
    site = open_site(authority.home, None)
    try:
        before = _index(site)
        reindex.reindex(site, lambda *_: None)
        if _index(site) != before:
            raise Broken("reindexing changed something")
        for _ in range(2):  # the first look after a pause decides nothing
            lost.collect(site, site.clock(), -lost.LOST)
        there = set(site.blobs.ids())
        with site.database.read() as uow:
            named = set(uow.connection.scalars(union(*map(_named, NAMING))))
            rows = _text(uow.connection)
        if there != named:
            raise Broken(f"{len(there - named)} blobs too many, {len(named - there)} missing")
        counted = Counter(rows=rows.count("\n"), blobs=len(there))
    finally:
        site.database.close()
    if MARK in rows:
        raise Broken("a word of a case stands in the database")
    for file in (one for one in authority.home.rglob("*") if one.is_file()):
        if MARK.encode() in file.read_bytes():
            raise Broken(f"a word of a case stands in {_kind(authority.home, file)}")
        counted["files"] += 1
    return counted


def _index(site: Site) -> dict[str, list[str]]:
    with site.database.read() as uow:
        return {
            table.name: sorted(
                repr(tuple(row)) for row in uow.connection.execute(
                    table.select().with_only_columns(
                        *(column for column in table.c if column.name != "sequence")
                    )
                )
            )
            for table in INDEX
        }  # fmt: skip


def _named(column: Column[str]) -> Select[Any]:
    return select(column).where(column.is_not(None))


def _text(connection: Any) -> str:
    """All rows of all tables, one a line, as text."""
    lines: list[str] = []
    for name in inspect(connection).get_table_names():
        assert name in {*metadata.tables, "alembic_version"}
        whole = Table(name, MetaData(), autoload_with=connection)
        lines += [" ".join(map(str, row)) for row in connection.execute(whole.select())]
    return "\n".join(lines)


def _kind(home: Path, file: Path) -> str:
    return str(file.relative_to(home).parts[0])
