"""Column types shared by the tables."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator

# Named constraints, so that a later migration can alter them on either database.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant: an aware datetime goes in, the same instant in UTC comes out.

    SQLite keeps no zone, so UTC is stored; a naive datetime is a programming error.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raises TypeError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a datetime without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Give the instant its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


DIGEST = String(64)
"""Lower-case hexadecimal SHA-256."""
HANDOVER = String(26)
REFERENCE = String(64)
"""A random id or an opaque reference."""
AUTHORITY = String(64)
"""`scheme:code`, e.g. `gss:E10000025`."""
CODE = String(64)
SUBJECT = String(128)
WIRE_TIME = String(40)
"""RFC 3339 text exactly as a statement has it."""
BLOB = String(64)
"""Id in the blob store."""
NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both: SQLite counts rows up only in a column declared INTEGER."""
