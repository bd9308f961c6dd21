"""What can be set of the kind substrate, by variables `RINGMASTER_KIND_<NAME>`. Source: our choice.

Images are made as on compose, by the variables `RINGMASTER_COMPOSE_...` (see `environments.compose.settings`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.settings.values import existing_file
from environments.settings.variables import read_variables

PREFIX = "RINGMASTER_KIND_"
NAMES = ("node_image", "workers", "context", "kubeconfig", "ready_seconds", "network_policies")
ENFORCED = "enforced"
SPARE_NODE = "spare-node"
MOST_WORKERS = 10


@dataclass(frozen=True)
class KindSettings:
    """Which cluster a run uses."""

    node_image: str = ""
    """The image of the cluster's nodes, which decides the version of Kubernetes; empty: kind's own."""
    workers: int = 1
    """Nodes besides the control plane; with 0 everything runs on that."""
    keep_cluster: bool = False
    """Leave the cluster, for later runs that want the same one: a setting of every run (`--keep-cluster`)."""
    context: str = ""
    """A context of the kubeconfig, whose cluster is used instead of making one."""
    kubeconfig: Path | None = None
    """The file that has the context; None: KUBECONFIG, or the user's own."""
    ready_seconds: float = 300.0
    """How long making a cluster may take."""
    network_policies: bool = False
    """Whether the cluster's network enforces network policies, as that of kind 0.24 and later does."""

    def why_missing(self, capability: str) -> str | None:
        """Why clusters of these settings lack a capability that only some have; None when they have it."""
        if capability == SPARE_NODE:
            return self._why_no_spare_node()
        said = f"no setting says that this cluster enforces network policies: set {PREFIX}NETWORK_POLICIES={ENFORCED} where it does"
        return None if self.network_policies else said

    def _why_no_spare_node(self) -> str | None:
        if self.context:
            return "nodes of a cluster that is not the run's own are never lost"
        return f"every node runs services: set {PREFIX}WORKERS=2 for one that pods have to themselves" if self.workers < 2 else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "KindSettings":
        """Read the variables; raises SubstrateError that names a wrong one."""
        return read_variables(PREFIX, NAMES, environment, cls._made_of)

    @classmethod
    def _made_of(cls, given: Mapping[str, str]) -> "KindSettings":
        return cls(
            node_image=given.get("node_image", ""),
            workers=_count(given.get("workers", cls.workers)),
            context=given.get("context", ""),
            kubeconfig=existing_file(given["kubeconfig"]) if "kubeconfig" in given else None,
            ready_seconds=float(given.get("ready_seconds", cls.ready_seconds)),
            network_policies=_enforced(given.get("network_policies", "")),
        )


def _count(given: object) -> int:
    if not str(given).isdecimal() or int(str(given)) > MOST_WORKERS:
        raise ValueError(f"WORKERS has to be a whole number up to {MOST_WORKERS}, not {given!r}")
    return int(str(given))


def _enforced(given: str) -> bool:
    if given not in ("", ENFORCED):
        raise ValueError(f"NETWORK_POLICIES has to be {ENFORCED} or empty, not {given!r}")
    return given == ENFORCED
