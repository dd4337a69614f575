"""Runs migrations on the connection that `app.store.migrate` passes in, inside its transaction."""

from alembic import context

from app.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters most things only by making the table anew.
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
