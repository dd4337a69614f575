"""The shape of the database, moved up and down by Alembic in one transaction."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from app.errors import Conflict
from app.store.unit_of_work import Database


def upgrade(database: Database, location: Path, revision: str = "head") -> None:
    """Bring the tables up to `revision`; `location` is the folder of migrations.

    All or nothing. Raises Conflict if the database comes from a version that we do not know.
    """
    if revision == "head" and current(database) == _newest(location):
        return  # as nearly always, and then nobody has to wait for a turn to write
    with database.rebuild() as uow:
        _run(command.upgrade, uow.connection, location, revision)


def downgrade(database: Database, location: Path, revision: str = "base") -> None:
    """Bring the tables down to `revision`; what only newer versions keep is lost."""
    with database.rebuild() as uow:
        _run(command.downgrade, uow.connection, location, revision)


def current(database: Database) -> str | None:
    """The revision that the tables are at; None for an empty database."""
    with database.read() as uow:
        return revision(uow.connection)


def revision(connection: Connection) -> str | None:
    """As `current`, within a transaction."""
    return MigrationContext.configure(connection).get_current_revision()


@lru_cache
def _newest(location: Path) -> str | None:
    return ScriptDirectory(str(location)).get_current_head()


def _run(
    move: Callable[[Config, str], None], connection: Connection, location: Path, revision: str
) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    try:
        move(config, revision)
    except CommandError as error:
        raise Conflict(
            "database-version",
            "The database was last used by another version of this program: use that or a newer.",
        ) from error
