"""What Alembic runs around the migrations."""

from alembic import context

# all of it, since some parts bring tables of their own
from environments.platforms.tracebloc.backend import application  # noqa: F401
from environments.platforms.tracebloc.backend.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
