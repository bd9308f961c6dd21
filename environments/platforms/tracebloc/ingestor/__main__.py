"""Runs the reference ingestor: `python -m environments.platforms.tracebloc.ingestor`.

Exit codes: 0 done, 1 read data and did not finish clean, 2 configuration refused. Source: tracebloc-ingestor 0.8.94.
"""

import logging
import sys

from environments.platforms.tracebloc.ingestor.runs import log, run
from environments.platforms.tracebloc.ingestor.settings import Settings
from environments.reference_services.settings import read_settings


def main() -> int:
    """One run; returns its exit code."""
    settings = read_settings(Settings)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    log.info("this is the reference ingestor, which stands in for tracebloc-ingest where there is no MySQL")
    return run(settings)


if __name__ == "__main__":
    raise SystemExit(main())
