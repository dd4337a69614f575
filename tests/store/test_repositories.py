"""What goes into the tables comes out again, and what may be there once is there once."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from app.errors import Conflict
from app.store import (
    access_log,
    bundles,
    counters,
    directories,
    drafts,
    handovers,
    idempotency,
    lists,
    meta,
    nonces,
    own_records,
    rows,
    statements,
    tables,
    tokens,
    uploads,
)
from app.store.unit_of_work import Database
from tests.store.examples import NOON, example

LATER = NOON + timedelta(hours=1)
EARLIER = NOON - timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as uow:
        yield uow.connection


ONCE: list[tuple[Callable[..., Any], Any, Callable[..., Any], tuple[Any, ...]]] = [
    (statements.insert, statements.StatementRow, statements.get, ("example",)),
    (bundles.insert, bundles.BundleRow, bundles.get, ("example",)),
    (uploads.insert, uploads.UploadRow, uploads.get, ("example",)),
    (uploads.insert, uploads.UploadRow, uploads.for_statement, ("example",)),
    (drafts.insert, drafts.DraftRow, drafts.get, ("example",)),
    (tokens.insert, tokens.TokenRow, tokens.by_hash, ("example",)),
    (directories.insert, directories.DirectoryRow, directories.get, (1,)),
    (access_log.append, access_log.AccessLogRow, access_log.last, ()),
]
CHOSEN = {"direction": "out", "status": "entry"}


def made(row_type: Any, **values: Any) -> Any:
    """An example row, with values that the table accepts."""
    names = {field.name for field in dataclasses.fields(row_type)}
    chosen = {name: value for name, value in CHOSEN.items() if name in names}
    return replace(example(row_type), **{**chosen, **values})


@pytest.mark.parametrize(("insert", "row_type", "get", "key"), ONCE)
def test_a_row_is_stored_once_and_read_as_it_was(
    connection: Connection,
    insert: Callable[..., Any],
    row_type: Any,
    get: Callable[..., Any],
    key: tuple[Any, ...],
) -> None:
    assert get(connection, *key) is None
    row = made(row_type)
    insert(connection, row)
    with pytest.raises(Conflict, match="already-stored"):
        insert(connection, row)
    assert get(connection, *key) == row


def statement(digest: str, status: str = "entry", place: int | None = None, **more: Any) -> Any:
    entry = digest if place is not None else None
    return made(
        statements.StatementRow, digest=digest, status=status, place=place, entry=entry, **more
    )


def test_an_entry_is_found_at_its_place_and_a_place_is_taken_once(connection: Connection) -> None:
    for place, digest in [(2, "b"), (0, "c"), (1, "a")]:
        statements.insert(connection, statement(digest, place=place))
    statements.insert(connection, statement("p", "pending"))
    statements.insert(connection, statement("e", "evidence", place=1))
    statements.insert(connection, statement("o", place=1, handover="other"))
    placed = [statements.at_place(connection, "example", place) for place in range(3)]
    assert [one.digest for one in placed if one] == ["c", "a", "b"]
    assert {one.digest for one in statements.held(connection, "example")} == {*"abc", "p"}
    assert statements.at_place(connection, "example", 1) == statement("a", place=1)
    assert statements.at_place(connection, "example", 3) is None
    assert statements.handovers(connection) == ["example", "other"]
    with pytest.raises(Conflict, match="already-stored"):
        statements.insert(connection, statement("x", place=2))


def test_a_pending_statement_is_given_its_place_once(connection: Connection) -> None:
    statements.insert(connection, statement("p", "pending"))
    statements.give_place(connection, "p", 4, "receipt")
    placed = statements.get(connection, "p")
    assert placed is not None
    assert (placed.status, placed.place, placed.entry) == ("entry", 4, "receipt")
    acts: list[Callable[[], None]] = [
        lambda: statements.give_place(connection, "p", 5, "receipt"),
        lambda: statements.set_status(connection, "p", "cancelled"),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="statement-not-pending"):
            act()


@pytest.mark.parametrize("status", ["cancelled", "evidence"])
def test_what_counted_for_nothing_may_get_its_place(connection: Connection, status: str) -> None:
    statements.insert(connection, statement("p", status))
    statements.give_place(connection, "p", 4, "receipt")
    assert statements.at_place(connection, "example", 4) == statements.get(connection, "p")


def test_an_answer_is_set_aside_and_taken_back(connection: Connection) -> None:
    statements.insert(connection, statement("r", "receipt", of="p"))
    statements.set_aside(connection, "r")
    assert statements.counted(connection, ["example", "other"], "evidence") == {"example": 1}
    assert statements.speaking_of(connection, "p") == []
    statements.take_back(connection, "r", "p")
    assert [(row.status, row.of) for row in statements.speaking_of(connection, "p")] == [
        ("receipt", "p")
    ]


def test_statements_are_found_by_status_and_by_what_they_speak_of(connection: Connection) -> None:
    statements.insert(connection, statement("late", "receipt", of="p", recorded_at=LATER))
    statements.insert(connection, statement("soon", "refusal", of="p"))
    statements.insert(connection, statement("p", "pending", of=None))
    assert [s.digest for s in statements.speaking_of(connection, "p")] == ["soon", "late"]
    assert [s.digest for s in statements.with_status(connection, "example", "pending")] == ["p"]
    statements.set_status(connection, "p", "cancelled")
    assert statements.with_status(connection, "example", "pending") == []


def clock(handover: str, step: str, **more: Any) -> Any:
    return made(handovers.ClockRow, handover=handover, owes="receiver", step=step, **more)


def index_of(handover: str) -> tuple[Any, ...]:
    return (
        made(handovers.HandoverRow, handover=handover, side="sender"),
        [made(handovers.ChildRow, handover=handover, holder="sender")],
        [
            clock(handover, "met"),
            clock(handover, "due", met_at=None),
            clock(handover, "later", met_at=None, due_at=LATER + timedelta(seconds=1)),
            clock(handover, "not started", met_at=None, due_at=None),
        ],
        [made(handovers.ItemRow, handover=handover)],
    )


def test_an_index_is_saved_whole_in_place_of_what_was_there(connection: Connection) -> None:
    row, children, clocks, items = index_of("h")
    assert (
        handovers.save(connection, row, [*children, replace(children[0], child="z")], [], []) == 1
    )
    assert handovers.save(connection, row, children, clocks, items) == 2
    assert handovers.get(connection, "h") == replace(row, sequence=2)
    assert handovers.children(connection, "h") == children
    assert rows.many(connection, select(tables.items), handovers.ItemRow) == items
    assert {*rows.many(connection, select(tables.clocks), handovers.ClockRow)} == {*clocks}
    assert [c.step for c in handovers.clocks_due(connection, None, LATER, 10, None)] == ["due"]


def test_a_cursor_shows_every_change_also_over_a_reindex(connection: Connection) -> None:
    for handover in "ab":
        handovers.save(connection, *index_of(handover))
    (first, _) = lists.page(connection, lists.Filter(), 0, 10)
    handovers.save(connection, *index_of("a"))
    changed = lists.page(connection, lists.Filter(), first.sequence, 10)
    assert [row.handover for row in changed] == ["b", "a"]
    handovers.clear(connection)
    assert handovers.children(connection, "a") == []
    handovers.save(connection, *index_of("b"))
    after = lists.page(connection, lists.Filter(), changed[-1].sequence, 10)
    assert [row.handover for row in after] == ["b"]


def test_a_draft_changed_meanwhile_is_not_overwritten(connection: Connection) -> None:
    drafts.insert(connection, made(drafts.DraftRow, version=1))
    first = drafts.get(connection, "example")
    assert first is not None
    saved = drafts.save(connection, replace(first, team="north"))
    assert drafts.get(connection, "example") == saved == replace(first, team="north", version=2)
    with pytest.raises(Conflict, match="draft-changed"):
        drafts.save(connection, replace(first, team="south"))
    assert drafts.expired(connection, NOON, 10) == [saved]
    assert drafts.expired(connection, NOON - timedelta(seconds=1), 10) == []


def test_attachments_go_with_their_draft(connection: Connection) -> None:
    drafts.insert(connection, made(drafts.DraftRow))
    rows = [made(drafts.AttachmentRow, number=number) for number in (2, 1, 3)]
    for row in rows:
        drafts.attach(connection, row)
    with pytest.raises(Conflict, match="already-stored"):
        drafts.attach(connection, rows[0])
    drafts.detach(connection, "example", 3)
    assert drafts.attachments(connection, "example") == [rows[1], rows[0]]
    drafts.remove(connection, "example")
    assert drafts.attachments(connection, "example") == []


def test_an_upload_counts_until_it_is_removed_and_expires(
    connection: Connection,
) -> None:
    for name in "ab":
        uploads.insert(connection, made(uploads.UploadRow, id=name, statement=name, size=10))
    assert [row.id for row in uploads.expired(connection, NOON, 10)] == ["a", "b"]
    assert uploads.expired(connection, NOON - timedelta(seconds=1), 10) == []
    assert uploads.promised(connection, "example", EARLIER, "none") == (2, 20)
    assert uploads.promised(connection, "example", EARLIER, "a") == (1, 10)
    assert uploads.promised(connection, "example", NOON, "none") == (0, 0), "expired"
    assert [row.id for row in uploads.waiting(connection, EARLIER)] == ["a", "b"]
    assert uploads.promised(connection, "nobody", EARLIER, "none") == (0, 0)
    uploads.remove(connection, "a")
    assert uploads.promised(connection, "example", EARLIER, "none") == (1, 10)


def test_a_token_is_revoked_once(connection: Connection) -> None:
    row = made(tokens.TokenRow, revoked_at=None, last_used_at=None)
    tokens.insert(connection, row)
    tokens.used(connection, row, NOON)
    tokens.used(connection, row, LATER)  # somebody else noted a use meanwhile
    tokens.revoke(connection, "example", NOON)
    with pytest.raises(Conflict, match="token-not-valid"):
        tokens.revoke(connection, "example", LATER)
    assert tokens.every(connection) == [replace(row, last_used_at=NOON, revoked_at=NOON)]


def test_a_key_is_known_by_its_digest_until_it_is_forgotten(connection: Connection) -> None:
    row = made(idempotency.IdempotencyRow, key_digest=idempotency.digest("Anwen Example"))
    idempotency.insert(connection, row)
    assert idempotency.get(connection, "example", "Anwen Example") == row
    assert idempotency.get(connection, "somebody else", "Anwen Example") is None
    idempotency.forget(connection, NOON)
    assert idempotency.get(connection, "example", "Anwen Example") == row
    idempotency.forget(connection, LATER)
    assert idempotency.get(connection, "example", "Anwen Example") is None


def test_a_nonce_is_used_once_by_each_authority(connection: Connection) -> None:
    nonces.use(connection, nonces.NonceRow("one", "n", NOON))
    nonces.use(connection, nonces.NonceRow("other", "n", NOON))
    with pytest.raises(Conflict, match="nonce-used"):
        nonces.use(connection, nonces.NonceRow("one", "n", LATER))
    nonces.forget(connection, LATER)
    nonces.use(connection, nonces.NonceRow("one", "n", LATER))


def test_the_newest_directory_and_log_entry_are_those_with_the_highest_number(
    connection: Connection,
) -> None:
    for number in (9, 10, 2):
        directories.insert(connection, made(directories.DirectoryRow, version=number))
        access_log.append(
            connection, made(access_log.AccessLogRow, number=number, digest=str(number))
        )
    newest, last = directories.latest(connection), access_log.last(connection)
    assert newest is not None
    assert last is not None
    assert newest.version == last.number == 10
    assert [row.number for row in access_log.after(connection, 2, 1)] == [9]


def test_own_records_and_facts_are_replaced(connection: Connection) -> None:
    row = made(own_records.OwnRecordRow)
    for version in (row, replace(row, team=None, label_sealed=b"new")):
        own_records.put(connection, version)
        assert own_records.get(connection, "example") == version
    for value in ("1", "2"):
        meta.put(connection, "k", value)
        assert meta.get(connection, "k") == value
    assert meta.get(connection, "other") is None


def test_counters_count_each_for_itself(connection: Connection) -> None:
    counted = [counters.next_value(connection, name) for name in "aab"]
    assert counted == [1, 2, 1]


def test_an_instant_comes_back_in_utc_and_a_naive_one_is_refused(connection: Connection) -> None:
    london = NOON.replace(month=7).astimezone(ZoneInfo("Europe/London"))
    bundles.insert(connection, made(bundles.BundleRow, admitted_at=london))
    read = bundles.get(connection, "example")
    assert read is not None
    assert read.admitted_at == london
    assert str(read.admitted_at) == "2026-07-02 12:00:00+00:00"
    with pytest.raises(Exception, match="time zone"):
        drafts.keep_until(connection, "example", NOON.replace(tzinfo=None))
