"""The objects that a run makes on the cluster: a Job for each piece, and what all of them read. Source: Kubernetes 1.20 to 1.34."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from support.engines.kubernetes.settings import EngineSettings
from support.engines.kubernetes.shard_pod import DURATIONS, PACKED, RESULTS

PIECE_LABEL = "ringmaster.piece"
CONTAINER = "shard"
USER = 10_001
MOST_LOST = 3
"""Times that a piece is begun anew after its pod was lost."""
SECONDS_UNTIL_LOST = 15
"""After its node has been found gone."""
LARGEST_DURATIONS = 900_000
"""Bytes; a ConfigMap holds 1 MiB."""

Manifest = dict[str, Any]


def job(name: str, labels: Mapping[str, str], image: str, arguments: Sequence[str], settings: EngineSettings, *, common: str) -> Manifest:
    """The Job of one piece.

    Args:
        name: of the Job.
        labels: by which everything of the run, and of the piece, is found.
        image: has Ringmaster in it.
        arguments: of `ringmaster run`.
        settings: what it may have.
        common: name of the ConfigMap and of the Secret that all pieces read.
    """
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": dict(labels)},
        "spec": {
            "backoffLimit": MOST_LOST,
            "activeDeadlineSeconds": settings.deadline_seconds,
            "template": {"metadata": {"labels": dict(labels)}, "spec": _pod(_container(image, arguments, settings, common), common)},
        },
    }


def _container(image: str, arguments: Sequence[str], settings: EngineSettings, common: str) -> Manifest:
    return {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "support.engines.kubernetes.shard_pod", *arguments],
        "env": [{"name": name, "value": "/tmp"} for name in ("HOME", "TMPDIR")],  # noqa: S108 - the pod's own
        "envFrom": [{"secretRef": {"name": common}}],
        "resources": {"requests": {"cpu": settings.cpu, "memory": settings.memory}},
        # from then on its results can be taken
        "readinessProbe": {"exec": {"command": ["test", "-e", str(PACKED)]}, "periodSeconds": 1, "failureThreshold": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [
            {"name": "results", "mountPath": str(RESULTS)},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
            {"name": "durations", "mountPath": str(DURATIONS.parent)},
        ],
    }


def _pod(container: Manifest, common: str) -> Manifest:
    gone = [
        {"key": f"node.kubernetes.io/{how}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": SECONDS_UNTIL_LOST}
        for how in ("not-ready", "unreachable")
    ]
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 5,
        "tolerations": gone,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "results", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {}},
            {"name": "durations", "configMap": {"name": common}},
        ],
    }


def durations(name: str, labels: Mapping[str, str], seconds: Mapping[str, float]) -> Manifest:
    """A ConfigMap with what is known of how long scenarios take: the longest first, as many as there is room for."""
    text, known = "{}", sorted(seconds.items(), key=lambda item: -item[1])
    while len(text := json.dumps(dict(known))) > LARGEST_DURATIONS:
        known = known[: len(known) * LARGEST_DURATIONS // len(text)]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": dict(labels)},
        "data": {DURATIONS.name: text},
    }


def variables(name: str, labels: Mapping[str, str], values: Mapping[str, str]) -> Manifest:
    """A Secret with the settings that this machine has as variables."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": dict(labels)}, "stringData": dict(values)}
