"""Runs Jobs as local processes: a pod is one process in a folder of its own, started by the fork server of the node.

What a process cannot have (an image, a read-only root, a share of a processor) is left out; what it can is kept: the container's
command and environment and nothing of ours, its labels, its empty folders, its shared volume, its log, its exit code. Source: our choice.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, TypedDict

from environments.platforms.tracebloc import training
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable, Manifest, Pod, PodChanges
from environments.processes.client import ForkServerGone, Process, Processes, ProcessesError
from environments.processes.mounts import Mount
from environments.processes.pods import JOB_FILE

POD_LABEL = "tracebloc.io/workload"
SCRATCH_MOUNT = "/data/scratch"
PYTHON = ("python", "python3")
QUANTITY = re.compile(r"(\d+(?:\.\d+)?)([A-Za-z]*)")
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}

# all that a pod inherits from this machine: where programs and modules are, and how text is encoded
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "LD_LIBRARY_PATH")


class PodProcess(TypedDict):
    """What the fork server knows of a pod, whatever it runs."""

    environment: dict[str, str]
    folder: Path
    log: Path
    labels: dict[str, str]
    mounts: list[Mount]


class ProcessLauncher:
    """A Launcher over one fork server.

    Args:
        node: the fork server's processes.
        pods_folder: gets one folder a pod; needed only to create Jobs.
        shared_folder: what pods mount that claim the shared volume. A pod that mounts it at this very path needs no view of its own.
    """

    def __init__(self, node: Processes, pods_folder: Path | None, shared_folder: Path | None = None) -> None:
        self._processes = node
        self._pods_folder = pods_folder
        self._shared_folder = shared_folder

    def create_job(self, manifest: Manifest) -> bool:
        """Start the Job's process; False when one of that name is there already. Raises LauncherUnavailable or ValueError."""
        name: str = manifest["metadata"]["name"]
        template = manifest["spec"]["template"]
        (container,) = template["spec"]["containers"]
        folder = self._folder(name)
        folders = _empty_folders(template["spec"], container, folder)
        command: list[str] = [*container["command"], *container.get("args", [])]
        pod = PodProcess(
            environment=_environment(container, folders, folder),
            folder=folder,
            log=folder / "log",
            labels=template["metadata"]["labels"],
            mounts=_shared(template["spec"], container, self._shared_folder),
        )
        try:
            self._start(name, command, pod)
        except ForkServerGone as error:
            raise LauncherUnavailable(f"starting {name}: {error}") from error
        except ProcessesError as error:
            if self._find(name) is None:
                raise LauncherUnavailable(f"starting {name}: {error}") from error
            return False
        _keep(manifest, folder / JOB_FILE)
        return True

    def list_pods(self, label_selector: dict[str, str]) -> list[Pod]:
        """The pods that carry all of these labels, ended ones too, oldest first; raises LauncherUnavailable."""
        try:
            return _pods(self._processes.processes(label_selector))
        except ProcessesError as error:
            raise LauncherUnavailable(f"listing the pods: {error}") from error

    def watch(self, label_selector: dict[str, str], since: str, timeout_seconds: float) -> PodChanges:
        """Block until a pod changed after `since`, or the time is over; raises LauncherUnavailable."""
        try:
            changes = self._processes.watch(int(since) if since else -1, label_selector, timeout_seconds)
        except ProcessesError as error:
            raise LauncherUnavailable(f"watching the pods: {error}") from error
        return PodChanges(position=str(changes.sequence), pods=_pods(list(changes.processes)))

    def stop_job(self, name: str) -> None:
        """End the pod's process, if it runs: SIGTERM, and SIGKILL after two seconds. Raises LauncherUnavailable."""
        try:
            if self._find(name) is not None:
                self._processes.stop(name)
        except ProcessesError as error:
            raise LauncherUnavailable(f"stopping {name}: {error}") from error

    def delete_job(self, name: str) -> None:
        """Stop the pod's process and forget it; its folder stays, as evidence. Raises LauncherUnavailable."""
        try:
            if self._find(name) is not None:
                self.stop_job(name)
                self._processes.remove(name)
        except ProcessesError as error:
            raise LauncherUnavailable(f"deleting {name}: {error}") from error

    def pod_log(self, name: str) -> str:
        """What the pod wrote so far; empty for an unknown name. Raises LauncherUnavailable."""
        process = self._find(name)
        return process.log.read_text(errors="replace") if process is not None and process.log.exists() else ""

    def _start(self, name: str, command: list[str], pod: PodProcess) -> None:
        if command[0] in PYTHON and command[1:2] == ["-m"]:
            late = command[2] == training.__name__
            self._processes.start(name, module=command[2], arguments=command[3:], late_environment=late, **pod)
        else:
            self._processes.start(name, program=[sys.executable if command[0] in PYTHON else command[0], *command[1:]], **pod)

    def _find(self, name: str) -> Process | None:
        try:
            process = self._processes.find(name)
        except ProcessesError as error:
            raise LauncherUnavailable(f"looking for {name}: {error}") from error
        return process if process is not None and POD_LABEL in process.labels else None

    def _folder(self, name: str) -> Path:
        if self._pods_folder is None:
            raise ValueError("creating Jobs needs PODS_FOLDER")
        folder = self._pods_folder / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _empty_folders(pod: dict[str, Any], container: dict[str, Any], folder: Path) -> dict[str, str]:
    """Make the pod's empty volumes: where they are mounted -> where they are on this machine."""
    empty = {volume["name"] for volume in pod.get("volumes", []) if "emptyDir" in volume}
    made = {SCRATCH_MOUNT: folder / "scratch"}
    made |= {mount["mountPath"]: folder / mount["name"] for mount in container.get("volumeMounts", []) if mount["name"] in empty}
    for path in made.values():
        path.mkdir(mode=0o700, exist_ok=True)
    return {mount: str(path) for mount, path in made.items()}


def _shared(pod: dict[str, Any], container: dict[str, Any], shared_folder: Path | None) -> list[Mount]:
    """Where the pod has the shared volume, unless it is there anyway."""
    claimed = {volume["name"] for volume in pod.get("volumes", []) if "persistentVolumeClaim" in volume}
    return [
        Mount(str(shared_folder), mount["mountPath"], mount.get("readOnly", False))
        for mount in container.get("volumeMounts", [])
        if shared_folder is not None and mount["name"] in claimed and mount["mountPath"] != str(shared_folder)
    ]


def _environment(container: dict[str, Any], folders: dict[str, str], folder: Path) -> dict[str, str]:
    environment = {name: value for name in INHERITED if (value := os.environ.get(name)) is not None}
    # the folders that an image would bring along
    environment |= {"HOME": folders.get("/home/appuser", str(folder)), "TMPDIR": folders.get("/tmp", str(folder))}  # noqa: S108
    environment["EXPERIMENT_SCRATCH_PATH"] = folders[SCRATCH_MOUNT]
    for variable in container.get("env", []):
        value = variable["value"] if "value" in variable else _resource(variable["valueFrom"]["resourceFieldRef"], container)
        environment[variable["name"]] = folders.get(value, value)
    return environment


def _resource(reference: dict[str, str], container: dict[str, Any]) -> str:
    """One of the container's own resources (`limits.memory`), in bytes. Source: Kubernetes, the downward API and its quantities."""
    kind, _, resource = reference["resource"].partition(".")
    number, unit = QUANTITY.fullmatch(container["resources"][kind][resource]).groups()  # type: ignore[union-attr]
    return str(int(float(number) * UNITS[unit]))


def _keep(manifest: Manifest, file: Path) -> None:
    """Write the Job down for who may look at it; it holds the pod's token."""
    with open(file, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
        json.dump(manifest, opened)


def _pods(processes: list[Process]) -> list[Pod]:
    return [_pod(process) for process in processes if POD_LABEL in process.labels]


def _pod(process: Process) -> Pod:
    return Pod(
        name=process.name,
        phase=process.phase,
        exit_code=process.container_exit_code,
        labels=dict(process.labels),
        started_at=process.started_at,
        finished_at=process.finished_at,
    )
