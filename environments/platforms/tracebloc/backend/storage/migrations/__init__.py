"""How the tables came to be what they are, step by step, for databases that live longer than the backend. Source: Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration(connection: Connection) -> Config:
    """Alembic's, for these migrations on a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables to their newest form; raises SQLAlchemyError."""
    command.upgrade(configuration(connection), "head")
    connection.commit()
