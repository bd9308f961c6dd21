"""What a service runs as, told by its pod. Source: Kubernetes v1, 1.20 and later."""

from collections.abc import Iterable, Mapping
from typing import Any

from environments.descriptions import LIMIT, LITTLE_POWER, VARIABLES, Description, opened, set_variables, without, without_tag

Manifest = Mapping[str, Any]
MEBIBYTE = 1 << 20


def described_by(pod: Manifest, ports: Iterable[str], variables: Iterable[str] | None = None) -> Description:
    """What a service runs as.

    Args:
        pod: as the cluster has it; its first container is the service.
        ports: of the service, since a pod only numbers them.
        variables: the names of those that are set, where they are known; else the pod tells, unless it gets them from elsewhere.
    """
    container = pod["spec"]["containers"][0]
    listed = [one["name"] for one in container.get("env") or []]
    tells = variables is not None or (bool(listed) and not container.get("envFrom"))
    return {
        **opened(ports),
        **(set_variables(variables if variables is not None else listed) if tells else without(VARIABLES)),
        "image": without_tag(container["image"]),
        **_held_to(pod["spec"].get("securityContext") or {}, container.get("securityContext") or {}),
        **_limits((container.get("resources") or {}).get("limits") or {}),
    }


def _held_to(of_pod: Manifest, of_container: Manifest) -> Description:
    context = {**of_pod, **of_container}
    capabilities = of_container.get("capabilities") or {}
    holds = {
        "user": bool(context.get("runAsNonRoot") or context.get("runAsUser")),
        "root file system": of_container.get("readOnlyRootFilesystem") is True,
        "capabilities": capabilities.get("drop") == ["ALL"] and not capabilities.get("add"),
        "further privileges": of_container.get("allowPrivilegeEscalation") is False and not of_container.get("privileged"),
        "system calls": (context.get("seccompProfile") or {}).get("type") == "RuntimeDefault",
    }
    return {name: LITTLE_POWER[name] if held else "not held back" for name, held in holds.items()}


def _limits(limits: Manifest) -> Description:
    from kubernetes.utils import parse_quantity

    units = {"cpu": (1, ""), "memory": (MEBIBYTE, "Mi")}
    known = {what: (limits[what], *unit) for what, unit in units.items() if what in limits}
    return {f"{LIMIT} of {what}": f"{float(parse_quantity(amount) / of):g}{unit}" for what, (amount, of, unit) in known.items()}
