"""What the jobs-manager is configured with; the names are the chart's where the chart has one."""

from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, field_validator, model_validator

from environments.platforms.tracebloc.client_environment import guarded_client_environment
from environments.platforms.tracebloc.edge.login import EdgeSettings
from environments.platforms.tracebloc.launchers.launcher import LauncherSettings

SECONDS_OF_A_WEEK = 604_800
SHARED_MOUNT = Path("/data/shared")
"""Where pods have the shared volume. Source: tracebloc client chart 1.9.62; tracebloc-ingestor 0.8.94 (a constant of its class)."""


class Settings(EdgeSettings, LauncherSettings):
    """Source: tracebloc client chart 1.9.62; INGESTOR, INGESTION_*, EGRESS_PROXY_*, the launcher's, SHARED_*, JOB_IMAGE and
    POD_DEADLINE_SECONDS are our choice.

    SHARED_FOLDER is the shared volume as the jobs-manager itself sees it, SHARED_MOUNT as its pods do.
    """

    http_host: str = "127.0.0.1"
    http_port: int
    client_env: str
    ingestion_token: SecretStr
    pod_token_signing_secret: SecretStr
    pod_token_ttl_seconds: float = SECONDS_OF_A_WEEK
    requests_proxy_url: str
    database_url: SecretStr
    shared_folder: Path
    shared_mount: Path = SHARED_MOUNT
    pods_folder: Path | None = None
    resource_requests: str = "cpu=500m,memory=1Gi"
    resource_limits: str = "cpu=500m,memory=1Gi"
    gpu_limits: str = ""
    job_image_host: str = "docker.io/"
    job_image: str = "tracebloc/client-training"
    ingestor_image: str = "tracebloc/ingestor"
    image_pull_secret_name: str = ""
    pod_deadline_seconds: int | None = None
    """How long each training pod may run; None: as long as it likes, as in the chart."""
    ingestor: Literal["tracebloc-ingest", "reference"] = "reference"
    ingestion_read_seconds: float | None = None
    egress_proxy_url: str = ""
    egress_proxy_ca: Path | None = None
    ringmaster_sabotage: str = ""

    @field_validator("client_env")
    @classmethod
    def _never_production(cls, name: str) -> str:
        return guarded_client_environment(name)

    @model_validator(mode="after")
    def _ingestor_fits_the_database(self) -> Self:
        if self.ingestor == "tracebloc-ingest":
            if not self.database_url.get_secret_value().startswith("mysql"):
                raise ValueError("INGESTOR=tracebloc-ingest needs a MySQL or MariaDB DATABASE_URL; use INGESTOR=reference with SQLite")
            if not self.egress_proxy_url or self.egress_proxy_ca is None:
                raise ValueError("INGESTOR=tracebloc-ingest needs EGRESS_PROXY_URL and EGRESS_PROXY_CA, its only way to the backend")
        return self
