"""The services of a run as Deployments: brought up, watched, disturbed and removed by the cluster's API.

The same for scenarios as `environments.compose.containers`, so that faults, repairs and groups are one code for both.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.compose.containers import PAUSED, Seen
from environments.compose.engine import Engine
from environments.compose.rendering import GROUP_LABEL, SERVICE_LABEL, STARTED_BY_LABEL
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError
from environments.kind.evidence import describe, last_lines
from environments.kind.rendering import Manifest, Workload, deployment, variables_secret
from environments.left_containers import RUN_LABEL
from environments.services import Address

GRACE_SECONDS = 3
ENDED, RUNNING, GONE = "exited", "running", "dead"
PAUSED_MARK = "ringmaster.paused"
"""A Deployment's annotation: the container that is frozen."""
NEVER_STARTS = (
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
)
BETWEEN_LOOKS_SECONDS = 0.2
BETWEEN_LOOKS = threading.Event()
"""Never set: for what the API does not tell by itself."""


@dataclass
class Workloads:
    """The services of a run. One that ends without being told to counts as dead, also when the cluster has started it again."""

    api: Api
    engine: Engine
    run_id: str
    logs_folder: Path
    _services: dict[str, Workload] = field(default_factory=dict)

    def start(self, services: Sequence[Workload]) -> None:
        """Bring services up; returns before they are ready. Raises SubstrateError."""
        for service in services:
            self._services[service.name] = service
            for manifest in (variables_secret(service), deployment(service)):
                self.create(manifest)

    def create(self, manifest: Manifest) -> Any:  # noqa: ANN401 - a class of the client's
        """Make an object; returns it as the cluster has it. Raises SubstrateError."""
        from kubernetes.utils import FailToCreateError, create_from_dict

        try:
            with words():
                (made,) = create_from_dict(self.api.client, manifest)
        except FailToCreateError as error:
            raise SubstrateError(f"the cluster takes no {manifest['kind']} {manifest['metadata']['name']}: {error}") from None
        return made

    def wait_until_ready(self, services: Sequence[Workload]) -> None:
        """Return when all are ready; raises ServiceDied as soon as one of them died, ServiceNotReady when the time is over."""
        waiting = {service.name: service for service in services}
        seconds = max((service.ready_seconds for service in services), default=0.0)
        deadline = time.monotonic() + seconds
        while waiting and (left := deadline - time.monotonic()) > 0:
            # each group has one namespace, and so has the platform
            self._watch(waiting, next(iter(waiting.values())).namespace, left)
        for name in waiting:
            raise ServiceNotReady(name, seconds, self._why_not_ready(name))
        for service in services:
            self._wait_until_reached(service, deadline, seconds)

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        return list(self._services)

    def service(self, name: str) -> Workload:
        """The service of that name; raises SubstrateError."""
        if name not in self._services:
            raise SubstrateError(f"there is no service '{name}'; there are: {', '.join(self._services) or 'none'}")
        return self._services[name]

    def seen(self, **labels: str) -> list[Seen]:
        """The run's services that carry these labels, ended ones included."""
        selector = self._selector(**labels)
        with words():
            found = self.api.apps.list_deployment_for_all_namespaces(label_selector=selector, _request_timeout=PATIENCE_SECONDS).items
        pods = {pod.metadata.labels[SERVICE_LABEL]: pod for pod in self._pods(**labels)}
        return [_seen(each, pods.get(each.metadata.labels[SERVICE_LABEL])) for each in found]

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        return [death for pod in self._pods() if (death := self._death(pod)) is not None]

    def end(self, name: str, grace_seconds: int) -> None:
        """End a service as a fault; its death is no news then."""
        service = self.service(name)
        if grace_seconds:
            self.resume(name)
        self._scale(service, 0)
        self._end_pods(service, grace_seconds)

    def start_again(self, name: str) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        service = self.service(name)
        if self._seen_one(name).state == ENDED:
            self._scale(service, 1)
            self.wait_until_ready([service])

    def pause(self, name: str) -> None:
        """Freeze a service, where the runtime of its node can be reached."""
        service = self.service(name)
        (pod,) = self._pods(service=name)
        container = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        self._on_node(pod.spec.node_name, "pause", container)
        self._mark(service, f"{pod.spec.node_name} {container}")

    def resume(self, name: str) -> None:
        """Let a frozen service run on; nothing happens to one that is not."""
        service = self.service(name)
        with words():
            found = self.api.apps.read_namespaced_deployment(service.object_name, service.namespace, _request_timeout=PATIENCE_SECONDS)
        mark = (found.metadata.annotations or {}).get(PAUSED_MARK)
        if mark:
            self._on_node(mark.split(" ")[0], "resume", mark.split(" ")[1])
            self._mark(service, None)

    def stop(self, services: Sequence[Workload], grace_seconds: float = 0) -> None:
        """Kill services and remove their Deployments, without any grace; their logs are kept. Idempotent."""
        known = [service for service in services if service.name in self._services]
        if known:
            with ThreadPoolExecutor(min(len(known), 4)) as threads:
                list(threads.map(self._remove, known))
        for service in known:
            self._services.pop(service.name, None)

    def keep_logs(self) -> None:
        """Keep what all services wrote."""
        for name in self.services():
            self._keep_log(name)

    def log(self, name: str, since: float | None = None) -> str | None:
        """What a service wrote, since a unix time if one is given; None when there is no pod of it any more."""
        pod = next(iter(self._pods(service=name)), None)
        return None if pod is None else self._log(pod, since)

    def namespaces_of(self, process: int) -> list[str]:
        """The namespaces of the groups that a process of this run had added."""
        with words():
            found = self.api.core.list_namespace(label_selector=self._selector(started_by=str(process)), _request_timeout=PATIENCE_SECONDS)
        return [place.metadata.name for place in found.items]

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints in a service's container; raises SubstrateError."""
        from kubernetes.stream import stream

        pod = next(iter(self._pods(service=self.service(name).name)), None)
        if pod is None:
            raise SubstrateError(f"the pod of {name} is gone")
        with words():
            return str(
                stream(
                    self.api.core.connect_get_namespaced_pod_exec,
                    pod.metadata.name,
                    pod.metadata.namespace,
                    command=list(command),
                    stdout=True,
                    stderr=True,
                )
            )

    def _watch(self, waiting: dict[str, Workload], namespace: str, seconds: float) -> None:
        """Take out of `waiting` what is ready, as it happens; raises ServiceDied and SubstrateError."""
        from kubernetes.watch import Watch

        with words():
            events = Watch().stream(
                self.api.core.list_namespaced_pod, namespace, label_selector=self._selector(), timeout_seconds=max(1, int(seconds))
            )
            for event in events:
                pod = event["object"]
                name = pod.metadata.labels.get(SERVICE_LABEL, "")
                if name not in waiting or pod.metadata.deletion_timestamp is not None:
                    continue
                if (death := self._death(pod)) is not None:
                    raise death
                _refuse_what_never_starts(name, pod)
                if _is_ready(pod):
                    del waiting[name]
                    if not waiting:
                        return

    def _wait_until_reached(self, service: Workload, deadline: float, seconds: float) -> None:
        """Return when its ports can be reached: the nodes learn of a pod a moment after it is ready."""
        for address in service.addresses:
            while not _accepts(address):
                if time.monotonic() > deadline:
                    reached = f"{address.host}:{address.port} takes no connection"
                    raise ServiceNotReady(service.name, seconds, [reached, *self._why_not_ready(service.name)])
                BETWEEN_LOOKS.wait(BETWEEN_LOOKS_SECONDS)

    def _why_not_ready(self, name: str) -> list[str]:
        pod = next(iter(self._pods(service=name)), None)
        if pod is None:
            return ["there is no pod of it"]
        return [*describe(self.api, pod), *last_lines(self._log(pod))]

    def _death(self, pod: Any) -> ServiceDied | None:  # noqa: ANN401 - a class of the client's
        statuses = pod.status.container_statuses or []
        if not statuses or pod.metadata.deletion_timestamp is not None:
            return None
        ended = statuses[0].state.terminated or (statuses[0].last_state.terminated if statuses[0].last_state else None)
        if ended is None:
            return None
        # as a process tells it, so that a signal is said to be one
        code = 128 - ended.exit_code if ended.exit_code > 128 else ended.exit_code
        words = last_lines(self._log(pod, previous=statuses[0].state.terminated is None))
        return ServiceDied(pod.metadata.labels[SERVICE_LABEL], code, words)

    def _pods(self, **labels: str) -> list[Any]:
        with words():
            found = self.api.core.list_pod_for_all_namespaces(label_selector=self._selector(**labels), _request_timeout=PATIENCE_SECONDS)
        return [pod for pod in found.items if SERVICE_LABEL in pod.metadata.labels]

    def _selector(self, **labels: str) -> str:
        wanted = {RUN_LABEL: self.run_id, **{f"ringmaster.{name.replace('_', '-')}": value for name, value in labels.items()}}
        return ",".join(f"{name}={value}" for name, value in wanted.items())

    def _seen_one(self, name: str) -> Seen:
        found = self.seen(service=name)
        if not found:
            raise SubstrateError(f"the Deployment of {name} is gone")
        return found[0]

    def _scale(self, service: Workload, replicas: int) -> None:
        with words():
            self.api.apps.patch_namespaced_deployment(
                service.object_name, service.namespace, {"spec": {"replicas": replicas}}, _request_timeout=PATIENCE_SECONDS
            )

    def _end_pods(self, service: Workload, grace_seconds: int) -> None:
        """Delete a service's pods and return when they are gone; raises SubstrateError when they are not."""
        began = time.monotonic()
        while pods := self._pods(service=service.name):
            passed = time.monotonic() - began
            if passed > PATIENCE_SECONDS:
                raise SubstrateError(f"the pod of {service.name} does not end: {'; '.join(describe(self.api, pods[0]))}")
            # the cluster takes its time to forget a pod that has ended
            self._delete_pods(service, grace_seconds if passed < grace_seconds and not _has_ended(pods[0]) else 0)
            BETWEEN_LOOKS.wait(BETWEEN_LOOKS_SECONDS)

    def _delete_pods(self, service: Workload, grace_seconds: int) -> None:
        with words():
            self.api.core.delete_collection_namespaced_pod(
                service.namespace,
                label_selector=self._selector(service=service.name),
                grace_period_seconds=grace_seconds,
                _request_timeout=PATIENCE_SECONDS,
            )

    def _mark(self, service: Workload, frozen: str | None) -> None:
        with words():
            patch = {"metadata": {"annotations": {PAUSED_MARK: frozen}}}
            self.api.apps.patch_namespaced_deployment(service.object_name, service.namespace, patch, _request_timeout=PATIENCE_SECONDS)

    def _on_node(self, node: str, act: str, container: str) -> None:
        self.engine.run("exec", node, "ctr", "--namespace", "k8s.io", "tasks", act, container)

    def _remove(self, service: Workload) -> None:
        self._keep_log(service.name)
        with contextlib.suppress(SubstrateError):
            self._scale(service, 0)
            self._delete_pods(service, 0)
            with words():
                self.api.apps.delete_namespaced_deployment(service.object_name, service.namespace, _request_timeout=PATIENCE_SECONDS)

    def _keep_log(self, name: str) -> None:
        with contextlib.suppress(SubstrateError):
            found = self.log(name)
            if found is not None:
                (self.logs_folder / f"{name}.log").write_text(found, encoding="utf-8")

    def _log(self, pod: Any, since: float | None = None, *, previous: bool = False) -> str:  # noqa: ANN401 - a class of the client's
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


def labels_of(run_id: str, service: str | None, group: str | None) -> dict[str, str]:
    """What tells an object of ours from any other, and whose it is."""
    own = {RUN_LABEL: run_id} | ({SERVICE_LABEL: service} if service else {})
    return own | ({GROUP_LABEL: group, STARTED_BY_LABEL: str(os.getpid())} if group else {})


@contextlib.contextmanager
def words() -> Iterator[None]:
    """Turn what the cluster refuses into SubstrateError."""
    try:
        with refusals():
            yield
    except ApiRefused as error:
        raise SubstrateError(str(error)) from None


def _seen(deployed: Any, pod: Any) -> Seen:  # noqa: ANN401 - classes of the client's
    labels: Mapping[str, str] = deployed.metadata.labels
    state = ENDED if deployed.spec.replicas == 0 else RUNNING
    if (deployed.metadata.annotations or {}).get(PAUSED_MARK):
        state = PAUSED
    return Seen(
        identity=deployed.metadata.name if pod is None else pod.metadata.name,
        service=labels.get(SERVICE_LABEL, ""),
        state=state,
        exit_code=0,
        group=labels.get(GROUP_LABEL, ""),
        started_by=labels.get(STARTED_BY_LABEL, ""),
    )


def _is_ready(pod: Any) -> bool:  # noqa: ANN401 - a class of the client's
    # the condition Ready may follow a minute later. Source: Kubernetes 1.20
    return any(status.started for status in pod.status.container_statuses or [])


def _accepts(address: Address) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((address.host, address.port)) == 0


def _has_ended(pod: Any) -> bool:  # noqa: ANN401 - a class of the client's
    return any(status.state.terminated for status in pod.status.container_statuses or [])


def _refuse_what_never_starts(name: str, pod: Any) -> None:  # noqa: ANN401 - a class of the client's
    for status in pod.status.container_statuses or []:
        waiting = status.state.waiting
        if waiting is not None and waiting.reason in NEVER_STARTS:
            raise SubstrateError(f"{name} cannot start: {waiting.reason}: {waiting.message or 'no more is said'}")
