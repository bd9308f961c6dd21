"""The metrics engine's variables. Source: the project's metrics engine; CONTRACTS_PATH is our choice."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.observatory import contracts


class Settings(BaseSettings):
    """All but CONTRACTS_PATH are required, so that nothing is taken for a default by mistake."""

    rabbitmq_url: SecretStr
    redis_url: str
    """HOST:PORT, as the project's metrics engine takes it."""
    mongo_url: SecretStr
    contracts_path: Path = contracts.FOLDER
