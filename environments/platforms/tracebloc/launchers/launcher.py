"""What runs the Jobs of a secure environment, whatever it is made of: one interface, and the pods it shows.

Source: our choice; the manifests are Kubernetes batch/v1 Jobs and the phases are Kubernetes' own.
"""

from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.tracebloc.common.outages import Unavailable

Manifest = dict[str, Any]
Phase = Literal["Pending", "Running", "Succeeded", "Failed"]


class Pod(BaseModel):
    """One pod of a Job. `exit_code` is a container's: 128 + n when signal n ended it. Times are unix seconds.

    `reason` is what runs the pods says of its end, or of what it waits for.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    phase: Phase
    exit_code: int | None = None
    labels: dict[str, str] = {}
    started_at: float | None = None
    finished_at: float | None = None
    reason: str | None = None


class PodChanges(BaseModel):
    """The pods that changed, as they are now, and the position to watch on from."""

    model_config = ConfigDict(frozen=True)

    position: str
    pods: list[Pod]


class LauncherSettings(BaseSettings):
    """Which launcher a service uses, and what it needs: the namespace on a cluster, the others here; the last two only to create Jobs."""

    launcher: str = "process"
    namespace: str = "tracebloc"
    node_socket: Path | None = None
    node_key: SecretStr | None = None
    pods_folder: Path | None = None
    shared_folder: Path | None = None


class LauncherUnavailable(Unavailable):
    """What runs the pods does not answer; the text says what was asked."""


class Launcher(Protocol):
    """Runs Jobs and shows their pods. Every method raises LauncherUnavailable when what runs the pods does not answer."""

    def create_job(self, manifest: Manifest) -> bool:
        """Start a Job; False when one of that name is there already, ended or not (nothing is started then)."""
        ...

    def list_pods(self, label_selector: dict[str, str]) -> list[Pod]:
        """The pods that carry all of these labels, ended ones too, oldest first."""
        ...

    def watch(self, label_selector: dict[str, str], since: str, timeout_seconds: float) -> PodChanges:
        """Block until a pod changed after the position `since` ("": from the beginning), or the time is over."""
        ...

    def stop_job(self, name: str) -> None:
        """End a Job's pod, if it runs: asked first, killed after a moment; it stays listed as Failed. Unknown names are fine."""
        ...

    def delete_job(self, name: str) -> None:
        """Stop a Job's pod, if it runs, and forget both; unknown names are fine."""
        ...

    def pod_log(self, name: str) -> str:
        """What the pod wrote so far; empty for an unknown name."""
        ...
