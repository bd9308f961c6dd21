"""Making the platform's Service Bus fail, and a look inside. Source: our choice (`environments/service_bus/administration/control.py`)."""

import re
from typing import Any

from pydantic import SecretStr

from environments.errors import WrongScenario
from environments.network.direct_http import direct_client
from support.evidence.http import watched
from support.platforms.tracebloc.clients.backend import Json


class ServiceBusFaults:
    """The control port of the platform's Service Bus."""

    def __init__(self, control_url: str, connection_string: SecretStr) -> None:
        """`connection_string` is of the whole namespace: its key opens the control port, too."""
        key = re.search(r"(?:^|;)SharedAccessKey=([^;]+)", connection_string.get_secret_value())
        headers = {"Authorization": f"Bearer {key[1]}"} if key else None
        self._http = watched(direct_client(control_url, timeout=10, headers=headers), "service_bus")

    def begin(self, fault: str, **details: Any) -> None:
        """Switch a fault on: outage, silent, busy, slow (seconds), lose (what, count); some take an entity."""
        self._ask("PUT", f"/faults/{fault}", details)

    def end(self, fault: str, **details: Any) -> None:
        """Switch a fault off; one that is not on is fine."""
        self._ask("DELETE", f"/faults/{fault}", details)

    def expire_locks(self, queue: str) -> int:
        """Let the time of all locks on a queue's messages be up; returns how many there were."""
        return int(self._ask("POST", "/faults/expire-locks", {"entity": queue})["expired"])

    def queue(self, path: str) -> Json:
        """What a queue holds: waiting, locked, dead_letters; a WrongScenario when there is no such queue."""
        for entity in self._ask("GET", "/state")["entities"]:
            if entity["path"].lower() == path.lower():
                return dict(entity)
        raise WrongScenario(f"the Service Bus has no queue {path}")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, method: str, path: str, details: dict[str, Any] | None = None) -> Json:
        answer: Json = self._http.request(method, path, json=details or None).raise_for_status().json()
        return answer
