"""Configuration of the training pod, from environment variables."""

import tempfile
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """REQUESTS_PROXY_URL, REQUESTS_PROXY_TOKEN, DATABASE_URL, SHARED_FOLDER, POD_NAME, EXPERIMENT_SCRATCH_PATH, MEMORY_LIMIT_BYTES,
    TRAINING_DEADLINE_SECONDS.

    Source: tracebloc client chart 1.9.62 for the requests proxy, the shared volume's path and the scratch path; the others are our choice.
    """

    requests_proxy_url: str
    requests_proxy_token: SecretStr
    database_url: SecretStr
    shared_folder: Path = Path("/data/shared")
    pod_name: str
    experiment_scratch_path: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()))
    memory_limit_bytes: int = 4 << 30
    training_deadline_seconds: float = 300
