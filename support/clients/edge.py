"""The backend as a secure environment sees it.

Source: tracebloc client chart 1.9.62 (logging in), tracebloc-ingestor 0.8.94 (`backend_api.v1.json`: telling of a dataset); reports of
training jobs are our choice.
"""

from typing import Any

from support.clients.backend import BackendSession, Json


class EdgeClient(BackendSession):
    """One secure environment's session with the backend."""

    def register_dataset(self, table: str, summary: dict[str, Any]) -> Json:
        """Tell of an ingested dataset; the answer holds its key."""
        return self._object("POST", f"/global_meta/summary/{table}/", json=summary)

    def report_job(self, report: dict[str, Any]) -> None:
        """Tell what became of a training job."""
        self._object("POST", "/edge-device/pods/", json=report)
