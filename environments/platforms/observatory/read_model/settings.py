"""The read model's variables. Source: the project's read model; HOST is our choice."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """All are required, so that nothing is taken for a default by mistake."""

    host: str
    port: int
    redis_url: str
    """HOST:PORT, as the project's read model takes it."""
    postgres_url: SecretStr
    mongo_url: SecretStr
