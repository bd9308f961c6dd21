"""One run of the reference ingestor, from its configuration to what the backend is told."""

import logging
import uuid

from environments.platforms.tracebloc.ingestor.config import ConfigRefused, IngestConfig, read_config
from environments.platforms.tracebloc.ingestor.rows import DataRefused, read_rows
from environments.platforms.tracebloc.ingestor.settings import Settings
from environments.platforms.tracebloc.ingestor.summary import BackendReports, NotRegistered, summary
from environments.platforms.tracebloc.ingestor.tables import Tables

FINISHED, FAILED, REFUSED = 0, 1, 2

log = logging.getLogger("reference-ingestor")


def run(settings: Settings) -> int:
    """Ingest what the configuration says; returns the exit code, and logs why it is not 0."""
    try:
        config = read_config(settings.tracebloc_ingest_config)
    except ConfigRefused as error:
        log.error("configuration refused: %s", error)
        return REFUSED
    ingestor_id = settings.tracebloc_ingestor_id or str(uuid.uuid4())
    reports = BackendReports(settings)
    try:
        _ingest(config, settings, ingestor_id, reports)
    except (DataRefused, NotRegistered) as error:
        log.error("ingestion failed: %s", error)
        reports.tell_failure(ingestor_id, "ingestion_failed")
        return FAILED
    finally:
        reports.close()
    return FINISHED


def _ingest(config: IngestConfig, settings: Settings, ingestor_id: str, reports: BackendReports) -> None:
    rows = read_rows(config)
    tables = Tables(settings.database_url.get_secret_value(), config, ingestor_id)
    try:
        if tables.existing_features() != config.features:
            raise DataRefused(f"table {config.table} is there already, with other columns")
        inserted = tables.write(rows)
        log.info("%d of %d rows inserted into %s", inserted, len(rows), config.table)
        if not inserted:
            return
        tables.mark_registered(True)
        try:
            reports.register(config.table, summary(config, rows, tables, settings, ingestor_id))
        except NotRegistered:
            tables.take_back()
            raise
    finally:
        tables.close()
