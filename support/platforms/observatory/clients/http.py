"""Clients of the platform's HTTP services; their requests and answers become evidence."""

from collections.abc import Mapping
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from environments.network.direct_http import direct_client
from support.evidence.http import watched

TIMEOUT_SECONDS = 10.0
CORRELATION = "X-Correlation-Id"


class HttpService:
    """What every HTTP service of the platform answers."""

    def __init__(self, url: str, service: str) -> None:
        self.http = watched(direct_client(url, timeout=TIMEOUT_SECONDS), service)

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """Any of its pages, whatever the status. Raises httpx.TransportError."""
        return self.http.get(path, params=parameters)

    def sample(self, name: str, labels: Mapping[str, str] | None = None) -> float | None:
        """A metric's sample, by the labels that it has at least; None while there is none. Raises httpx.HTTPError."""
        exposed = self.http.get("/metrics").raise_for_status().text
        wanted = dict(labels or {}).items()
        samples = [each for family in text_string_to_metric_families(exposed) for each in family.samples]
        found = [each.value for each in samples if each.name == name and wanted <= each.labels.items()]
        return sum(found) if found else None

    def close(self) -> None:
        """Close its connections."""
        self.http.close()


class Gateway(HttpService):
    """Takes jobs in."""

    def submit(self, job: object, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Submit a job, whatever the answer."""
        return self.http.post("/jobs", json=job, headers=headers)

    def submit_text(self, text: bytes, content_type: str = "application/json") -> httpx.Response:
        """Submit what may be no job at all, whatever the answer."""
        return self.http.post("/jobs", content=text, headers={"Content-Type": content_type})


class ReadModel(HttpService):
    """Tells what became of jobs."""

    def stats(self) -> dict[str, Any]:
        """The counters. Raises httpx.HTTPError."""
        found: dict[str, Any] = self.get("/stats").raise_for_status().json()
        return found

    def recent(self) -> list[dict[str, Any]]:
        """The latest jobs. Raises httpx.HTTPError."""
        return self.get("/jobs/recent").raise_for_status().json() or []

    def events(self, job: str = "") -> list[dict[str, Any]]:
        """The latest events, of one job if one is given. Raises httpx.HTTPError."""
        parameters = {"jobId": job} if job else {}
        return self.get("/events", **parameters).raise_for_status().json() or []
