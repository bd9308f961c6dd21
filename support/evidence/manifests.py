"""What a pod's manifest says, without its values, which may be secrets: enough to compare two platforms. Source: our choice."""

from collections.abc import Mapping
from typing import Any

from environments.errors import SubstrateError
from environments.substrate import Cluster, PodState

FOLDER = "manifests"
"""In a scenario's folder, a file a pod."""
LABELS = "labels"


def outline_of(cluster: Cluster, pod: PodState) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The manifest of a pod or, where pods have none, of its Job; None where there is neither."""
    for look in (cluster.pod_manifest, cluster.job):
        try:
            return outline(look(pod.name))
        except SubstrateError:
            continue
    return None


def outline(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The same with empty texts and numbers; what a list names becomes an entry of that name, so that it can be missed."""
    if isinstance(value, Mapping):
        return {str(name): outline(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        if all(isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in value):
            return {str(one["name"]): outline({key: inner for key, inner in one.items() if key != "name"}) for one in value}
        return [outline(one) for one in value]
    return value if value is None or isinstance(value, bool) else "" if isinstance(value, str) else 0
