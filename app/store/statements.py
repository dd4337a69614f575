"""Signed statements, byte for byte."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, exists, func, literal, not_, select, update

from app.store import rows
from app.store.tables import jobs, statements

_PAGE = 100
"""How many are fetched at a time where they are read one after the other."""
_HELD = ("entry", "pending", "receipt", "cancelled")
_PLACELESS = ("pending", "cancelled", "evidence")

_IN_ORDER = select(statements).order_by(statements.c.recorded_at, statements.c.digest)
_BY_DIGEST = select(statements).where(statements.c.digest == bindparam("digest"))
_ALL_HELD = _IN_ORDER.where(
    statements.c.handover == bindparam("handover"), statements.c.status.in_(_HELD)
)
_WITH_STATUS = _IN_ORDER.where(
    statements.c.handover == bindparam("handover"), statements.c.status == bindparam("status")
)
_SPEAKING_OF = _IN_ORDER.where(statements.c.of == bindparam("digest"))
_AT_PLACE = select(statements).where(
    statements.c.handover == bindparam("handover"),
    statements.c.place == bindparam("place"),
    statements.c.status == "entry",
)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as stored; digests are hexadecimal, `at` and `effective` text as on the wire."""

    digest: str
    handover: str
    kind: str
    sender: str
    recipient: str
    direction: str
    """`in` or `out`."""
    wire: bytes
    at: str
    effective: str
    received_at: datetime
    """When its first byte was here, by which its keys are judged; when issued, if it is ours."""
    recorded_at: datetime
    """When it was stored: what was known on a day follows from this."""
    place: int | None
    entry: str | None
    """Digest of what gave the place: itself if the keeper issued it, else the keeper's receipt."""
    of: str | None
    bundle: str | None
    status: str
    """`entry`, `pending`, `receipt`, `refusal`, `evidence` or `cancelled`."""


def insert(connection: Connection, row: StatementRow) -> None:
    """Store a new statement; raises Conflict if it is stored, or its place is taken."""
    rows.insert(connection, statements, row)


def insert_if_absent(connection: Connection, row: StatementRow) -> bool:
    """Store a statement unless it is stored, or its place is taken; whether it was new."""
    return rows.insert_if_absent(connection, statements, row)


def get(connection: Connection, digest: str) -> StatementRow | None:
    """The statement with this identity."""
    return rows.one(connection, _BY_DIGEST, StatementRow, digest=digest)


def held(connection: Connection, handover: str) -> list[StatementRow]:
    """All that a copy of a ledger is made of: entries, what waits for a place or was refused one,
    and the receipts; in order of being stored."""
    return rows.many(connection, _ALL_HELD, StatementRow, handover=handover)


def held_of_each(
    connection: Connection, handovers: Collection[str]
) -> Iterator[tuple[str, list[StatementRow]]]:
    """As `held`, of these handovers, one after the other; one that has none is left out."""
    query = (
        select(statements)
        .where(statements.c.handover.in_(handovers), statements.c.status.in_(_HELD))
        .order_by(statements.c.handover, statements.c.recorded_at, statements.c.digest)
        .execution_options(yield_per=_PAGE)
    )
    found = rows.each(connection, query, StatementRow)
    for handover, group in groupby(found, key=lambda row: row.handover):
        yield handover, list(group)


def at_place(connection: Connection, handover: str, place: int) -> StatementRow | None:
    """The entry that has this place."""
    return rows.one(connection, _AT_PLACE, StatementRow, handover=handover, place=place)


def with_status(connection: Connection, handover: str, status: str) -> list[StatementRow]:
    """A handover's statements of one status, in order of being stored."""
    return rows.many(connection, _WITH_STATUS, StatementRow, handover=handover, status=status)


def speaking_of(connection: Connection, digest: str) -> list[StatementRow]:
    """Receipts, refusals and others about one statement, in order of being stored."""
    return rows.many(connection, _SPEAKING_OF, StatementRow, digest=digest)


def unattended(connection: Connection, limit: int) -> list[StatementRow]:
    """Statements of ours that wait for a place, that nobody delivers, and that have no answer."""
    answer = statements.alias("answer")
    query = select(statements).where(
        statements.c.status == literal("pending", literal_execute=True),
        statements.c.direction == "out",
        not_(exists().where(jobs.c.key == "deliver:" + statements.c.digest)),
        not_(
            exists().where(
                answer.c.of == statements.c.digest, answer.c.status.in_(("receipt", "refusal"))
            )
        ),
    )
    in_order = query.order_by(statements.c.recorded_at, statements.c.digest).limit(limit)
    return rows.many(connection, in_order, StatementRow)


def announcing(connection: Connection, handover: str, bundle: str) -> bool:
    """Whether an entry of a handover, or a statement of ours that waits to be one, has a bundle."""
    query = select(statements.c.digest).where(
        statements.c.handover == handover,
        statements.c.bundle == bundle,
        statements.c.status.in_(("entry", "pending")),
    )
    return connection.scalar(query.limit(1)) is not None


def handovers(connection: Connection) -> list[str]:
    """Every handover of which there is a statement."""
    query = select(statements.c.handover).distinct().order_by(statements.c.handover)
    return list(connection.scalars(query))


def give_place(connection: Connection, digest: str, place: int, entry: str) -> None:
    """A statement without a place becomes the entry at `place`; Conflict if it has one."""
    changed = connection.execute(
        update(statements)
        .where(statements.c.digest == digest, statements.c.status.in_(_PLACELESS))
        .values(status="entry", place=place, entry=entry)
    ).rowcount
    rows.require_one(changed, "statement-not-pending", "This statement does not wait for a place.")


def sign_again(connection: Connection, digest: str, wire: bytes) -> None:
    """The same statement under other signatures."""
    connection.execute(update(statements).where(statements.c.digest == digest).values(wire=wire))


def set_status(connection: Connection, digest: str, status: str) -> None:
    """Change what a pending statement counts as; Conflict if it is not pending."""
    changed = connection.execute(
        update(statements)
        .where(statements.c.digest == digest, statements.c.status == "pending")
        .values(status=status)
    ).rowcount
    rows.require_one(changed, "statement-not-pending", "This statement does not wait for a place.")


def set_aside(connection: Connection, digest: str) -> None:
    """An answer counts no longer and is evidence, byte for byte."""
    connection.execute(
        update(statements).where(statements.c.digest == digest).values(status="evidence", of=None)
    )


def take_back(connection: Connection, digest: str, of: str) -> None:
    """A receipt that was evidence counts: it places the statement `of`."""
    connection.execute(
        update(statements).where(statements.c.digest == digest).values(status="receipt", of=of)
    )


def counted(connection: Connection, handovers: list[str], status: str) -> dict[str, int]:
    """How many statements of one status each of these handovers has; those without are left out."""
    query = (
        select(statements.c.handover, func.count())
        .where(statements.c.handover.in_(handovers), statements.c.status == status)
        .group_by(statements.c.handover)
    )
    return {handover: int(count) for handover, count in connection.execute(query)}
