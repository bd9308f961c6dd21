"""A client of the service that keeps notes; its requests and answers become evidence. It knows neither behave nor the substrate."""

from urllib.parse import quote

from environments.network.direct_http import direct_client
from support.evidence.http import watched


class NotesClient:
    """Keeps notes and reads them."""

    def __init__(self, url: str) -> None:
        self._http = watched(direct_client(url, timeout=10.0), "notes")

    def keep(self, name: str, text: str) -> None:
        """Keep a note. Raises httpx.HTTPStatusError when the service refuses."""
        self._http.put(f"/{quote(name, safe='')}", content=text.encode("utf-8")).raise_for_status()

    def read(self, name: str) -> str | None:
        """A note's text; None when there is no such note."""
        answer = self._http.get(f"/{quote(name, safe='')}")
        return None if answer.status_code == 404 else answer.raise_for_status().text

    def close(self) -> None:
        """Close its connections."""
        self._http.close()
