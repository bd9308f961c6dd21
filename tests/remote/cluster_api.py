"""A stand-in of a cluster's API for whoever only looks: pods, their logs, events, and the rights that were given."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from environments.cluster.platform_pods import RIGHTS
from tests.http_server import Answered, Asked, answering

NAMESPACE = "shop"
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: {name}
clusters: [{{name: {cluster}, cluster: {{server: "{server}"}}}}]
contexts: [{{name: {name}, context: {{cluster: {cluster}, user: qa}}}}]
users: [{{name: qa, user: {{token: word}}}}]
"""


def pod(name: str, labels: Mapping[str, str], **spec: Any) -> dict[str, Any]:
    """A pod as a cluster has it."""
    return {
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": dict(labels), "creationTimestamp": "2026-11-27T10:00:00Z"},
        "spec": {"containers": [{"name": "service", "image": "shop:1"}], **spec},
        "status": {"phase": "Running"},
    }


class ClusterApi:
    """What the cluster has, and what it was asked for."""

    def __init__(self, pods: Sequence[Mapping[str, Any]] = (), rights: Collection[str] = RIGHTS) -> None:
        self.pods, self.rights = list(pods), set(rights)
        self.events: list[dict[str, Any]] = []
        self.logs: dict[str, str] = {}
        self.asked: list[str] = []

    def answer(self, method: str, url: str, body: str) -> tuple[int, str]:
        """To one request."""
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        self.asked.append(f"{method} {path}")
        inside = path.removeprefix(f"/api/v1/namespaces/{NAMESPACE}/")
        if path.endswith("/selfsubjectaccessreviews"):
            asked = json.loads(body)["spec"]["resourceAttributes"]
            resource = asked["resource"] + (f"/{asked['subresource']}" if "subresource" in asked else "")
            allowed = f"{asked['verb']} {resource}" in self.rights and asked["namespace"] == NAMESPACE
            return 201, json.dumps({"spec": {}, "status": {"allowed": allowed}})
        if (inside == "pods" or path == "/api/v1/pods") and "list pods" in self.rights:
            return 200, json.dumps({"kind": "PodList", "items": self.pods})
        if inside == "events" and "list events" in self.rights:
            return 200, json.dumps({"kind": "EventList", "items": self.events})
        if inside.endswith("/log") and "get pods/log" in self.rights:
            assert query["container"] == ["service"]
            return 200, self.logs.get(inside.split("/")[1], "")
        return 403, json.dumps({"kind": "Status", "message": f"forbidden: User qa cannot {method} {path}", "code": 403})


@contextmanager
def serving(api: ClusterApi) -> Iterator[str]:
    """Its URL as long as the block lasts."""

    def answer(asked: Asked) -> Answered:
        status, text = api.answer(asked.method, asked.path, asked.body.decode())
        kind = "text/plain" if asked.path.partition("?")[0].endswith("/log") else "application/json"
        return Answered(status, text.encode(), {"Content-Type": kind})

    with answering(answer) as url:
        yield url


def kubeconfig(folder: Path, server: str, name: str = "staging", cluster: str = "farm") -> Path:
    """A file that leads there."""
    file = folder / "kubeconfig"
    file.write_text(KUBECONFIG.format(name=name, cluster=cluster, server=server))
    return file
