"""A stand-in of Azure's management API for Service Bus, over TLS; only what `environments.azure` asks for. It is not Azure.

Source: azure-rest-api-specs, Microsoft.ServiceBus, version 2025-05-01-preview: paths, methods, statuses, long-running operations (making
ends by `provisioningState` or `Azure-AsyncOperation`, deleting by `Location`), pages by `nextLink`, names of 6 to 50 characters.
The client, azure-mgmt-servicebus 10.0, asks for version 2026-01-01, whose document was not at hand.
"""

import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from azure.core.credentials import AccessToken
from azure.mgmt.servicebus import ServiceBusManagementClient

TOKEN = "token-of-the-service-principal"
NAMESPACES = r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/Microsoft.ServiceBus/namespaces"
ONE = NAMESPACES + r"/(?P<name>[^/]{6,50})"
PAGE = 2


class Principal:
    """Credentials that need no login."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(self.token, int(time.time()) + 3600)


@dataclass
class StandIn:
    """What is there, and what was asked."""

    url: str = ""
    authority: Path = Path()
    namespaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    queues: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By method: the status and words with which everything is refused."""

    def add(self, name: str, tags: dict[str, str], made_at: datetime | None = None) -> None:
        made = (made_at or datetime.now(UTC)).isoformat()
        properties = {"provisioningState": "Succeeded", "createdAt": made, "status": "Active"}
        self.namespaces[name] = {"id": f"/x/{name}", "name": name, "location": "westeurope", "tags": tags, "properties": properties}
        self.queues[name] = []

    def client(self, token: str = TOKEN) -> ServiceBusManagementClient:
        options: dict[str, Any] = {
            "connection_verify": str(self.authority),
            "polling_interval": 0,
            "retry_total": 1,
            "retry_backoff_factor": 0,
        }
        return ServiceBusManagementClient(
            Principal(token), "subscription", base_url=self.url, credential_scopes=["https://management.azure.com/.default"], **options
        )


class Handler(BaseHTTPRequestHandler):
    """Answers as the OpenAPI says."""

    stand_in: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._refused():
            return
        path = self.path.partition("?")[0]
        there = self.stand_in
        if re.fullmatch(NAMESPACES, path):
            skipped = int((re.search(r"skip=(\d+)", self.path) or [0, 0])[1])
            found = list(there.namespaces.values())
            more = {"nextLink": f"{there.url}{path}?api-version=2026-01-01&skip={skipped + PAGE}"} if skipped + PAGE < len(found) else {}
            self._answer(200, {"value": found[skipped : skipped + PAGE], **more})
        elif (queues := re.fullmatch(ONE + "/queues", path)) and queues["name"] in there.namespaces:
            self._answer(200, {"value": [{"id": f"/x/{name}", "name": name} for name in there.queues[queues["name"]]]})
        elif operation := re.fullmatch(r"/operations/(made|deleted)/(.+)", path):
            self._operation(*operation.groups())
        elif (one := re.fullmatch(ONE, path)) and one["name"] in there.namespaces:
            self._answer(200, there.namespaces[one["name"]])
        else:
            self._answer(404, {"error": {"code": "ResourceNotFound", "message": "There is no such resource."}})

    def do_PUT(self) -> None:
        if self._refused():
            return
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.partition("?")[0]
        if queue := re.fullmatch(ONE + r"/queues/(?P<queue>[^/]+)", path):
            self.stand_in.queues[queue["name"]].append(queue["queue"])
            self._answer(200, {"id": "/x", "name": queue["queue"], "properties": {"status": "Active"}})
        elif one := re.fullmatch(ONE, path):
            self.stand_in.add(one["name"], sent.get("tags", {}))
            made = self.stand_in.namespaces[one["name"]]
            made["sku"] = sent["sku"]
            made["properties"]["provisioningState"] = "Created"
            self._answer(201, made, {"Azure-AsyncOperation": f"{self.stand_in.url}/operations/made/{one['name']}"})
        else:
            self._answer(400, {"error": {"code": "BadRequest", "message": "The name is none."}})

    def do_DELETE(self) -> None:
        if self._refused():
            return
        path = self.path.partition("?")[0]
        if queue := re.fullmatch(ONE + r"/queues/(?P<queue>[^/]+)", path):
            self.stand_in.queues[queue["name"]].remove(queue["queue"])
            self._answer(200)
        elif (one := re.fullmatch(ONE, path)) and one["name"] in self.stand_in.namespaces:
            self._answer(202, None, {"Location": f"{self.stand_in.url}/operations/deleted/{one['name']}"})
        else:
            self._answer(204)

    def do_POST(self) -> None:
        if self._refused():
            return
        found = re.fullmatch(ONE + r"/authorizationRules/RootManageSharedAccessKey/listKeys", self.path.partition("?")[0], re.IGNORECASE)
        assert found is not None
        endpoint = f"Endpoint=sb://{found['name']}.servicebus.windows.net/"
        self._answer(200, {"primaryConnectionString": f"{endpoint};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=key"})

    def _operation(self, what: str, name: str) -> None:
        if what == "made":
            self.stand_in.namespaces[name]["properties"]["provisioningState"] = "Succeeded"
            self._answer(200, {"status": "Succeeded"})
        else:
            self.stand_in.namespaces.pop(name)
            self._answer(200)

    def _refused(self) -> bool:
        self.stand_in.asked.append(f"{self.command} {self.path.partition('?')[0]}")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"error": {"code": "InvalidAuthenticationToken", "message": "The access token is invalid."}})
            return True
        if self.command in self.stand_in.refuse:
            status, words = self.stand_in.refuse[self.command]
            self._answer(status, {"error": {"code": "Refused", "message": words}})
            return True
        assert "api-version=2026-01-01" in self.path or "/operations/" in self.path
        return False

    def _answer(self, status: int, body: object = None, headers: dict[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def running(folder: Path) -> Iterator[StandIn]:
    """A stand-in that runs, with an authority of its own."""
    there = StandIn(authority=folder / "authority.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(there.authority))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"stand_in": there}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    there.url = f"https://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield there
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
