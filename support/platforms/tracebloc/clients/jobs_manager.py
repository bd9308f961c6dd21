"""A secure environment's jobs-manager, as the platform's command line talks to it.

Source: tracebloc client chart 1.9.62 (`POST /internal/submit-ingestion-run`).
"""

from typing import Any

from pydantic import SecretStr

from environments.network.direct_http import direct_client
from support.evidence.http import watched
from support.platforms.tracebloc.clients.backend import Json, refusal

# the first pods of a run wait until the node has loaded what they need
LONGEST_ANSWER = 60.0


class JobsManagerClient:
    """Submits ingestion runs to one secure environment."""

    def __init__(self, base_url: str, token: SecretStr) -> None:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._http = watched(direct_client(base_url, headers=headers, timeout=LONGEST_ANSWER), "jobs_manager")

    def submit_ingestion_run(self, ingest_config: dict[str, Any], idempotency_key: str) -> str:
        """Start an ingestion job (or find the one this key started); returns its name. Raises Refused."""
        return str(self.ask({"ingest_config": ingest_config, "idempotency_key": idempotency_key})["job_name"])

    def ask(self, body: dict[str, Any]) -> Json:
        """Ask for an ingestion with any body; returns the answer. Raises Refused."""
        response = self._http.post("/internal/submit-ingestion-run", json=body)
        if response.is_error:
            raise refusal("submitting an ingestion run", response)
        answer: Json = response.json()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
