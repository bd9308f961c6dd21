"""What `ringmaster drift` sees of a deployment's pods: held against what a chart renders."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.comparison.differences import Difference
from support.settings import Settings

CHART = "the chart"


@dataclass(frozen=True)
class HeldAgainstChart:
    """What differs, and what does not."""

    differences: Sequence[Difference] = ()
    same: Sequence[str] = ()


def hold_against_chart(deployment: str, manifests: Path | None, settings: Settings) -> HeldAgainstChart:
    """Compare the pods that run with the rendered manifests in a file; nothing without one.

    Raises UnreadableManifests, DeploymentRefused, and SubstrateError where the cluster does not let us look.
    """
    if manifests is None:
        return HeldAgainstChart()
    from environments.cluster.platform_pods import PlatformPods
    from environments.errors import DeploymentRefused
    from environments.remote.guard import read_allowed
    from support.comparison.pods import pod_differences, read_manifests, workloads

    objects = read_manifests(manifests)
    found = read_allowed(deployment, settings.allowed_deployments, settings.allowed_contexts)
    if found.cluster is None:
        raise DeploymentRefused(f"{found.file} names no [cluster] whose pods could be held against {manifests}")
    with found.in_force():
        pods = PlatformPods(found.cluster)
        pods.ask()
        differs = pod_differences((CHART, deployment), objects, pods.all())
    return HeldAgainstChart(differs, sorted(set(workloads(objects)) - {one.where for one in differs}))
