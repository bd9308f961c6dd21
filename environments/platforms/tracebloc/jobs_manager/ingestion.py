"""Ingestion runs: check what was asked for, write the run's ingest.yaml, and make its Job.

Source: tracebloc-ingestor 0.8.94 (`ingest.v1.json`, the environment of `tracebloc-ingest`); tracebloc client chart 1.9.62 (the endpoint).
"""

import importlib.util
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from environments.platforms.tracebloc.jobs_manager.manifests import ingest_config_path, ingestion_job
from environments.platforms.tracebloc.jobs_manager.names import ingestion_job_name
from environments.platforms.tracebloc.jobs_manager.settings import SHARED_MOUNT, Settings
from environments.platforms.tracebloc.launchers.launcher import Launcher
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.texts import shortened

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

log = logging.getLogger(__name__)

# the console script `tracebloc-ingest` is this module's main(); run as a module it starts from a preloaded process
REAL_INGESTOR = ["python", "-m", "tracebloc_ingestor.cli.run"]
RELOCATED_INGESTOR = ["python", "-m", "environments.platforms.tracebloc.edge.relocated_ingestor"]
REFERENCE_INGESTOR = ["python", "-m", "environments.platforms.tracebloc.ingestor"]
# the key becomes a Kubernetes label
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
SOURCES = ("csv", "json", "images", "annotations", "masks", "texts", "sequences")


class IngestConfigRefused(ValueError):
    """The run that was asked for cannot be started; the text says what is wrong, in words for its author."""


class Submission(BaseModel):
    """An ingestion run that was started, or that the same key had started before (`replay`)."""

    job_name: str
    namespace: str
    replay: bool


class IngestionRuns:
    """Starts ingestion runs on one secure environment; the same idempotency key never starts two."""

    def __init__(self, settings: Settings, launcher: Launcher, backend_token: Callable[[], str]) -> None:
        self._settings = settings
        self._launcher = launcher
        self._backend_token = backend_token

    def submit(self, ingest_config: dict[str, Any], idempotency_key: str, image_digest: str | None = None) -> Submission:
        """Start one run; raises IngestConfigRefused, or LauncherUnavailable."""
        if not IDEMPOTENCY_KEY.fullmatch(idempotency_key) and not is_on(EdgeSabotage.INGESTION_KEYS_OF_ANY_FORM):
            raise IngestConfigRefused(
                "idempotency_key: 1 to 63 letters, digits, '-', '_' or '.', beginning and ending with one of the former"
            )
        known_by = secrets.token_hex(8) if is_on(EdgeSabotage.INGESTION_KEY_IGNORED) else idempotency_key
        name = ingestion_job_name(self._settings.client_id, known_by)
        if self._launcher.list_pods({"tracebloc.io/ingestion-run": known_by, "tracebloc.io/client-id": self._settings.client_id}):
            return self._submission(name, replay=True)
        check_ingest_config(ingest_config, self._settings)
        write_ingest_config(ingest_config, ingest_config_path(self._settings.shared_folder, name))
        path = ingest_config_path(self._settings.shared_mount, name)
        environment = ingestor_environment(self._settings, path, self._backend_token(), share_authority(self._settings, name))
        manifest = ingestion_job(name, idempotency_key, ingestor_command(self._settings), environment, self._settings, image_digest)
        created = self._launcher.create_job(manifest)
        log.info("ingestion into table %s: job %s %s", ingest_config["table"], name, "created" if created else "was there already")
        return self._submission(name, replay=not created)

    def _submission(self, name: str, replay: bool) -> Submission:
        return Submission(job_name=name, namespace=self._settings.namespace, replay=replay)


def check_ingest_config(ingest_config: dict[str, Any], settings: Settings) -> None:
    """Hold a configuration to the ingestor's own schema, and its sources to the shared volume; raises IngestConfigRefused."""
    schema = _schema()
    problems = [f"{_where(error.absolute_path)}: {shortened(error.message, 200)}" for error in schema.iter_errors(ingest_config)]
    if problems:
        raise IngestConfigRefused("; ".join(problems[:5]))
    if not TABLE.fullmatch(ingest_config["table"]):
        raise IngestConfigRefused("table: a letter or '_', then letters, digits or '_', at most 64 in all")
    for source in SOURCES:
        if source in ingest_config and not _is_staged(Path(ingest_config[source]), settings):
            raise IngestConfigRefused(f"{source}: the data has to be staged on the shared volume ({settings.shared_mount})")


def _is_staged(source: Path, settings: Settings) -> bool:
    """Whether a path of the pod's is on the shared volume, links followed."""
    if is_on(EdgeSabotage.INGESTION_SOURCES_NOT_CONFINED):
        return True
    if not source.is_relative_to(settings.shared_mount):
        return False
    here = settings.shared_folder / source.relative_to(settings.shared_mount)
    try:
        return here.resolve().is_relative_to(settings.shared_folder.resolve())
    except (ValueError, OSError):
        # a name that no file can have
        return False


def write_ingest_config(ingest_config: dict[str, Any], path: Path) -> None:
    """Write the run's ingest.yaml."""
    import yaml

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(ingest_config, sort_keys=False, allow_unicode=True))


def share_authority(settings: Settings, name: str) -> Path | None:
    """Where a run's pod, which mounts nothing but the shared volume, finds the certificate authority of its way to the backend."""
    authority = settings.egress_proxy_ca
    if authority is None or not authority.is_file():
        return authority
    copied = ingest_config_path(settings.shared_folder, name).with_suffix(".pem")
    copied.write_bytes(authority.read_bytes())
    return ingest_config_path(settings.shared_mount, name).with_suffix(".pem")


def ingestor_command(settings: Settings) -> list[str]:
    """What an ingestion pod runs."""
    if settings.ingestor == "reference":
        return REFERENCE_INGESTOR
    return REAL_INGESTOR if settings.shared_mount == SHARED_MOUNT else RELOCATED_INGESTOR


def ingestor_environment(settings: Settings, ingest_config: Path, backend_token: str, authority: Path | None = None) -> dict[str, str]:
    """The environment of one ingestion pod: the ingestor's public contract and nothing that is not in it.

    `ingest_config` and `authority` are where the pod finds them; None: the authority is where the jobs-manager has it.
    """
    environment = {
        "TRACEBLOC_INGEST_CONFIG": str(ingest_config),
        "TRACEBLOC_ENV": settings.client_env,
        "TRACEBLOC_BACKEND_TOKEN": backend_token,
    }
    if is_on(EdgeSabotage.INGESTION_SENT_TO_PRODUCTION):
        del environment["TRACEBLOC_ENV"]
    if settings.ringmaster_sabotage:
        environment["RINGMASTER_SABOTAGE"] = settings.ringmaster_sabotage
    if settings.ingestor == "reference":
        return environment | {"DATABASE_URL": settings.database_url.get_secret_value(), "BACKEND_URL": settings.backend_url}
    # the ingestor's backend addresses are constants: only a proxy that ends TLS can lead it elsewhere; NO_PROXY would undo that
    proxy = {"HTTPS_PROXY": settings.egress_proxy_url, "REQUESTS_CA_BUNDLE": str(authority or settings.egress_proxy_ca)}
    relocated = {} if settings.shared_mount == SHARED_MOUNT else {"SHARED_MOUNT": str(settings.shared_mount)}
    # its own 300 s are for the slowest of networks
    seconds = settings.ingestion_read_seconds
    patience = {} if seconds is None else {"TRACEBLOC_TIMEOUT_HTTP_TRANSFER_READ": str(seconds)}
    return environment | _database_variables(settings) | proxy | relocated | patience


def _database_variables(settings: Settings) -> dict[str, str]:
    from sqlalchemy.engine import make_url

    url = make_url(settings.database_url.get_secret_value())
    return {
        "MYSQL_HOST": url.host or "127.0.0.1",
        "TRACEBLOC_MYSQL_PORT": str(url.port or 3306),
        "TRACEBLOC_DB_USER": url.username or "",
        "TRACEBLOC_DB_PASSWORD": str(url.password or ""),
        "TRACEBLOC_DB_NAME": url.database or "",
    }


def _where(path: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in path) or "ingest_config"


@cache
def _schema() -> "Validator":
    from jsonschema import Draft7Validator

    # found without importing the package, which would take more than a second
    package = importlib.util.find_spec("tracebloc_ingestor")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("tracebloc-ingestor is not installed: its schema says what an ingest configuration may hold")
    path = Path(package.submodule_search_locations[0], "contracts", "schema", "ingest.v1.json")
    return Draft7Validator(json.loads(path.read_text()))
