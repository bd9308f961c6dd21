"""What can be set of the engine kubernetes, by variables `RINGMASTER_ENGINE_<NAME>`. Source: our choice."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.settings.values import existing_file
from environments.settings.variables import read_variables

PREFIX = "RINGMASTER_ENGINE_"
NAMES = ("image", "registry", "namespace", "kubeconfig", "packages", "cpu", "memory", "deadline_seconds", "pieces")
MOST_PIECES = 20


@dataclass(frozen=True)
class EngineSettings:
    """Which image shards run in, where, and what they may have."""

    image: str = ""
    """An image with Ringmaster in it that the cluster can pull; empty: one is built from this checkout."""
    registry: str = ""
    """Where a built image is pushed to, such as `localhost:5000/qa`; not needed for a kind cluster of this machine."""
    namespace: str = "default"
    """Where the Jobs are made; it has to be there."""
    kubeconfig: Path | None = None
    """None: KUBECONFIG, or the user's own."""
    packages: tuple[str, ...] = ()
    """Packages of Debian that a built image gets, such as mariadb-server."""
    cpu: str = "250m"
    """Processor time that each shard asks for, as Kubernetes writes it."""
    memory: str = "1Gi"
    """Memory that each shard asks for."""
    deadline_seconds: int = 3600
    """How long one piece may take before its Job is ended."""
    pieces: int = 2
    """Pieces that the work is cut into for each shard: a shard that has finished takes the next, so that none waits for the slowest."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "EngineSettings":
        """Read the variables; raises SubstrateError that names a wrong one."""
        return read_variables(PREFIX, NAMES, environment, cls._made_of)

    @classmethod
    def _made_of(cls, given: Mapping[str, str]) -> "EngineSettings":
        return cls(
            image=given.get("image", ""),
            registry=given.get("registry", "").rstrip("/"),
            namespace=given.get("namespace", cls.namespace),
            kubeconfig=existing_file(given["kubeconfig"]) if "kubeconfig" in given else None,
            packages=tuple(given.get("packages", "").split()),
            cpu=given.get("cpu", cls.cpu),
            memory=given.get("memory", cls.memory),
            deadline_seconds=_count("DEADLINE_SECONDS", given.get("deadline_seconds", cls.deadline_seconds), 86_400),
            pieces=_count("PIECES", given.get("pieces", cls.pieces), MOST_PIECES),
        )


def _count(name: str, given: object, most: int) -> int:
    if not str(given).isdecimal() or not 1 <= int(str(given)) <= most:
        raise ValueError(f"{name} has to be a whole number from 1 to {most}, not {given!r}")
    return int(str(given))
