"""Runs the real `tracebloc-ingest` where a pod cannot have the shared volume at /data/shared: only where the kernel gives no mounts.

That path is a constant of a class, which no variable changes, so it is changed in memory; the package on disk stays as it is.
Source: tracebloc-ingestor 0.8.94 (`Config.STORAGE_PATH`).
"""

import os


def main() -> int:
    """One run with the shared volume at SHARED_MOUNT; returns its exit code."""
    from tracebloc_ingestor.cli import run
    from tracebloc_ingestor.config import Config

    Config.STORAGE_PATH = os.environ["SHARED_MOUNT"]
    return int(run.main())


if __name__ == "__main__":
    raise SystemExit(main())
