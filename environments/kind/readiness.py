"""Waits until services are ready, and notices when one died or can never start, as the cluster tells it."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from environments.cluster.api import Api
from environments.compose.rendering import SERVICE_LABEL
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError
from environments.kind.evidence import describe
from environments.kind.objects import RunObjects, words
from environments.kind.rendering import Workload
from environments.services import Address
from environments.texts import last_lines

NEVER_STARTS = ("ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")
BETWEEN_LOOKS_SECONDS = 0.2
SECONDS_TO_NOTICE_A_VOLUME = 15
BETWEEN_LOOKS = threading.Event()
"""Never set: for what the API does not tell by itself."""


@dataclass(frozen=True)
class Readiness:
    """Of the services of a run."""

    objects: RunObjects

    def wait(self, services: Sequence[Workload]) -> None:
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

    def death_of(self, pod: Any) -> ServiceDied | None:  # noqa: ANN401 - a class of the client's
        """How the service in a pod died, also when the cluster has started it again; None when it did not."""
        statuses = pod.status.container_statuses or []
        if not statuses or pod.metadata.deletion_timestamp is not None:
            return None
        ended = statuses[0].state.terminated or (statuses[0].last_state.terminated if statuses[0].last_state else None)
        if ended is None:
            return None
        # as a process tells it, so that a signal is said to be one
        code = 128 - ended.exit_code if ended.exit_code > 128 else ended.exit_code
        lines = last_lines(self.objects.log(pod, previous=statuses[0].state.terminated is None))
        return ServiceDied(pod.metadata.labels[SERVICE_LABEL], code, lines)

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
                if (death := self.death_of(pod)) is not None:
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
                    reached = f"{address.host}:{address.port} accepts no connection"
                    raise ServiceNotReady(service.name, seconds, [reached, *self._why_not_ready(service.name)])
                BETWEEN_LOOKS.wait(BETWEEN_LOOKS_SECONDS)

    def _why_not_ready(self, name: str) -> list[str]:
        pod = next(iter(self.objects.pods(service=name)), None)
        if pod is None:
            return ["there is no pod of it"]
        return [*describe(self.objects.api, pod), *last_lines(self.objects.log(pod))]


def _is_ready(pod: Any) -> bool:  # noqa: ANN401 - a class of the client's
    # the condition Ready may follow a minute later. Source: Kubernetes 1.20
    return any(status.started for status in pod.status.container_statuses or [])


def _accepts(address: Address) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((address.host, address.port)) == 0


def _refuse_what_never_starts(name: str, pod: Any) -> None:  # noqa: ANN401 - a class of the client's
    for status in pod.status.container_statuses or []:
        waiting = status.state.waiting
        if waiting is not None and waiting.reason in NEVER_STARTS:
            raise SubstrateError(f"{name} cannot start: {waiting.reason}: {waiting.message or 'no more is said'}")


def wait_until_offered(api: Api, volume: str) -> None:
    """Return when the cluster has noticed a new persistent volume, or after a while: what claims it later waits no longer than it must.

    A claim that comes before that waits until all are looked through again, 15 s later. Source: Kubernetes 1.20 to 1.31.
    """
    from kubernetes.watch import Watch

    with words():
        events = Watch().stream(
            api.core.list_persistent_volume, field_selector=f"metadata.name={volume}", timeout_seconds=SECONDS_TO_NOTICE_A_VOLUME
        )
        for event in events:
            if event["object"].status.phase in ("Available", "Bound"):
                return
