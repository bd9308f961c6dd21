"""The services of a run as Deployments: brought up, watched, disturbed and removed by the cluster's API.

The same for scenarios as `environments.compose.containers`, so that faults, repairs and groups are one code for both.
"""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.cluster.api import PATIENCE_SECONDS
from environments.compose.docker_containers import PAUSED, Seen
from environments.compose.rendering import GROUP_LABEL, SERVICE_LABEL, STARTED_BY_LABEL
from environments.errors import ServiceDied, SubstrateError, Unknown
from environments.kind.evidence import describe
from environments.kind.freezing import Freezer, is_frozen
from environments.kind.objects import RunObjects
from environments.kind.readiness import BETWEEN_LOOKS, BETWEEN_LOOKS_SECONDS, Readiness
from environments.kind.rendering import Manifest, Workload, deployment, variables_secret
from environments.left_overs.containers import RUN_LABEL

ENDED, RUNNING = "exited", "running"


@dataclass
class Workloads:
    """The services of a run. One that ends without being told to counts as dead, also when the cluster has started it again."""

    objects: RunObjects
    readiness: Readiness
    freezer: Freezer
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
        self.readiness.wait(services)

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        return list(self._services)

    def service(self, name: str) -> Workload:
        """The service of that name; raises SubstrateError."""
        if name not in self._services:
            raise Unknown("service", name, self._services)
        return self._services[name]

    def seen(self, **labels: str) -> list[Seen]:
        """The run's services that carry these labels, ended ones included."""
        pods = {pod.metadata.labels[SERVICE_LABEL]: pod for pod in self.objects.pods(**labels)}
        return [_seen(each, pods.get(each.metadata.labels[SERVICE_LABEL])) for each in self.objects.deployments(**labels)]

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        return [death for pod in self.objects.pods() if (death := self.readiness.death_of(pod)) is not None]

    def end(self, name: str, grace_seconds: int) -> None:
        """End a service as a fault; its death is no news then."""
        service = self.service(name)
        if grace_seconds:
            self.resume(name)
        self.objects.patch(service, scaled(0))
        self.freezer.kill(service)
        self._end_pods(service, grace_seconds)

    def start_again(self, name: str) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        service = self.service(name)
        if [seen.state for seen in self.seen(service=name)] == [ENDED]:
            self.objects.patch(service, scaled(1))
            self.wait_until_ready([service])

    def pause(self, name: str) -> None:
        """Freeze a service by the runtime of its node."""
        self.freezer.freeze(self.service(name))

    def resume(self, name: str) -> None:
        """Let a frozen service run on; nothing happens to one that is not."""
        self.freezer.thaw(self.service(name))

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


def labels_of(run_id: str, service: str | None, group: str | None) -> dict[str, str]:
    """What tells an object of ours from any other, and whose it is."""
    own = {RUN_LABEL: run_id} | ({SERVICE_LABEL: service} if service else {})
    return own | ({GROUP_LABEL: group, STARTED_BY_LABEL: str(os.getpid())} if group else {})


def _seen(deployed: Any, pod: Any) -> Seen:  # noqa: ANN401 - classes of the client's
    labels: Mapping[str, str] = deployed.metadata.labels
    state = ENDED if deployed.spec.replicas == 0 else RUNNING
    if is_frozen(deployed):
        state = PAUSED
    return Seen(
        identity=deployed.metadata.name if pod is None else pod.metadata.name,
        service=labels.get(SERVICE_LABEL, ""),
        state=state,
        exit_code=0,
        group=labels.get(GROUP_LABEL, ""),
        started_by=labels.get(STARTED_BY_LABEL, ""),
    )


def _has_ended(pod: Any) -> bool:  # noqa: ANN401 - a class of the client's
    return any(status.state.terminated for status in pod.status.container_statuses or [])
