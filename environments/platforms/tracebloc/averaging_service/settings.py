"""Configuration of the averaging service, from environment variables."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """SERVICE_BUS_CONNECTION_STRING, OBJECT_STORE_URL, OBJECT_STORE_BUCKET; boto3 reads AWS_* itself. Source: our choice."""

    service_bus_connection_string: SecretStr
    object_store_url: str
    object_store_bucket: str = "tracebloc"
