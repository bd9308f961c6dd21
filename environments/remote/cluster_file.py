"""What a deployment's file says of its cluster: `[cluster]` with context, namespace and perhaps kubeconfig; `[pods]` by service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments.cluster.platform_pods import ClusterAccess
from environments.errors import DeploymentRefused

CLUSTER, PODS = "cluster", "pods"
OF_CLUSTER = {"context", "namespace", "kubeconfig"}


def read_cluster(file: Path, found: Mapping[str, Any]) -> ClusterAccess | None:
    """Where its pods are; None where the file does not say. Raises DeploymentRefused."""
    said = found.get(CLUSTER)
    if said is None:
        if PODS in found:
            raise DeploymentRefused(f"{file}: [{PODS}] needs a [{CLUSTER}] with the context and the namespace that the pods are in")
        return None
    unknown = sorted(said.keys() - OF_CLUSTER)
    if unknown or not all(isinstance(said.get(name), str) and said[name] for name in ("context", "namespace")):
        raise DeploymentRefused(f"{file}: [{CLUSTER}] has to say `context` and `namespace`, and may say `kubeconfig`, each a text")
    return ClusterAccess(said["context"], said["namespace"], _kubeconfig(file, said), _selectors(file, found.get(PODS, {})))


def written_cluster(access: ClusterAccess | None) -> dict[str, Mapping[str, str]]:
    """The same as tables of texts."""
    if access is None:
        return {}
    own = {"context": access.context, "namespace": access.namespace}
    own |= {"kubeconfig": str(access.kubeconfig)} if access.kubeconfig is not None else {}
    pods = {service: ",".join(f"{name}={value}" for name, value in labels.items()) for service, labels in access.selectors.items()}
    return {CLUSTER: own, PODS: pods}


def _kubeconfig(file: Path, said: Mapping[str, Any]) -> Path | None:
    if "kubeconfig" not in said:
        return None
    path = Path(str(said["kubeconfig"])).expanduser()
    if not path.is_file():
        raise DeploymentRefused(f"{file}: the `kubeconfig` of [{CLUSTER}], {path}, is not a file")
    return path


def _selectors(file: Path, said: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    return {service: _labels(file, service, str(labels)) for service, labels in said.items()}


def _labels(file: Path, service: str, said: str) -> Mapping[str, str]:
    pairs = [pair.strip().partition("=") for pair in said.split(",")]
    if not all(name and equals and value for name, equals, value in pairs):
        raise DeploymentRefused(f'{file}: "{service}" of [{PODS}] has to be labels such as "app=backend,tier=web", not {said!r}')
    return {name: value for name, _, value in pairs}
