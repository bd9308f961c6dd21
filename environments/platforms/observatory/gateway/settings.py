"""The gateway's variables. Source: the project's gateway; HOST is our choice."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.observatory import contracts


class Settings(BaseSettings):
    """All but CONTRACTS_PATH are required, so that nothing is taken for a default by mistake."""

    host: str
    port: int
    rabbitmq_url: SecretStr
    contracts_path: Path = contracts.FOLDER
    alertmanager_url: str
    prometheus_url: str
