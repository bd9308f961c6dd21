"""Freezes services: no API of Kubernetes does, so the runtime of the node does it, and the Deployment is marked."""

import contextlib
from dataclasses import dataclass
from typing import Any

from environments.errors import SubstrateError
from environments.kind.objects import RunObjects
from environments.kind.rendering import Manifest, Workload
from environments.kind.runtime import NodeRuntime

PAUSED_MARK = "ringmaster.paused"
"""A Deployment's annotation: the container that is frozen."""


@dataclass(frozen=True)
class Freezer:
    """Freezes and thaws the services of a run."""

    objects: RunObjects
    runtime: NodeRuntime

    def freeze(self, service: Workload) -> None:
        """Freeze a service's container."""
        (pod,) = self.objects.pods(service=service.name)
        container = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        self.runtime.pause(pod.spec.node_name, container)
        self.objects.patch(service, marked(f"{pod.spec.node_name} {container}"))

    def thaw(self, service: Workload) -> None:
        """Let a frozen service run on; nothing happens to one that is not."""
        if frozen := self._frozen(service):
            self.runtime.resume(*frozen)
            self.objects.patch(service, marked(None))

    def kill(self, service: Workload) -> None:
        """Kill a service that is frozen; nothing happens to one that is not."""
        if frozen := self._frozen(service):
            # it must not run on for a moment: the signal is there when it wakes
            self.runtime.kill(*frozen)
            with contextlib.suppress(SubstrateError):
                # some runtimes have woken it for the signal, and it is gone
                self.runtime.resume(*frozen)
            self.objects.patch(service, marked(None))

    def _frozen(self, service: Workload) -> tuple[str, str] | None:
        """The node and the container of a frozen service."""
        for found in self.objects.deployments(service=service.name):
            node, _, container = (found.metadata.annotations or {}).get(PAUSED_MARK, "").partition(" ")
            return (node, container) if container else None
        raise SubstrateError(f"the Deployment of {service.name} is gone")


def is_frozen(deployed: Any) -> bool:  # noqa: ANN401 - a class of the client's
    """Whether a Deployment carries the mark."""
    return bool((deployed.metadata.annotations or {}).get(PAUSED_MARK))


def marked(frozen: str | None) -> Manifest:
    """What notes on a Deployment that its container is frozen, or runs again."""
    return {"metadata": {"annotations": {PAUSED_MARK: frozen}}}
