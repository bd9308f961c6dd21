"""The rows of an ingested dataset, in the database of its secure environment.

Source: tracebloc-ingestor 0.8.94 (table shape: `ingestor_id`, `data_intent`, `label`).
"""

from pydantic import SecretStr


class DatasetStore:
    """Reads one secure environment's database; SQLAlchemy is imported at the first use."""

    def __init__(self, database_url: SecretStr) -> None:
        self._database_url = database_url

    def count_rows(self, table: str, intent: str) -> int:
        """How many rows a table holds for one intent (train or test)."""
        from sqlalchemy import column, create_engine, func, select
        from sqlalchemy import table as sql_table

        engine = create_engine(self._database_url.get_secret_value())
        try:
            with engine.connect() as connection:
                query = select(func.count()).select_from(sql_table(table)).where(column("data_intent") == intent)
                return int(connection.execute(query).scalar_one())
        finally:
            engine.dispose()
