"""What runs on a cluster against what a chart renders: labels, images, security, names of variables, volumes and resources.

Source: Kubernetes v1 and apps/v1, 1.20 and later (what a cluster adds by itself); what else is compared is our choice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from support.comparison.differences import Difference

Manifest = Mapping[str, Any]
Facts = dict[str, str]
"""What is compared of a pod: what it is, and how it is."""
NEEDED = (("metadata", "name"), ("spec", "template", "metadata"), ("spec", "template", "spec"))
"""Parts of what keeps pods running."""
KEPT_RUNNING = ("Deployment", "StatefulSet", "DaemonSet")
OWNERS = {"ReplicaSet": "Deployment", "StatefulSet": "StatefulSet", "DaemonSet": "DaemonSet"}
OF_THE_CLUSTER = ("pod-template-hash", "controller-revision-hash", "pod-template-generation")
OF_THE_CLUSTER_BEGIN = ("statefulset.kubernetes.io/", "apps.kubernetes.io/")
TOKEN_VOLUME = "kube-api-access-"  # noqa: S105 - how a cluster calls the volume it adds
SHARED_WITH_THE_HOST = ("hostNetwork", "hostPID", "hostIPC")
REFERENCES = ("secretName", "claimName", "name", "path", "driver", "server")
"""What says which one a volume is, in the order in which it is looked for."""


class UnreadableManifests(ValueError):
    """The file holds no rendered manifests."""


def read_manifests(file: Path) -> list[Manifest]:
    """The objects in what `helm template` or `helm get manifest` printed; raises UnreadableManifests."""
    import yaml

    try:
        found = [one for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableManifests(f"the rendered manifests cannot be read from {file}: {' '.join(str(error).split())}") from None
    objects = [
        inner for one in found if isinstance(one, Mapping) for inner in (one.get("items") or [] if one.get("kind") == "List" else [one])
    ]
    kept = [one for one in objects if isinstance(one, Mapping) and one.get("kind") in KEPT_RUNNING]
    for number, one in enumerate(kept, 1):
        if not all(_inside(one, *path) for path in NEEDED):
            raise UnreadableManifests(f"{file}: {one['kind']} number {number} has no name, or no template of a pod: it is not rendered")
    if not kept:
        raise UnreadableManifests(
            f"{file} renders no {', '.join(KEPT_RUNNING[:-1])} or {KEPT_RUNNING[-1]}: it has to be what `helm template` prints"
        )
    return kept


def _inside(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def workloads(objects: Iterable[Manifest]) -> list[str]:
    """What they are called in differences."""
    return [_called(one["kind"], one["metadata"]["name"]) for one in objects]


def pod_differences(names: tuple[str, str], objects: Sequence[Manifest], pods: Sequence[Manifest]) -> list[Difference]:
    """What differs between the pods that a chart's objects ask for and those that run.

    Args:
        names: of the chart and of the deployment.
        objects: what the chart renders that keeps pods running.
        pods: all of the namespace, as the cluster has them; those of Jobs and by hand are no part of a chart.
    """
    running: dict[str, list[Manifest]] = {}
    for pod in pods:
        if (owner := _owner(pod)) is not None:
            running.setdefault(owner, []).append(pod)
    found: dict[tuple[str, str], Difference] = {}
    for one in objects:
        where = _called(one["kind"], one["metadata"]["name"])
        own = running.pop(where, [])
        if not own and one["spec"].get("replicas", 1) != 0 and one["kind"] != "DaemonSet":
            found[where, ""] = Difference(where, f"no pod of it runs on {names[1]}")
        for pod in own:
            for what in _differing(names, _facts(one["spec"]["template"]), _facts(pod)):
                found[where, what] = Difference(where, what)
    unknown = [Difference(where, f"runs on {names[1]} only") for where in sorted(running)]
    return [*found.values(), *unknown]


def _called(kind: str, name: str) -> str:
    return f"pods of {kind} {name}"


def _owner(pod: Manifest) -> str | None:
    """What keeps a pod running; None for what nothing does, or a Job."""
    for owner in pod["metadata"].get("ownerReferences") or []:
        if owner["kind"] in OWNERS:
            name = str(owner["name"])
            if owner["kind"] == "ReplicaSet":
                name = name.removesuffix("-" + (pod["metadata"].get("labels") or {}).get("pod-template-hash", name.rpartition("-")[2]))
            return _called(OWNERS[owner["kind"]], name)
    return None


def _differing(names: tuple[str, str], wanted: Facts, there: Facts) -> Iterator[str]:
    for what in sorted(wanted.keys() | there.keys()):
        if what not in there or what not in wanted:
            yield f"the {what} is there on {names[0] if what in wanted else names[1]} only"
        elif wanted[what] != there[what]:
            yield f"the {what} is {wanted[what]} on {names[0]}, {there[what]} on {names[1]}"


def _facts(pod: Manifest) -> Facts:
    spec = pod["spec"]
    facts = {f"label {name}": str(value) for name, value in (pod["metadata"].get("labels") or {}).items() if not _is_the_clusters(name)}
    facts |= {f"{name} of the pod": "true" for name in SHARED_WITH_THE_HOST if spec.get(name)}
    facts |= _security(spec.get("securityContext"), "the pod")
    for volume in spec.get("volumes") or []:
        if not volume["name"].startswith(TOKEN_VOLUME):
            facts[f"volume {volume['name']}"] = _source(volume)
    for kind in ("initContainers", "containers"):
        for container in spec.get(kind) or []:
            facts |= _facts_of_container(container)
    return facts


def _is_the_clusters(label: str) -> bool:
    return label in OF_THE_CLUSTER or label.startswith(OF_THE_CLUSTER_BEGIN)


def _facts_of_container(container: Manifest) -> Facts:
    whose = f"the container {container['name']}"
    facts = {f"image of {whose}": str(container.get("image")), **_security(container.get("securityContext"), whose)}
    facts |= {f"variable {one['name']} of {whose}": "set" for one in container.get("env") or []}
    for source in container.get("envFrom") or []:
        kind = "secretRef" if "secretRef" in source else "configMapRef"
        facts[f"variables of the {kind.removesuffix('Ref')} {source[kind].get('name')} in {whose}"] = "set"
    for mount in container.get("volumeMounts") or []:
        if not mount["name"].startswith(TOKEN_VOLUME):
            facts[f"mount {mount['mountPath']} of {whose}"] = mount["name"] + (", read-only" if mount.get("readOnly") else "")
    return facts | _resources(container.get("resources") or {}, whose)


def _security(context: Manifest | None, whose: str) -> Facts:
    return {f"security setting {name} of {whose}": value for name, value in _flat(context or {}, "")}


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}".lstrip("."))
    elif value is not None:
        yield path, ", ".join(sorted(map(str, value))) if isinstance(value, list) else str(value)


def _source(volume: Manifest) -> str:
    """The kind of a volume and which one it is; what else a cluster fills in is its own."""
    kind, source = next(((kind, source) for kind, source in volume.items() if kind != "name"), ("emptyDir", {}))
    which = next((str(source[name]) for name in REFERENCES if isinstance(source, Mapping) and source.get(name)), "")
    return f"{kind} {which}".rstrip()


def _resources(resources: Manifest, whose: str) -> Facts:
    limits = resources.get("limits") or {}
    # what is limited is requested, too, unless that is said. Source: Kubernetes v1 (ResourceRequirements)
    requests = {**limits, **(resources.get("requests") or {})}
    both = (("limit", limits), ("request", requests))
    return {f"{kind} of {what} of {whose}": _quantity(amount) for kind, amounts in both for what, amount in amounts.items()}


def _quantity(amount: object) -> str:
    """The same for 1000m and 1, for 1Gi and 1024Mi."""
    from kubernetes.utils import parse_quantity

    try:
        return f"{parse_quantity(str(amount)).normalize():f}"
    except ValueError:
        return str(amount)
