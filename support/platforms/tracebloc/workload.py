"""A Job or a pod as its manifest says it, in the few words that security talks about. Source: Kubernetes batch/v1 and v1."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHARED_MOUNT = "/data/shared"
GPU = "nvidia.com/gpu"
FROM_THE_HOST = ("hostNetwork", "hostPID", "hostIPC")
SIGNING_SECRET = "POD_TOKEN_SIGNING_SECRET"  # noqa: S105 - the variable's name
# what the client chart makes the signing secret of, and what every Service Bus connection string holds
LOOKS_LIKE_A_SIGNING_SECRET = re.compile(r"[A-Za-z0-9]{48}")
CONNECTION_STRING = re.compile(r"SharedAccessKey=|Endpoint=sb://")

Json = Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class Workload:
    """One manifest; never shown whole, since it holds a token."""

    manifest: Json

    @property
    def name(self) -> str:
        """The name of the Job or pod."""
        return str(self.manifest["metadata"]["name"])

    @property
    def phase(self) -> str:
        """Of a pod: Pending, Running, Succeeded or Failed."""
        return str(self.manifest["status"]["phase"])

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the Job or pod itself."""
        return dict(self.manifest["metadata"].get("labels") or {})

    @property
    def pod_labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return dict(self._pod_template["metadata"].get("labels") or {})

    @property
    def pod(self) -> Json:
        """The specification of its pods."""
        specification: Json = self._pod_template["spec"]
        return specification

    @property
    def containers(self) -> list[Json]:
        """All containers, those that run first included."""
        return [*(self.pod.get("initContainers") or []), *self.pod["containers"]]

    @property
    def context(self) -> Json:
        """The security context of its pods."""
        return dict(self.pod.get("securityContext") or {})

    def contexts(self) -> list[Json]:
        """The security context of each container."""
        return [dict(container.get("securityContext") or {}) for container in self.containers]

    def variables(self) -> dict[str, str]:
        """Every variable of every container; empty where the value comes from elsewhere."""
        variables = [variable for container in self.containers for variable in container.get("env") or []]
        return {variable["name"]: str(variable.get("value") or "") for variable in variables}

    def mounts(self, path: str) -> list[Json]:
        """What is mounted at a path, in whichever container."""
        return [mount for container in self.containers for mount in container.get("volumeMounts") or [] if mount["mountPath"] == path]

    def empty_folders(self) -> list[str]:
        """Where volumes of the pod's own are mounted."""
        empty = {volume["name"] for volume in self.pod.get("volumes") or [] if volume.get("emptyDir") is not None}
        mounts = [mount for container in self.containers for mount in container.get("volumeMounts") or []]
        return sorted(mount["mountPath"] for mount in mounts if mount["name"] in empty)

    def of_the_host(self) -> list[str]:
        """What of the host the pod sees."""
        shared = [name for name in FROM_THE_HOST if self.pod.get(name)]
        return shared + [f"hostPath {volume['name']}" for volume in self.pod.get("volumes") or [] if volume.get("hostPath")]

    def chosen_users(self) -> list[Any]:
        """Users that the manifest sets, rather than the image."""
        return [context["runAsUser"] for context in (self.context, *self.contexts()) if context.get("runAsUser") is not None]

    def signing_secrets(self) -> list[str]:
        """The variables that carry the secret which pods' tokens are signed with, or look like it."""
        found = [name for name, value in self.variables().items() if name == SIGNING_SECRET or LOOKS_LIKE_A_SIGNING_SECRET.fullmatch(value)]
        return found + [f"all of {source}" for container in self.containers for source in container.get("envFrom") or []]

    def holds(self, secret: str) -> bool:
        """Whether a text stands anywhere in the manifest."""
        return secret in json.dumps(self.manifest, default=str)

    @property
    def _pod_template(self) -> Json:
        # what a cluster lists does not say its kind
        template: Json = self.manifest["spec"].get("template", self.manifest)
        return template


def resources(text: str) -> dict[str, str]:
    """`cpu=500m,memory=1Gi` as a manifest writes it."""
    return {kind.strip(): amount.strip() for kind, _, amount in (pair.partition("=") for pair in text.split(","))}
