"""The pods of one group's Jobs as scenarios see them (see `environments.substrate.Cluster`)."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from environments.cluster.api import ApiRefused
from environments.cluster.job_pods import JobPods
from environments.errors import SubstrateError
from environments.kind.cluster_faults import NamespaceFaults
from environments.kind.objects import words
from environments.kind.runtime import NodeRuntime
from environments.substrate import PodState


class NamespaceCluster:
    """The pods of one namespace. `remove` takes the namespace away."""

    def __init__(self, jobs: JobPods, runtime: NodeRuntime, remove: Callable[[], None], faults: NamespaceFaults) -> None:
        self._jobs = jobs
        self._runtime = runtime
        self._remove = remove
        self._faults = faults

    def pods(self, labels: Mapping[str, str]) -> list[PodState]:
        """The pods that carry all of `labels`, ended ones included, oldest first."""
        with words():
            _, found = self._jobs.listed(labels)
        return [PodState(pod.name, pod.phase, pod.exit_code, pod.labels, pod.started_at, pod.finished_at) for pod in found]

    def pod_log(self, name: str) -> str:
        """What a pod wrote so far; empty for an unknown name."""
        with words():
            return self._jobs.log(name)

    def job(self, name: str) -> Mapping[str, Any]:
        """A Job as it was created; raises SubstrateError for an unknown name. It holds secrets: never print it."""
        with words():
            found = self._jobs.job(name)
        if found is None:
            raise SubstrateError(f"there is no Job '{name}'; there are: {self._known()}")
        return found

    def pod_manifest(self, name: str) -> Mapping[str, Any]:
        """A pod as the cluster runs it, with all that the cluster added; raises SubstrateError for an unknown name."""
        with words():
            found = self._jobs.pod(name)
        if found is None:
            raise SubstrateError(f"there is no pod '{name}'; there are: {self._known()}")
        return found

    def delete_pod(self, name: str, grace_seconds: float = 0) -> None:
        """Kill a pod (SIGKILL), without warning or that long after SIGTERM; raises SubstrateError for an unknown name."""
        with words():
            runs = self._jobs.running_container(name)
            if runs is not None and not grace_seconds:
                # deleted by the API, it would be gone from the list at once, and go on for a while
                self._runtime.kill(*runs)
            elif not self._jobs.kill(name, grace_seconds):
                raise SubstrateError(f"there is no pod '{name}'; there are: {self._known()}")

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints in a pod that runs; raises SubstrateError."""
        with words():
            return self._jobs.execute(name, command)

    def faults(self) -> NamespaceFaults:
        """What the cluster can do to them."""
        return self._faults

    def remove_all(self, keep_logs_in: Path) -> None:
        """Keep the pods' logs as `<name>.log` in a folder, and remove the namespace with all that is in it."""
        with contextlib.suppress(ApiRefused, SubstrateError):
            for pod in self.pods({}):
                if written := self._jobs.log(pod.name):
                    keep_logs_in.mkdir(parents=True, exist_ok=True)
                    (keep_logs_in / f"{pod.name}.log").write_text(written, encoding="utf-8")
        self._remove()

    def _known(self) -> str:
        return ", ".join(pod.name for pod in self.pods({})) or "none"
