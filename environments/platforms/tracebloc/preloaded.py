"""What a substrate may load ahead for tracebloc, once for all processes that it forks."""

from environments.platforms.tracebloc.services import PACKAGE
from environments.platforms.tracebloc.training import MODULES_TO_PRELOAD

FEW_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""The models are tiny, and several threads only wait for each other. Where the SDK asks for all cores, they sleep while they wait."""
FOR_SECURE_ENVIRONMENTS = (
    "environments.reference_services.settings",
    "environments.platforms.tracebloc.stores.preloaded_s3",
    "environments.platforms.tracebloc.stores.preloaded_mysql",
    # what httpx imports for its first client
    "httpcore",
    "jsonschema",
    "python_multipart",
    "trustme",
    "psutil",
    "yaml",
    f"{PACKAGE}.edge.login",
    f"{PACKAGE}.launchers.process",
    f"{PACKAGE}.egress_proxy.proxy",
    f"{PACKAGE}.egress_proxy.settings",
    f"{PACKAGE}.jobs_manager.api",
    f"{PACKAGE}.jobs_manager.experiments",
    f"{PACKAGE}.jobs_manager.work",
    f"{PACKAGE}.pods_monitor.reports",
    f"{PACKAGE}.pods_monitor.settings",
    f"{PACKAGE}.requests_proxy.api",
    f"{PACKAGE}.resource_monitor.heartbeat",
    f"{PACKAGE}.resource_monitor.settings",
)
FOR_PODS = (
    "httpx",
    "httpcore",
    "environments.platforms.tracebloc.stores.preloaded_mysql",
    "pandas",
    *MODULES_TO_PRELOAD,
    # all that `tracebloc-ingest` imports; not its own module, which has to run as the main one
    "tracebloc_ingestor",
    "tracebloc_ingestor.backend.failure_report",
    "tracebloc_ingestor.cli.conventions",
    "tracebloc_ingestor.utils.logging",
    "tracebloc_telemetry",
    "jsonschema",
    "yaml",
    # data scientists' SDKs are forked from the node too; this is what they import once they check a model
    "tracebloc",
    "tracebloc.training.loss",
    "tracebloc.training.memory_estimate",
    "tracebloc.validation.checker",
)
