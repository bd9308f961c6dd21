"""The pods that a platform's own services run as, on a cluster that is only looked at: manifests, logs, events, and what one may see.

Source: Kubernetes v1 and authorization.k8s.io/v1, 1.20 and later; which labels name a service is our choice.
"""

import contextlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.errors import SubstrateError
from environments.network import reaching

LIST_PODS, READ_LOGS, LIST_EVENTS = "list pods", "get pods/log", "list events"
RIGHTS = (LIST_PODS, READ_LOGS, LIST_EVENTS)
USUAL_LABELS = ("app.kubernetes.io/component", "app.kubernetes.io/name", "app")
"""What charts name a service by, the most exact first."""

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class ClusterAccess:
    """Where a deployment's pods are, and how its services are told apart there."""

    context: str
    """Of the kubeconfig."""
    namespace: str
    kubeconfig: Path | None = None
    """None: KUBECONFIG, or the user's own."""
    selectors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By service, the labels of its pods; of any other, one of USUAL_LABELS is its name with dashes."""


class PlatformPods:
    """The pods of one namespace. Every method raises SubstrateError where the cluster refuses."""

    def __init__(self, access: ClusterAccess) -> None:
        self._access = access
        self._api = Api.by_kubeconfig(access.kubeconfig, access.context)
        self.missing: Sequence[str] = ()
        """Those of RIGHTS that `ask` found missing."""

    def ask(self) -> None:
        """Ask the cluster which of RIGHTS we have."""
        from kubernetes.client import AuthorizationV1Api

        reviews = AuthorizationV1Api(self._client())
        self.missing = [right for right in RIGHTS if not self._may(reviews, right)]

    def why_not(self, right: str) -> str | None:
        """Why something cannot be looked at, naming every right that is missing; None when it can."""
        if right not in self.missing:
            return None
        rights = " and to ".join(self.missing)
        return f"the context '{self._access.context}' has no right to {rights} in the namespace '{self._access.namespace}'"

    def all(self) -> list[Manifest]:
        """Every pod of the namespace, as the cluster has it. They may hold secrets."""
        self._refuse(LIST_PODS)
        with self._asking():
            found = self._api.core.list_namespaced_pod(self._access.namespace, _request_timeout=PATIENCE_SECONDS)
        return [self._api.plain(pod) for pod in found.items]

    def of_services(self, services: Collection[str]) -> dict[str, list[Manifest]]:
        """Those that are of each of these services; a service without pods is left out."""
        pods = self.all()
        found = {service: [pod for pod in pods if self._is_of(service, pod["metadata"].get("labels") or {})] for service in services}
        return {service: own for service, own in found.items() if own}

    def log(self, service: str, since: float | None = None) -> str | None:
        """What the pods of a service wrote, since a unix time if one is given; None where it has none."""
        self._refuse(READ_LOGS)
        pods = self.of_services([service]).get(service)
        if pods is None:
            return None
        return "".join(self._log(pod, container, since) for pod in pods for container in pod["spec"]["containers"])

    def events(self, since: float) -> list[str]:
        """What the cluster tells of the namespace since a unix time, a line each, oldest first."""
        self._refuse(LIST_EVENTS)
        with self._asking():
            found = self._api.core.list_namespaced_event(self._access.namespace, _request_timeout=PATIENCE_SECONDS).items
        told = [(event.last_timestamp or event.event_time or event.metadata.creation_timestamp, event) for event in found]
        return [
            f"{at:%H:%M:%S} {event.involved_object.kind} {event.involved_object.name}: {event.reason}: {event.message}"
            for at, event in sorted(told, key=lambda one: str(one[0]))
            if at is not None and at.timestamp() >= since
        ]

    def _may(self, reviews: Any, right: str) -> bool:  # noqa: ANN401 - a class of the client's
        verb, _, resource = right.partition(" ")
        name, _, part = resource.partition("/")
        asked = {"namespace": self._access.namespace, "verb": verb, "resource": name, **({"subresource": part} if part else {})}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": asked}}
        with self._asking():
            return bool(reviews.create_self_subject_access_review(body, _request_timeout=PATIENCE_SECONDS).status.allowed)

    def _log(self, pod: Manifest, container: Manifest, since: float | None) -> str:
        seconds = {} if since is None else {"since_seconds": max(1, int(time.time() - since) + 1)}
        with self._asking():
            answer = self._api.core.read_namespaced_pod_log(
                pod["metadata"]["name"],
                self._access.namespace,
                container=container["name"],
                _preload_content=False,
                _request_timeout=PATIENCE_SECONDS,
                **seconds,
            )
        return bytes(answer.data).decode(errors="replace")

    def _is_of(self, service: str, labels: Mapping[str, str]) -> bool:
        if service in self._access.selectors:
            return self._access.selectors[service].items() <= labels.items()
        return next((labels[name] for name in USUAL_LABELS if name in labels), None) == service.replace("_", "-")

    def _refuse(self, right: str) -> None:
        if (reason := self.why_not(right)) is not None:
            raise SubstrateError(reason)

    def _client(self) -> Any:  # noqa: ANN401 - a class of the client's
        with self._asking():
            return self._api.client

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Wait until the deployment may be asked, and turn what the cluster refuses into a sentence."""
        reaching.take_turn()
        try:
            with refusals():
                yield
        except ApiRefused as error:
            raise SubstrateError(f"the cluster of the context '{self._access.context}' cannot be looked at: {error}") from None
