"""What the cluster's API cannot do to a container and the runtime of its node can: freeze it, let it run on, kill it at once."""

from dataclasses import dataclass

from environments.compose.engine import Engine
from environments.errors import SubstrateError

ENDED = "no running task found"
"""Source: containerd 1.6 to 2.0."""


@dataclass(frozen=True)
class NodeRuntime:
    """The container runtimes of a kind cluster's nodes. Every method raises SubstrateError.

    Source: kind runs containerd in each node.
    """

    engine: Engine

    def pause(self, node: str, container: str) -> None:
        """Freeze a container."""
        self._tasks(node, "pause", container)

    def resume(self, node: str, container: str) -> None:
        """Let a frozen container run on."""
        self._tasks(node, "resume", container)

    def kill(self, node: str, container: str) -> None:
        """Send SIGKILL to a container, which is over before this returns; one that has ended by itself stays as it ended."""
        try:
            self._tasks(node, "kill", "--signal", "SIGKILL", container)
        except SubstrateError as error:
            if ENDED not in str(error):
                raise

    def _tasks(self, node: str, *arguments: str) -> None:
        self.engine.run("exec", node, "ctr", "--namespace", "k8s.io", "tasks", *arguments)
