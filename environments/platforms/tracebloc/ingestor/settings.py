"""What the reference ingestor is configured with: the environment of `tracebloc-ingest`, and where its database and backend are."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Source: tracebloc-ingestor 0.8.94 (TRACEBLOC_*); DATABASE_URL and BACKEND_URL are our choice."""

    tracebloc_ingest_config: Path
    tracebloc_env: str
    tracebloc_backend_token: SecretStr
    tracebloc_backend_token_scheme: str = "TOKEN"  # noqa: S105 - the scheme's name
    tracebloc_ingestor_id: str = Field(default="", pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")
    tracebloc_title: str = ""
    database_url: SecretStr
    backend_url: str
