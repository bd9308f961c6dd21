"""The node: the fork server whose processes are the pods of all groups, and what scenarios see of it."""

import contextlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from environments.embedded.preloading import preload_in_background
from environments.errors import SubstrateError, Unknown
from environments.ledger import Ledger
from environments.processes.client import Process, Processes, ProcessesError
from environments.processes.launch import RunningForkServer
from environments.processes.pods import JOB_FILE
from environments.processes.variables import basic_environment
from environments.services import Pods
from environments.substrate import ClusterFaults, PodState

NICENESS = 5


class Node:
    """Starts at once and preloads in the background; a pod asked for earlier waits for that."""

    def __init__(self, state: Path, log: Path, run_id: str, ledger: Ledger, pods: Pods, key: bytes) -> None:
        socket_path = state / "run" / "node.sock"
        self._temporary = state / "tmp"
        self._group_label = pods.group_label
        # what is preloaded may write to the temporary folder, and read the variables, as soon as it is imported
        variables = {"TMPDIR": str(self._temporary), **pods.variables}
        self._server = RunningForkServer(socket_path, log, name="node", nice=NICENESS, run_id=run_id, variables=variables, key=key)
        ledger.record_process("node", self._server.pid)
        self.socket_path = socket_path
        self.log = log
        self.processes: Processes = self._server.processes
        preload_in_background(self.processes, pods.preload)

    @property
    def exit_code(self) -> int | None:
        """None while the node runs."""
        return self._server.exit_code

    def stop(self) -> None:
        """End all pods, then the node; idempotent."""
        self._server.stop()

    def cluster(self, group: str) -> "NodeCluster":
        """The pods of one group."""
        return NodeCluster(self.processes, {self._group_label: group})

    def start_beside(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> None:
        """Start a module that is no pod; what it prints is added to `log` in its folder. Raises SubstrateError."""
        environment = {**basic_environment(), "TMPDIR": str(self._temporary), **variables}
        try:
            self.processes.start(
                f"{module}-{secrets.token_hex(4)}",
                module=module,
                arguments=arguments,
                environment=environment,
                folder=folder,
                log=folder / "log",
            )
        except ProcessesError as error:
            raise SubstrateError(f"{module} cannot be started: {error}") from error


class NodeCluster:
    """The pods of one group (see `environments.substrate.Cluster`)."""

    def __init__(self, processes: Processes, own_labels: Mapping[str, str]) -> None:
        self._processes = processes
        self._own = dict(own_labels)

    def pods(self, labels: Mapping[str, str]) -> list[PodState]:
        """The pods that carry all of `labels`, ended ones included, oldest first."""
        return [_pod(process) for process in self._found({**labels, **self._own})]

    def pod_log(self, name: str) -> str:
        """What a pod wrote so far; empty for an unknown name."""
        process = self._find(name)
        return process.log.read_text(errors="replace") if process is not None and process.log.exists() else ""

    def job(self, name: str) -> Mapping[str, Any]:
        """A Job as it was created; raises SubstrateError for an unknown name. It holds secrets: never print it."""
        file = self._known(name).log.with_name(JOB_FILE)
        if not file.exists():
            raise SubstrateError(f"the Job {name} is not written down yet")
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return manifest

    def pod_manifest(self, name: str) -> Mapping[str, Any]:
        """Processes have none: raises SubstrateError."""
        raise SubstrateError(f"{name} is a local process: no cluster runs it (capability cluster)")

    def execute(self, name: str, command: Sequence[str]) -> str:
        """Processes have no inside: raises SubstrateError."""
        raise SubstrateError(f"{name} is a local process: {command[0]} cannot run within it (capability cluster)")

    def delete_pod(self, name: str, grace_seconds: float = 0) -> None:
        """Kill a pod (SIGKILL), without warning or that long after SIGTERM; raises SubstrateError for an unknown name."""
        self._processes.stop(self._known(name).name, grace_seconds)

    def faults(self) -> ClusterFaults:
        """Processes have no cluster that could do anything to them; raises SubstrateError."""
        raise SubstrateError("pods are local processes here: no cluster evicts them, cuts them off or loses their node")

    def remove_all(self, keep_logs_in: Path) -> None:
        """Kill and forget all pods; their logs are copied to `<name>.log` in a folder."""
        try:
            for process in self._found(self._own):
                self._processes.stop(process.name, grace_seconds=0)
                self._processes.remove(process.name)
                if process.log.exists():
                    keep_logs_in.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(process.log, keep_logs_in / f"{process.name}.log")
        except ProcessesError:
            # the node is gone, and all pods with it
            return

    def kill_all(self) -> None:
        """Kill all pods."""
        with contextlib.suppress(ProcessesError):
            for process in self._found(self._own):
                self._processes.stop(process.name, grace_seconds=0)

    def _known(self, name: str) -> Process:
        process = self._find(name)
        if process is None:
            raise Unknown("pod", name, (pod.name for pod in self.pods({})))
        return process

    def _find(self, name: str) -> Process | None:
        return next((process for process in self._found(self._own) if process.name == name), None)

    def _found(self, labels: Mapping[str, str]) -> list[Process]:
        try:
            return self._processes.processes(labels)
        except ProcessesError as error:
            raise SubstrateError(f"the pods cannot be listed: {error}") from error


def _pod(process: Process) -> PodState:
    return PodState(
        name=process.name,
        phase=process.phase,
        exit_code=process.container_exit_code,
        labels=process.labels,
        started_at=process.started_at,
        finished_at=process.finished_at,
    )
