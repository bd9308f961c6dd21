"""Secure environments and what was ingested in them."""

from typing import Any

from support.platforms.tracebloc.clients.backend.connection import BackendConnection, Json


class SecureEnvironments(BackendConnection):
    """What an owner does about secure environments and their datasets."""

    def register_secure_environment(self, name: str, **more: str) -> Json:
        """Register a secure environment, perhaps with its cluster_id; the answer holds its Client ID and, this once, its password."""
        return self._object("POST", "/edge-device/", json={"name": name, **more})

    def secure_environment(self, identity: int | str) -> Json:
        """One of the caller's secure environments."""
        return self._object("GET", f"/edge-device/{identity}/")

    def change_secure_environment(self, identity: int | str, **changes: Any) -> Json:
        """Change one of the caller's secure environments: name, location, namespace, cluster_id, login_seconds."""
        return self._object("PATCH", f"/edge-device/{identity}/", json=changes)

    def revoke_secure_environment(self, identity: int | str) -> Json:
        """Take the credential of one of the caller's secure environments away."""
        return self._object("POST", f"/edge-device/{identity}/revoke/")

    def ingest_failures(self, identity: int | str) -> list[Json]:
        """The ingestions of a secure environment that ended without a dataset, oldest first."""
        return self._list("GET", f"/edge-device/{identity}/ingest-failures/")

    def page_of_environments(self, number: int) -> Json:
        """One page of the caller's secure environments, with how many there are and where the next is. Source: tracebloc CLI."""
        return self._object("GET", "/edge-device/", params={"page": number})

    def datasets(self) -> list[Json]:
        """The caller's ingested datasets."""
        return self._list("GET", "/datasets/")

    def dataset(self, key: str) -> Json:
        """All that was reported to the platform of one of the caller's datasets."""
        return self._object("GET", f"/datasets/{key}/")
