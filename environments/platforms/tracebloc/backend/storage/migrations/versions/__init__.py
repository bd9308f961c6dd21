"""The steps, each a module that Alembic finds by its folder."""
