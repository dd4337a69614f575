"""The tables have room for codes, ids, dates and digests, and the rows of our own mirror them."""

import dataclasses

import pytest
from sqlalchemy import CHAR, Boolean, Integer, LargeBinary, String, Table

from app.store import (
    access_log,
    bundles,
    directories,
    drafts,
    grants,
    handovers,
    idempotency,
    jobs,
    nonces,
    own_records,
    restrictions,
    statements,
    tables,
    tokens,
    uploads,
)
from app.store.tables.types import Moment

ROWS: list[tuple[Table, type]] = [
    (tables.access_log, access_log.AccessLogRow),
    (tables.bundles, bundles.BundleRow),
    (tables.clocks, handovers.ClockRow),
    (tables.directories, directories.DirectoryRow),
    (tables.draft_attachments, drafts.AttachmentRow),
    (tables.drafts, drafts.DraftRow),
    (tables.grants, grants.GrantRow),
    (tables.handover_children, handovers.ChildRow),
    (tables.handovers, handovers.HandoverRow),
    (tables.idempotency, idempotency.IdempotencyRow),
    (tables.items, handovers.ItemRow),
    (tables.jobs, jobs.Job),
    (tables.nonces, nonces.NonceRow),
    (tables.own_records, own_records.OwnRecordRow),
    (tables.restrictions, restrictions.RestrictionRow),
    (tables.statements, statements.StatementRow),
    (tables.tokens, tokens.TokenRow),
    (tables.uploads, uploads.UploadRow),
]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_row_has_a_field_for_every_column(table: Table, row: type) -> None:
    assert [f.name for f in dataclasses.fields(row)] == [c.name for c in table.columns]


def test_every_table_has_its_comment_and_its_row() -> None:
    assert {t for t, _ in ROWS} | {tables.counters, tables.meta} == set(
        tables.metadata.tables.values()
    )
    assert all(table.comment for table in tables.metadata.tables.values())


def test_no_column_has_room_for_a_story() -> None:
    """Text is bounded; bytes are sealed, or a signed document of enumerations and digests."""
    clear = {"statements.wire", "uploads.wire", "directories.wire", "access_log.entry"}
    for table in tables.metadata.tables.values():
        for column in table.columns:
            kind, name = column.type, f"{table.name}.{column.name}"
            if isinstance(kind, LargeBinary):
                assert name in clear or column.name.endswith("_sealed"), name
            elif isinstance(kind, (String, CHAR)):
                assert kind.length, name
                assert kind.length <= 2048, name
            else:
                assert isinstance(kind, (Boolean, Integer, Moment)), name
