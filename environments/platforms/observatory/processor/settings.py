"""The processor's variables. Source: the project's processor; HOST, PORT and WORK_SECONDS are our choice."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.observatory import contracts


class Settings(BaseSettings):
    """All but CONTRACTS_PATH are required, so that nothing is taken for a default by mistake."""

    host: str
    port: int
    rabbitmq_url: SecretStr
    postgres_url: SecretStr
    contracts_path: Path = contracts.FOLDER
    work_seconds: float
    """What a job takes that does not say so itself; the project's processor takes 2 seconds for each."""
