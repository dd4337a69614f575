"""What a database does for a statement: the statements that were issued while something ran, what
each would read, and how much it does read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.store.tables import metadata

SMALL = frozenset({"counters", "directories", "meta", "tokens"})
"""Tables that do not grow with what is handed over."""
GROWING = frozenset(metadata.tables) - SMALL
SUBSETS = frozenset({"ix_jobs_leased", "ix_statements_pending"})
"""Indexes of a few rows of a table, which may be read whole."""


@dataclass(frozen=True)
class Issued:
    """One statement, with the values of its first use."""

    sql: str
    values: Any


@contextmanager
def listening(heard: Callable[[Engine, Issued], None]) -> Iterator[None]:
    """Hear of every statement of any database, at each of its uses."""

    def on_execute(
        connection: Connection, _: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> None:
        heard(connection.engine, Issued(sql, values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", on_execute)


def as_for_a_million(connection: Connection) -> None:
    """A planner reads a table of a few pages whole, rightly: pages in no order cost it four times
    those in order. Where they cost the same, it takes an index as it would in a large table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL random_page_cost = 1.0")


def scans(connection: Connection, one: Issued) -> list[str]:
    """The growing tables that the plan of a statement reads whole."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.sql}", one.values)
        return sorted(filter(None, (_sqlite_scan(str(row[3]), one.sql) for row in rows)))
    (plan,) = connection.exec_driver_sql(
        f"EXPLAIN (FORMAT JSON) {one.sql}", one.values
    ).scalar_one()
    return sorted(_postgresql_scans(plan["Plan"], limited=False))


def _sqlite_scan(step: str, sql: str) -> str | None:
    """`SCAN handovers`, or `SCAN job USING INDEX ...`, where `job` may be another name."""
    word, name, *rest = [*step.split(), ""]
    if not (word == "SCAN" or "AUTOMATIC" in rest) or SUBSETS.intersection(rest):
        return None
    table = _aliases(sql).get(name.strip('"'), name)
    in_order = "LIMIT" in sql and "WHERE" not in sql
    return table if table in GROWING and not in_order else None


def _aliases(sql: str) -> dict[str, str]:
    words = sql.replace(",", " ").replace(")", " ").split()
    return {
        words[at + 1].strip('"'): words[at - 1]
        for at in range(1, len(words) - 1)
        if words[at] == "AS" and words[at - 1] in GROWING
    }


def _postgresql_scans(node: dict[str, Any], limited: bool) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    by_index = "Index" in kind
    found = "Index Cond" in node or node.get("Index Name") in SUBSETS
    in_order = limited and "Filter" not in node
    if table in GROWING and (kind == "Seq Scan" or (by_index and not found and not in_order)):
        yield table
    for below in node.get("Plans", []):
        yield from _postgresql_scans(below, kind in ("Limit", "Result"))


def work(connection: Connection, one: Issued) -> int:
    """How much a statement does: steps of SQLite's machine, or blocks that PostgreSQL touches."""
    if connection.dialect.name == "sqlite":
        return _steps(connection, one)
    asked = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {one.sql}"
    (plan,) = connection.exec_driver_sql(asked, one.values).scalar_one()
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


def _steps(connection: Connection, one: Issued) -> int:
    raw: Any = connection.connection.driver_connection
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 10
        return 0

    raw.set_progress_handler(tick, 10)
    try:
        raw.execute(one.sql, one.values).fetchall()
    finally:
        raw.set_progress_handler(None, 0)
    return steps


def plan(connection: Connection, one: Issued) -> str:
    """For whoever has to find out why."""
    of_sqlite = connection.dialect.name == "sqlite"
    asked = f"EXPLAIN {'QUERY PLAN' if of_sqlite else ''} {one.sql}"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(asked, one.values))
