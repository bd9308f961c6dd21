"""A platform's services as Kubernetes objects: as little power as each can do with. Source: Kubernetes v1 and apps/v1, 1.20 and later."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.compose.entry import MODULE, PROGRAM
from environments.services import Address, HeldBack, Program, PythonModule, Resources

Manifest = dict[str, Any]
SERVICE_ACCOUNT, LAUNCHER_ACCOUNT = "services", "launcher"
LONGEST_NAME = 63
READY_FILE = "/ready/ready"
VARIABLES = "/run/secrets/variables"
SCRATCH = {"mountPath": "/tmp"}  # noqa: S108 - the container's own
GRACE_SECONDS = 3
DNS_PORT = 53
JOBS_OF_ITS_NAMESPACE = [
    {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get", "list", "watch", "patch", "delete"]},
    {"apiGroups": [""], "resources": ["pods", "pods/log", "events"], "verbs": ["get", "list", "watch"]},
]
"""What a service that starts pods may do. Source: tracebloc client chart 1.9.62 (rbac.yaml), of which it is a part."""


@dataclass(frozen=True)
class Workload:
    """One service, to be rendered."""

    name: str
    """The name that scenarios know it by."""
    namespace: str
    image: str
    runs: PythonModule | Program | None
    """None: the image's own program."""
    user: int
    group: int
    labels: Mapping[str, str]
    variables: str = field(repr=False)
    """Its environment, as JSON; it holds secrets."""
    ports: Mapping[str, int] = field(default_factory=dict)
    ready_port: int | None = None
    ready_seconds: float = 30.0
    resources: Resources = field(default_factory=Resources)
    mounts: frozenset[Path] = frozenset()
    """Folders of the nodes, mounted at the same path; or empty ones, without `on_nodes`."""
    on_nodes: bool = True
    starts_pods: bool = False
    node: str | None = None
    """The node that it runs on; None: any."""
    addresses: tuple[Address, ...] = ()
    """Where scenarios and other pods reach its ports."""

    @property
    def object_name(self) -> str:
        """The name of its objects in the cluster."""
        return dns_name(self.name)


def dns_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name as objects of a cluster may have it: small letters, digits and dashes. One that had to be changed stays unlike all others."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if slug == name.replace("_", "-") and len(slug) <= longest:
        return slug
    return f"{slug[: longest - 9].strip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def namespace(name: str, labels: Mapping[str, str]) -> Manifest:
    """A namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def accounts(place: str) -> list[Manifest]:
    """Whom the services of a namespace run as: one without rights, and one that may run Jobs in that namespace and nothing else."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": LAUNCHER_ACCOUNT}
    whom = [{"kind": "ServiceAccount", "name": LAUNCHER_ACCOUNT, "namespace": place}]
    rbac = "rbac.authorization.k8s.io/v1"
    return [
        *(
            {**_head("v1", "ServiceAccount", name, place), "automountServiceAccountToken": False}
            for name in (SERVICE_ACCOUNT, LAUNCHER_ACCOUNT)
        ),
        {**_head(rbac, "Role", LAUNCHER_ACCOUNT, place), "rules": JOBS_OF_ITS_NAMESPACE},
        {**_head(rbac, "RoleBinding", LAUNCHER_ACCOUNT, place), "roleRef": role, "subjects": whom},
    ]


def claimed_folder(claim: str, place: str, folder: Path, labels: Mapping[str, str]) -> list[Manifest]:
    """A folder of the nodes that pods can claim."""
    modes = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    name = dns_name(f"{place}-{claim}")
    reference = {"name": claim, "namespace": place}
    volume = {
        "capacity": {"storage": "1Gi"},
        **modes,
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": str(folder), "type": "Directory"},
        "claimRef": reference,
    }
    return [
        {**_head("v1", "PersistentVolume", name, None, labels), "spec": volume},
        {
            **_head("v1", "PersistentVolumeClaim", claim, place),
            # which names no volume: where both sides name the other one, two parts of the cluster get into each other's way, and the claim
            # waits for up to 15 s. The volume takes no other claim. Source: Kubernetes 1.20 to 1.31
            "spec": {**modes, "resources": {"requests": {"storage": "1Gi"}}},
        },
    ]


def exposed(name: str, place: str, labels: Mapping[str, str], ports: Mapping[str, int]) -> Manifest:
    """A service's ports, each on a port of every node that the cluster chooses."""
    listed = [{"name": dns_name(port, 15), "port": number, "targetPort": number} for port, number in ports.items()]
    # whoever starts it waits until it is ready, and the cluster may take a minute to notice that. Source: Kubernetes 1.20
    spec = {"type": "NodePort", "publishNotReadyAddresses": True, "selector": dict(labels), "ports": listed}
    return {**_head("v1", "Service", dns_name(name), place, labels), "spec": spec}


@dataclass(frozen=True)
class Door:
    """What pods that are held back may reach: a service's pods on their port, by the address that everybody reaches them at."""

    labels: Mapping[str, str]
    port: int
    address: Address


def network_policy(held: HeldBack, place: str, doors: Iterable[Door], run: Mapping[str, str]) -> Manifest:
    """What holds pods back: they reach the cluster's names and these doors, in any namespace of the run."""
    names: Manifest = {
        "to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}],
        "ports": [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")],
    }
    egress = [names]
    for door in doors:
        of_pods = {"namespaceSelector": {"matchLabels": dict(run)}, "podSelector": {"matchLabels": dict(door.labels)}}
        egress.append({"to": [of_pods], "ports": [{"protocol": "TCP", "port": door.port}]})
        # on the way to another node nobody knows yet which pod is behind its port
        node = {"ipBlock": {"cidr": f"{door.address.host}/32"}}
        egress.append({"to": [node], "ports": [{"protocol": "TCP", "port": door.address.port}]})
    spec = {
        "podSelector": {"matchLabels": dict(held.labels)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": [{}] if held.reach is None else egress,
    }
    return {**_head("networking.k8s.io/v1", "NetworkPolicy", held.name, place, run), "spec": spec}


def variables_secret(workload: Workload) -> Manifest:
    """Its environment, for its pod alone."""
    head = _head("v1", "Secret", workload.object_name, workload.namespace, workload.labels)
    # an image of somebody else knows no file of ours
    data = {"variables": workload.variables} if workload.runs is not None else json.loads(workload.variables)
    return {**head, "type": "Opaque", "stringData": data}


def deployment(workload: Workload) -> Manifest:
    """One pod that is kept running."""
    return {
        **_head("apps/v1", "Deployment", workload.object_name, workload.namespace, workload.labels),
        "spec": {
            "replicas": 1,
            # a database has one server at a time
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": dict(workload.labels)},
            "template": {"metadata": {"labels": dict(workload.labels)}, "spec": _pod(workload)},
        },
    }


def _pod(workload: Workload) -> Manifest:
    ours = workload.runs is not None
    file = {"name": "variables", "mountPath": VARIABLES, "subPath": "variables", "readOnly": True}
    secret = {"name": "variables", "secret": {"secretName": workload.object_name, "defaultMode": 0o440}}
    folders = [(f"folder-{number}", path) for number, path in enumerate(sorted(workload.mounts))]
    mounts = [
        *([file] if ours else []),
        {"name": "scratch", **SCRATCH},
        {"name": "ready", "mountPath": str(Path(READY_FILE).parent)},
        *({"name": name, "mountPath": str(path)} for name, path in folders),
    ]
    volumes: list[Manifest] = [
        *([secret] if ours else []),
        {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "ready", "emptyDir": {"sizeLimit": "1Mi"}},
        *({"name": name, **_folder(workload, path)} for name, path in folders),
    ]
    return {
        "serviceAccountName": LAUNCHER_ACCOUNT if workload.starts_pods else SERVICE_ACCOUNT,
        "automountServiceAccountToken": workload.starts_pods,
        # what the cluster adds could be taken for a setting of the service
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": workload.user,
            "runAsGroup": workload.group,
            "fsGroup": workload.group,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [{**_container(workload), "volumeMounts": mounts}],
        "volumes": volumes,
        **({"nodeSelector": {"kubernetes.io/hostname": workload.node}} if workload.node else {}),
    }


def _folder(workload: Workload, path: Path) -> Manifest:
    return {"hostPath": {"path": str(path), "type": "Directory"}} if workload.on_nodes else {"emptyDir": {}}


def _container(workload: Workload) -> Manifest:
    return {
        "name": "service",
        "image": workload.image,
        "imagePullPolicy": "IfNotPresent",
        **_program(workload),
        "ports": [{"containerPort": number} for number in workload.ports.values()],
        "resources": {
            "requests": {"cpu": "10m", "memory": "32Mi"},
            "limits": {"cpu": f"{workload.resources.cpu * 1000:.0f}m", "memory": f"{workload.resources.memory_mebibytes}Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        **_startup_probe(workload),
    }


def _program(workload: Workload) -> Manifest:
    """What runs in it; an image of somebody else gets its variables as its environment."""
    runs = workload.runs
    if runs is None:
        return {"envFrom": [{"secretRef": {"name": workload.object_name}}]}
    what = (MODULE, runs.name) if isinstance(runs, PythonModule) else (PROGRAM, *runs.command)
    # the cluster would take $(NAME) for a variable of its own
    return {"command": [word.replace("$(", "$$(") for word in ("python3", "-m", "environments.compose.entry", *what)]}


def _startup_probe(workload: Workload) -> Manifest:
    if workload.ready_port is None and workload.runs is None:
        return {}
    looks = {"tcpSocket": {"port": workload.ready_port}} if workload.ready_port else {"exec": {"command": ["test", "-e", READY_FILE]}}
    # a look is a process in the container, so nobody looks any more once it is ready
    return {"startupProbe": {**looks, "periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": max(1, int(workload.ready_seconds))}}


def _head(version: str, kind: str, name: str, place: str | None, labels: Mapping[str, str] | None = None) -> Manifest:
    metadata: Manifest = {"name": name}
    metadata |= {"namespace": place} if place else {}
    metadata |= {"labels": dict(labels)} if labels else {}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
