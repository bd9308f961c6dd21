"""The services of a run as Deployments: brought up, watched, disturbed and removed by the cluster's API.

The same for scenarios as `environments.compose.containers`, so that faults, repairs and groups are one code for both.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.cluster.api import PATIENCE_SECONDS
from environments.compose.containers import PAUSED, Seen
from environments.compose.engine import Engine
from environments.compose.rendering import GROUP_LABEL, SERVICE_LABEL, STARTED_BY_LABEL
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError
from environments.kind.evidence import describe, last_lines
from environments.kind.objects import RunObjects, words
from environments.kind.rendering import Manifest, Workload, deployment, variables_secret
from environments.left_containers import RUN_LABEL
from environments.services import Address

ENDED, RUNNING = "exited", "running"
PAUSED_MARK = "ringmaster.paused"
"""A Deployment's annotation: the container that is frozen."""
NEVER_STARTS = ("ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")
BETWEEN_LOOKS_SECONDS = 0.2
BETWEEN_LOOKS = threading.Event()
"""Never set: for what the API does not tell by itself."""


@dataclass
class Workloads:
    """The services of a run. One that ends without being told to counts as dead, also when the cluster has started it again."""

    objects: RunObjects
    engine: Engine
    logs_folder: Path
    _services: dict[str, Workload] = field(default_factory=dict)

    def start(self, services: Sequence[Workload]) -> None:
        """Bring services up; returns before they are ready. Raises SubstrateError."""
        for service in services:
            self._services[service.name] = service
            for manifest in (variables_secret(service), deployment(service)):
                self.objects.create(manifest)

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
        pods = {pod.metadata.labels[SERVICE_LABEL]: pod for pod in self.objects.pods(**labels)}
        return [_seen(each, pods.get(each.metadata.labels[SERVICE_LABEL])) for each in self.objects.deployments(**labels)]

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        return [death for pod in self.objects.pods() if (death := self._death(pod)) is not None]

    def end(self, name: str, grace_seconds: int) -> None:
        """End a service as a fault; its death is no news then."""
        service = self.service(name)
        if grace_seconds:
            self.resume(name)
        self.objects.patch(service, scaled(0))
        if frozen := self._frozen(service):
            # it must not run on for a moment: the signal is there when it wakes
            self._on_node(*frozen, "kill", "--signal", "SIGKILL")
            with contextlib.suppress(SubstrateError):
                # some runtimes have woken it for the signal, and it is gone
                self._on_node(*frozen, "resume")
            self.objects.patch(service, marked(None))
        self._end_pods(service, grace_seconds)

    def start_again(self, name: str) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        service = self.service(name)
        if [seen.state for seen in self.seen(service=name)] == [ENDED]:
            self.objects.patch(service, scaled(1))
            self.wait_until_ready([service])

    def pause(self, name: str) -> None:
        """Freeze a service by the runtime of its node."""
        service = self.service(name)
        (pod,) = self.objects.pods(service=name)
        container = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        self._on_node(pod.spec.node_name, container, "pause")
        self.objects.patch(service, marked(f"{pod.spec.node_name} {container}"))

    def resume(self, name: str) -> None:
        """Let a frozen service run on; nothing happens to one that is not."""
        service = self.service(name)
        if frozen := self._frozen(service):
            self._on_node(*frozen, "resume")
            self.objects.patch(service, marked(None))

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
        pod = next(iter(self.objects.pods(service=name)), None)
        return None if pod is None else self.objects.log(pod, since)

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints in a service's container; raises SubstrateError."""
        pod = next(iter(self.objects.pods(service=self.service(name).name)), None)
        if pod is None:
            raise SubstrateError(f"the pod of {name} is gone")
        return self.objects.execute(pod, command)

    def _watch(self, waiting: dict[str, Workload], namespace: str, seconds: float) -> None:
        """Take out of `waiting` what is ready, as it happens; raises ServiceDied and SubstrateError."""
        from kubernetes.watch import Watch

        with words():
            events = Watch().stream(
                self.objects.api.core.list_namespaced_pod,
                namespace,
                label_selector=self.objects.selector(),
                timeout_seconds=max(1, int(seconds)),
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
        pod = next(iter(self.objects.pods(service=name)), None)
        if pod is None:
            return ["there is no pod of it"]
        return [*describe(self.objects.api, pod), *last_lines(self.objects.log(pod))]

    def _death(self, pod: Any) -> ServiceDied | None:  # noqa: ANN401 - a class of the client's
        statuses = pod.status.container_statuses or []
        if not statuses or pod.metadata.deletion_timestamp is not None:
            return None
        ended = statuses[0].state.terminated or (statuses[0].last_state.terminated if statuses[0].last_state else None)
        if ended is None:
            return None
        # as a process tells it, so that a signal is said to be one
        code = 128 - ended.exit_code if ended.exit_code > 128 else ended.exit_code
        words = last_lines(self.objects.log(pod, previous=statuses[0].state.terminated is None))
        return ServiceDied(pod.metadata.labels[SERVICE_LABEL], code, words)

    def _end_pods(self, service: Workload, grace_seconds: int) -> None:
        """Delete a service's pods and return when they are gone; raises SubstrateError when they are not."""
        began = time.monotonic()
        while pods := self.objects.pods(service=service.name):
            passed = time.monotonic() - began
            if passed > PATIENCE_SECONDS:
                raise SubstrateError(f"the pod of {service.name} does not end: {'; '.join(describe(self.objects.api, pods[0]))}")
            # the cluster takes its time to forget a pod that has ended
            self.objects.delete_pods(service, grace_seconds if passed < grace_seconds and not _has_ended(pods[0]) else 0)
            BETWEEN_LOOKS.wait(BETWEEN_LOOKS_SECONDS)

    def _frozen(self, service: Workload) -> tuple[str, str] | None:
        """The node and the container of a frozen service."""
        for found in self.objects.deployments(service=service.name):
            node, _, container = (found.metadata.annotations or {}).get(PAUSED_MARK, "").partition(" ")
            return (node, container) if container else None
        raise SubstrateError(f"the Deployment of {service.name} is gone")

    def _on_node(self, node: str, container: str, *act: str) -> None:
        self.engine.run("exec", node, "ctr", "--namespace", "k8s.io", "tasks", *act, container)

    def _remove(self, service: Workload) -> None:
        self._keep_log(service.name)
        with contextlib.suppress(SubstrateError):
            self.objects.patch(service, scaled(0))
            self.objects.delete_pods(service, 0)
            self.objects.delete(service)

    def _keep_log(self, name: str) -> None:
        with contextlib.suppress(SubstrateError):
            found = self.log(name)
            if found is not None:
                (self.logs_folder / f"{name}.log").write_text(found, encoding="utf-8")


def scaled(replicas: int) -> Manifest:
    """What makes a Deployment have so many pods."""
    return {"spec": {"replicas": replicas}}


def marked(frozen: str | None) -> Manifest:
    """What notes on a Deployment that its container is frozen, or runs again."""
    return {"metadata": {"annotations": {PAUSED_MARK: frozen}}}


def labels_of(run_id: str, service: str | None, group: str | None) -> dict[str, str]:
    """What tells an object of ours from any other, and whose it is."""
    own = {RUN_LABEL: run_id} | ({SERVICE_LABEL: service} if service else {})
    return own | ({GROUP_LABEL: group, STARTED_BY_LABEL: str(os.getpid())} if group else {})


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
