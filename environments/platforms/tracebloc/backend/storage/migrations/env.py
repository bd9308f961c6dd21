"""What Alembic runs around the migrations."""

from alembic import context

from environments.platforms.tracebloc.backend.storage.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
