"""A secure environment's jobs-manager, as the platform's command line talks to it.

Source: tracebloc client chart 1.9.62 (`POST /internal/submit-ingestion-run`).
"""

from typing import Any

import httpx
from pydantic import SecretStr

from support.clients.backend import refusal


class JobsManagerClient:
    """Submits ingestion runs to one secure environment."""

    def __init__(self, base_url: str, token: SecretStr) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token.get_secret_value()}"}, trust_env=False)

    def submit_ingestion_run(self, ingest_config: dict[str, Any], idempotency_key: str) -> str:
        """Start an ingestion job (or find the one this key started); returns its name. Raises Refused."""
        response = self._http.post(
            "/internal/submit-ingestion-run", json={"ingest_config": ingest_config, "idempotency_key": idempotency_key}
        )
        if response.is_error:
            raise refusal("submitting an ingestion run", response)
        return str(response.json()["job_name"])

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
