"""The node: one container, whose fork server's processes are the pods of all groups. They share its limits, and its file system.

A container for each pod would need Docker's socket in the platform's hands. What a pod may not do is enforced within the pod.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from environments.compose.containers import Containers, Service
from environments.compose.images import Images
from environments.compose.ownership import Owner
from environments.compose.rendering import Container
from environments.embedded.node import NodeCluster
from environments.embedded.preloading import preload_in_background
from environments.processes import admission, mounts
from environments.processes.client import Processes
from environments.services import Pods, PythonModule, Resources

NODE = "node"
NICENESS = 5
READY_SECONDS = 60.0
# namespaces of its own are what holds an uploaded model apart, and Docker's filter of system calls forbids them
SECURITY = ["no-new-privileges:true", "seccomp=unconfined"]
TRY_MOUNTS = "from environments.processes import mounts; print(mounts.why_not() or mounts.WORKS)"
SCRATCH = "/tmp:mode=1777,size=2g"  # noqa: S108 - the container's own


class Node:
    """What scenarios and services see of it."""

    def __init__(self, folder: Path, pods: Pods, owner: Owner, containers: Containers) -> None:
        self._containers = containers
        self.key = admission.new_key()
        self.socket = owner.make_folder(folder) / "node.sock"
        self._key_file = folder / "key"
        self._pods = pods
        self._owner = owner
        self.processes = Processes(self.socket, self.key)

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of the fork server, for what it loads ahead."""
        return self._pods.variables

    def service(self, images: Images, variables_file: Path, groups: Path, labels: dict[str, str], memory_mebibytes: int) -> Service:
        """The node as a service, which is ready when its socket is there."""
        admission.hand_over(self.key, self._key_file)
        self._owner.take(self._key_file)
        arguments = ("--socket", str(self.socket), "--key-file", str(self._key_file), "--name", NODE, "--nice", str(NICENESS))
        return Service(
            Container(
                name=NODE,
                image=images.pods,
                runs=PythonModule("environments.processes.fork_server"),
                arguments=(*arguments, "--also-user", str(os.geteuid())),
                user=str(self._owner),
                variables_file=variables_file,
                labels=labels,
                resources=Resources(float(os.cpu_count() or 1), memory_mebibytes),
                mounts=frozenset({self.socket.parent, groups}),
                extra={"security_opt": SECURITY, "tmpfs": [SCRATCH], "pids_limit": 4096},
            ),
            ready_file=self.socket,
            ready_seconds=READY_SECONDS,
        )

    @cache  # noqa: B019 - there are as many nodes as runs
    def why_no_mounts(self) -> str | None:
        """Why no pod can have mounts of its own there, in words; None when it can. Tried once, in the node."""
        said = self._containers.execute(NODE, ("python3", "-c", TRY_MOUNTS)).strip()
        return None if said == mounts.WORKS else said

    def preload(self) -> None:
        """Have it load ahead what all pods need, and do not wait for that."""
        preload_in_background(self.processes, self._pods.preload)

    def cluster(self, group: str) -> NodeCluster:
        """The pods of one group."""
        return NodeCluster(self.processes, {self._pods.group_label: group})
