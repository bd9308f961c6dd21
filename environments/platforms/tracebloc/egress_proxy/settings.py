"""What the egress proxy is configured with."""

from pathlib import Path

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Source: our choice; CA_FILE is written, never read, FAULTS_FILE is both and need not be there."""

    http_host: str = "127.0.0.1"
    http_port: int
    backend_url: str
    ca_file: Path
    faults_file: Path
