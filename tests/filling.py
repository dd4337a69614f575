"""Rows by the thousand or the million, made by the database itself: other authorities' handovers,
the people who work on them and what waits. Nothing in them can be opened; lists can show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, text

from app.store.tables import Moment

STATEMENTS, CLOCKS, ITEMS = 4, 6, 3
"""Of each handover."""
UNMET = 60
"""Clocks that are not met; half of them are overdue."""
_PEERS = 150
_DIGEST = "0" * 53


@dataclass(frozen=True)
class Fill:
    """Handovers `first` to `last`, as they were at `now`."""

    first: int
    last: int
    now: datetime
    teams: int = 40


def fill(connection: Connection, wanted: Fill) -> None:
    """Insert them, and let the database look at what it has."""
    _handovers(connection, wanted)
    _ledgers(connection, wanted)
    _people(connection, wanted)
    _requests(connection, wanted)
    analyze(connection)


def analyze(connection: Connection) -> None:
    """Let PostgreSQL look at what it has, as it does by itself now and then; SQLite never does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def ident(number: str) -> str:
    """SQL for the id of a number, in no order, as random ids are."""
    return f"'f' || CAST(1000000000 + (({number}) * 2654435761) % 4294967291 AS VARCHAR)"


def digest(number: str) -> str:
    """SQL for a digest."""
    return f"'{_DIGEST}' || {ident(number)}"


def _insert(
    connection: Connection, wanted: Fill, table: str, each: int = 1, **columns: str
) -> None:
    """`each` rows a handover: `h` is its number, `i` the row's. `:now`, `:past`, `:future` are
    moments."""
    first, last = (wanted.first - 1) * each + 1, wanted.last * each
    moments = {
        "now": wanted.now,
        "past": wanted.now - timedelta(days=40),
        "future": wanted.now + timedelta(days=400),
    }
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(columns.values())
    sql = text(
        f"WITH RECURSIVE n(i) AS (SELECT CAST({first} AS BIGINT)"  # noqa: S608 - ours alone
        f" UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        f" INSERT INTO {table} ({names})"
        f" SELECT {values} FROM (SELECT i, (i - 1) / {each} + 1 AS h FROM n) AS numbers"
    )
    used = {name: at for name, at in moments.items() if f":{name}" in values}
    connection.execute(sql.bindparams(*(bindparam(n, at, Moment) for n, at in used.items())))


def _handovers(connection: Connection, wanted: Fill) -> None:
    old = "(SELECT coalesce(max(sequence), 0) FROM handovers)"
    start = connection.execute(text(f"SELECT {old}")).scalar_one()
    _insert(
        connection,
        wanted,
        "handovers",
        handover=ident("h"),
        peer=f"'gss:E' || CAST(20000000 + h % {_PEERS} AS VARCHAR)",
        side=f"CASE WHEN h / {wanted.teams} % 2 = 0 THEN 'sender' ELSE 'receiver' END",
        opened_at=":past",
        restricted="h % 97 = 0",
        own_reference="'FICTION/' || CAST(h AS VARCHAR)",
        team=f"'team-' || CAST(h % {wanted.teams} AS VARCHAR)",
        state="CASE WHEN h <= 40 THEN 'dispatched' WHEN h % 50 = 0 THEN 'accepted'"
        " ELSE 'closed' END",
        head=digest("h"),
        length=str(STATEMENTS),
        changed_at=":past",
        sequence=f"{start} + h - {wanted.first - 1}",
    )
    connection.execute(
        text(
            "INSERT INTO counters (name, value) VALUES ('handovers', :top)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"top": start + wanted.last - wanted.first + 1},
    )
    _insert(
        connection,
        wanted,
        "handover_children",
        handover=ident("h"),
        child=ident("h + 1"),
        state="'closed'",
        holder="'receiver'",
    )
    _insert(
        connection,
        wanted,
        "clocks",
        CLOCKS,
        handover=ident("h"),
        child=ident("h + 1"),
        step=f"'step_' || CAST(i % {CLOCKS} AS VARCHAR)",
        owes="'receiver'",
        mine=f"h / {wanted.teams} % 2 = 1",
        state_at_save="'running'",
        due_at="CASE WHEN i % 2 = 0 THEN :past ELSE :future END",
        soon_at=":past",
        met_at=f"CASE WHEN i <= {UNMET} THEN NULL ELSE :past END",
        source="'invented'",
    )
    _insert(
        connection,
        wanted,
        "items",
        ITEMS,
        handover=ident("h"),
        item=ident("i"),
        type="'concern'",
        disposition="'carried_forward'",
    )
    _insert(
        connection,
        wanted,
        "own_records",
        handover=ident("h"),
        team=f"'team-' || CAST(h % {wanted.teams} AS VARCHAR)",
    )


def _ledgers(connection: Connection, wanted: Fill) -> None:
    """Half of them receipts of the other half; their bytes are much fewer than real ones. Those
    with clocks that run have none, so that lists of what is due pass over them."""
    _insert(
        connection,
        wanted,
        "statements",
        STATEMENTS,
        digest=digest("i"),
        handover=ident("h"),
        kind="CASE WHEN i % 2 = 0 THEN 'receipt' ELSE 'fact' END",
        sender="'gss:E20000001'",
        recipient="'gss:E20000002'",
        direction="'in'",
        wire=f"CAST('{'x' * 200}' AS {_bytes(connection)})",
        at="'2026-01-01T00:00:00Z'",
        effective="'2026-01-01T00:00:00Z'",
        received_at=":past",
        recorded_at=":past",
        place=f"CASE WHEN i % 2 = 0 THEN NULL ELSE (i - 1) % {STATEMENTS} / 2 + 1 END",
        entry=f"CASE WHEN i % 2 = 0 THEN NULL ELSE {digest('i + 1')} END",
        of=f"CASE WHEN i % 2 = 0 THEN {digest('i - 1')} ELSE NULL END",
        bundle=f"CASE WHEN i % 4 = 1 THEN {digest('i')} ELSE NULL END",
        status=f"CASE WHEN h <= {UNMET // CLOCKS} THEN 'evidence'"
        " WHEN i % 2 = 0 THEN 'receipt' ELSE 'entry' END",
    )
    _insert(
        connection,
        wanted,
        "bundles",
        sha256=digest("i * 4 - 3"),
        size="1000",
        manifest=digest("i"),
        blob=ident("i"),
    )


def _bytes(connection: Connection) -> str:
    return "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"


def _people(connection: Connection, wanted: Fill) -> None:
    _insert(
        connection,
        wanted,
        "access_log",
        number="i + 100000000",
        digest=digest("i"),
        prev=digest("i - 1"),
        entry=f"CAST('{{}}' AS {_bytes(connection)})",
    )
    _insert(
        connection,
        wanted,
        "grants",
        id=ident("i"),
        handover=ident("h"),
        subject="'somebody-' || CAST(i % 5000 AS VARCHAR)",
        kind="'opener'",
        until=":past",
        granted_by="'user-9'",
        granted_at=":past",
    )
    _insert(
        connection, wanted, "restrictions", handover=ident("h"), set_by="'user-9'", set_at=":past"
    )
    _insert(
        connection,
        wanted,
        "drafts",
        id=ident("h"),
        owner="'user-' || CAST(i % 500 AS VARCHAR)",
        created_at=":past",
        expires_at=":future",
        blob=ident("i"),
        version="1",
    )
    _insert(
        connection,
        wanted,
        "draft_attachments",
        draft=ident("h"),
        number="1",
        name_sealed=f"CAST('x' AS {_bytes(connection)})",
        media_type="'text/plain'",
        labels="''",
        size="1",
        sha256=digest("i"),
        blob=ident("i"),
    )


def _requests(connection: Connection, wanted: Fill) -> None:
    _insert(
        connection,
        wanted,
        "idempotency",
        subject="'user-' || CAST(i % 500 AS VARCHAR)",
        key_digest=digest("i"),
        request_digest=digest("i"),
        result=digest("i"),
        created_at=":now",
    )
    _insert(connection, wanted, "nonces", peer="'gss:E20000001'", nonce=ident("i"), seen_at=":now")
    _insert(
        connection,
        wanted,
        "uploads",
        id=ident("i"),
        secret_hash=digest("i"),
        statement=digest("i"),
        wire=f"CAST('x' AS {_bytes(connection)})",
        peer=f"'gss:E' || CAST(20000000 + h % {_PEERS} AS VARCHAR)",
        size="1000",
        created_at=":past",
        expires_at=":future",
    )


def queue(connection: Connection, wanted: Fill) -> None:
    """Deliveries to a dead peer: some are tried again later, and all the rest is due."""
    _insert(
        connection,
        wanted,
        "jobs",
        kind="'deliver'",
        lane=f"'deliver:' || {ident('h')}",
        key=f"'deliver:' || {digest('h')}",
        payload=f"""'{{"statement":"' || {digest("h")} || '"}}'""",
        due_at="CASE WHEN h % 3 = 0 THEN :future ELSE :past END",
        fence="0",
        attempts="0",
        stopped="false",
        again="false",
        share="'deliver:gss:E20000001'",
    )
    analyze(connection)
