"""The gateway's variables. Source: the project's gateway; HOST is our choice."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """All are required, so that nothing is taken for a default by mistake."""

    host: str
    port: int
    rabbitmq_url: SecretStr
    contracts_path: Path
    alertmanager_url: str
    prometheus_url: str
