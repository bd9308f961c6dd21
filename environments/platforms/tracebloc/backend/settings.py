"""The backend's settings, read from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.tracebloc.backend.passwords import COST


class Settings(BaseSettings):
    """One field a variable, named like it in lower case."""

    http_host: str = "127.0.0.1"
    http_port: int
    database_url: SecretStr = Field(description="SQLAlchemy URL, e.g. sqlite:////var/lib/backend.sqlite; may hold a password")
    mail_folder: Path = Field(description="maildir into which every e-mail is put")
    service_bus_connection_string: SecretStr
    object_store_url: str
    object_store_bucket: str = "tracebloc"
    token_lifetime_seconds: float = Field(default=43200, gt=0)
    password_cost: int = Field(default=COST, ge=2**10, le=2**20, description="scrypt's work factor, a power of two")
    public_url: str = Field(default="http://localhost", description="where people reach the platform in a browser")
    # Source: tracebloc CLI (its recorded answers)
    device_code_lifetime_seconds: float = Field(default=900, gt=0)
    device_code_interval_seconds: int = Field(default=5, ge=1)
    clock_key: SecretStr | None = Field(default=None, description="whoever knows it may ask to be served at another time, for tests")
    minimum_sdk_version: str | None = Field(default=None, pattern=r"^\d+(\.\d+)*$", description="older SDKs are told to upgrade")
