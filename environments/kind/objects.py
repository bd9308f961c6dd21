"""What a run has on its cluster, found by its label: the one place that asks the API for it."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.compose.rendering import SERVICE_LABEL
from environments.errors import SubstrateError
from environments.kind.rendering import Manifest, Workload
from environments.left_overs.containers import RUN_LABEL


@dataclass(frozen=True)
class RunObjects:
    """The objects of one run. Every method raises SubstrateError."""

    api: Api
    run_id: str

    def create(self, manifest: Manifest) -> Any:  # noqa: ANN401 - a class of the client's
        """Make an object; returns it as the cluster has it."""
        from kubernetes.utils import FailToCreateError, create_from_dict

        try:
            with words():
                (made,) = create_from_dict(self.api.client, manifest)
        except FailToCreateError as error:
            raise SubstrateError(f"the cluster refuses the {manifest['kind']} {manifest['metadata']['name']}: {error}") from None
        return made

    def selector(self, **labels: str) -> str:
        """What finds objects of this run that carry these labels."""
        wanted = {RUN_LABEL: self.run_id, **{f"ringmaster.{name.replace('_', '-')}": value for name, value in labels.items()}}
        return ",".join(f"{name}={value}" for name, value in wanted.items())

    def pods(self, **labels: str) -> list[Any]:
        """The pods of services."""
        with words():
            found = self.api.core.list_pod_for_all_namespaces(label_selector=self.selector(**labels), _request_timeout=PATIENCE_SECONDS)
        return [pod for pod in found.items if SERVICE_LABEL in pod.metadata.labels]

    def deployments(self, **labels: str) -> list[Any]:
        """The Deployments of services, those that are scaled down included."""
        with words():
            found = self.api.apps.list_deployment_for_all_namespaces(
                label_selector=self.selector(**labels), _request_timeout=PATIENCE_SECONDS
            )
        return list(found.items)

    def namespaces_of(self, process: int) -> list[str]:
        """The namespaces of the groups that a process of this run had added."""
        with words():
            found = self.api.core.list_namespace(label_selector=self.selector(started_by=str(process)), _request_timeout=PATIENCE_SECONDS)
        return [place.metadata.name for place in found.items]

    def patch(self, service: Workload, patch: Manifest) -> None:
        """Change a service's Deployment."""
        with words():
            self.api.apps.patch_namespaced_deployment(service.object_name, service.namespace, patch, _request_timeout=PATIENCE_SECONDS)

    def delete_pods(self, service: Workload, grace_seconds: int) -> None:
        """Delete a service's pods; returns before they are gone."""
        with words():
            self.api.core.delete_collection_namespaced_pod(
                service.namespace,
                label_selector=self.selector(service=service.name),
                grace_period_seconds=grace_seconds,
                _request_timeout=PATIENCE_SECONDS,
            )

    def delete(self, service: Workload) -> None:
        """Delete a service's Deployment."""
        with words():
            self.api.apps.delete_namespaced_deployment(service.object_name, service.namespace, _request_timeout=PATIENCE_SECONDS)

    def log(self, pod: Any, since: float | None = None, *, previous: bool = False) -> str:  # noqa: ANN401 - a class of the client's
        """What a pod wrote, since a unix time if one is given, or before it was started again; empty when it cannot be had."""
        seconds = {} if since is None else {"since_seconds": max(1, int(time.time() - since) + 1)}
        try:
            with refusals():
                answer = self.api.core.read_namespaced_pod_log(
                    pod.metadata.name,
                    pod.metadata.namespace,
                    previous=previous,
                    _preload_content=False,
                    _request_timeout=PATIENCE_SECONDS,
                    **seconds,
                )
                return bytes(answer.data).decode(errors="replace")
        except ApiRefused:
            # its container has not started, or has gone meanwhile
            return ""

    def execute(self, pod: Any, command: Sequence[str]) -> str:  # noqa: ANN401 - a class of the client's
        """What a command prints in a pod."""
        from kubernetes.stream import stream

        with words():
            place = pod.metadata.namespace
            run = self.api.core.connect_get_namespaced_pod_exec
            return str(stream(run, pod.metadata.name, place, command=list(command), stdout=True, stderr=True))


@contextlib.contextmanager
def words() -> Iterator[None]:
    """Turn what the cluster refuses into SubstrateError."""
    try:
        with refusals():
            yield
    except ApiRefused as error:
        raise SubstrateError(str(error)) from None
