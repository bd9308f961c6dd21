"""The cluster of a run: made by kind and deleted after the run, left for later runs that want the same one, or given."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from environments.cluster import context as contexts
from environments.cluster.api import Api, ApiRefused
from environments.compose.engine import Engine
from environments.errors import SubstrateError
from environments.kind.loading import load_images
from environments.kind.nodes import keep_pods_apart, nodes, nodes_for_pods, wait_for_nodes, wake
from environments.kind.programs import NO_KIND, installed, kind
from environments.kind.rendering import dns_name
from environments.kind.settings import KindSettings
from environments.ledger import NAME_PREFIX, Ledger

KEPT_PREFIX = f"{NAME_PREFIX}kept-"
LONGEST_NAME = 40
"""kind adds its own words, and a host's name has 63 letters at most."""
KIND_CONTEXT = "kind-"
STATE_OF_ROOT = Path("/var/lib/ringmaster/kind")
"""Source: Filesystem Hierarchy Standard 3.0 (/var/lib)."""


@dataclass(frozen=True)
class RunningCluster:
    """A cluster that is there."""

    name: str
    """As kind knows it."""
    api: Api
    kubeconfig: Path | None
    """None: the user's own."""
    context: str
    shared_folder: Path
    """A folder of this machine that all nodes have at the same path; a run makes its own in it."""
    kept: bool
    """Whether it outlives the run."""


def configuration(settings: KindSettings, shared_folder: Path) -> str:
    """What kind is given: nodes that see a folder of this machine where this machine has it. JSON is YAML."""
    mount = {"hostPath": str(shared_folder), "containerPath": str(shared_folder)}
    roles = ["control-plane", *["worker"] * settings.workers]
    nodes = [{"role": role, "extraMounts": [mount]} for role in roles]
    return json.dumps({"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4", "nodes": nodes})


def kept_name(settings: KindSettings) -> str:
    """The name of the cluster that is left for later runs: another one for other nodes, or for another folder that they see."""
    fingerprint = hashlib.sha256(f"{settings.node_image} {settings.workers} {kept_folder()}".encode()).hexdigest()[:10]
    return KEPT_PREFIX + fingerprint


class ClusterMaker:
    """Makes, finds and takes clusters. `say` is told of what takes long."""

    def __init__(self, run_id: str, settings: KindSettings, engine: Engine, say: Callable[[str], None]) -> None:
        self._run_id = run_id
        self._settings = settings
        self._engine = engine
        self._say = say

    def check(self) -> None:
        """Return if there is a kind to make clusters with, or a context that scenarios may use; raises SubstrateError."""
        if not installed():
            raise SubstrateError(NO_KIND)
        if self._settings.context:
            contexts.refuse_production(contexts.find(self._settings.context, self._settings.kubeconfig))

    def cluster(self, ledger: Ledger, folders: Path) -> RunningCluster:
        """The cluster that the settings ask for, with its API answering; raises SubstrateError.

        Args:
            ledger: gets it before it is made, unless it is to be left.
            folders: where the folder is made that its nodes share with this machine.
        """
        if self._settings.context:
            return self._given(ledger)
        if self._settings.keep_cluster:
            return self._kept(ledger)
        name = dns_name(self._run_id if self._run_id.startswith(NAME_PREFIX) else NAME_PREFIX + self._run_id, LONGEST_NAME)
        kubeconfig = folders / "kubeconfig"
        ledger.record("cluster", name=name)
        shared = folders / "shared"
        shared.mkdir(mode=0o711)
        self._create(name, kubeconfig, shared)
        return RunningCluster(name, Api.by_kubeconfig(kubeconfig), kubeconfig, KIND_CONTEXT + name, shared, kept=False)

    def _kept(self, ledger: Ledger) -> RunningCluster:
        name = kept_name(self._settings)
        folder = kept_folder() / name
        shared, kubeconfig = folder / "shared", folder / "kubeconfig"
        shared.mkdir(mode=0o711, parents=True, exist_ok=True)
        if name not in self.names() or not self._answers(name, kubeconfig):
            # what an interrupted run may have left of it
            kind(self._run_id, "delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig))
            self._create(name, kubeconfig, shared)
        ledger.record("namespaces", kubeconfig=str(kubeconfig), context="")
        return RunningCluster(name, Api.by_kubeconfig(kubeconfig), kubeconfig, KIND_CONTEXT + name, shared, kept=True)

    def _given(self, ledger: Ledger) -> RunningCluster:
        found = contexts.find(self._settings.context, self._settings.kubeconfig)
        name = found.cluster.removeprefix(KIND_CONTEXT)
        if not found.cluster.startswith(KIND_CONTEXT) or name not in self.names():
            raise SubstrateError(f"the context '{found.name}' belongs to no kind cluster of this machine; there are: {self._listed()}")
        api = Api.by_kubeconfig(self._settings.kubeconfig, found.name)
        try:
            nodes(api)
        except ApiRefused as error:
            raise SubstrateError(f"the cluster of the context '{found.name}' cannot be used: {error}") from None
        shared = self._mounted(name)
        ledger.record("namespaces", kubeconfig=str(self._settings.kubeconfig or ""), context=found.name)
        return RunningCluster(name, api, self._settings.kubeconfig, found.name, shared, kept=True)

    def names(self) -> list[str]:
        """The kind clusters of this machine."""
        return kind(self._run_id, "get", "clusters").split()

    def load(self, cluster: RunningCluster, images: Sequence[str]) -> None:
        """Give images to the nodes that have not got them; raises SubstrateError."""
        for node in nodes_for_pods(cluster.api):
            there = self._images_of(node)
            if missing := [image for image in images if image_name(image) not in there]:
                self._say(f"giving {len(missing)} images to the node {node} ...")
                load_images(self._run_id, node, missing)

    def _images_of(self, node: str) -> list[str]:
        # by name, which is made of what is in it; kind itself would look for a program that not every node image has
        return self._engine.run("exec", node, "ctr", "--namespace", "k8s.io", "images", "ls", "--quiet").split()

    def _create(self, name: str, kubeconfig: Path, shared: Path) -> None:
        self._say(f"making the cluster {name} ...")
        seconds = self._settings.ready_seconds
        arguments = ["create", "cluster", "--name", name, "--kubeconfig", str(kubeconfig), "--wait", f"{seconds:.0f}s", "--config", "-"]
        image = ["--image", self._settings.node_image] if self._settings.node_image else []
        try:
            kind(self._run_id, *arguments, *image, given=configuration(self._settings, shared), seconds=seconds + 60)
            api = Api.by_kubeconfig(kubeconfig)
            wait_for_nodes(api, nodes(api), seconds)
            keep_pods_apart(api)
        except BaseException:
            kind(self._run_id, "delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig))
            raise

    def _answers(self, name: str, kubeconfig: Path) -> bool:
        try:
            wake(self._engine, name)
            kind(self._run_id, "export", "kubeconfig", "--name", name, "--kubeconfig", str(kubeconfig))
            return bool(nodes(Api.by_kubeconfig(kubeconfig)))
        except (SubstrateError, ApiRefused):
            return False

    def _mounted(self, name: str) -> Path:
        container = self._engine.api.inspect_container(f"{name}-control-plane")
        shared = [
            Path(mount["Source"]) for mount in container["Mounts"] if mount["Type"] == "bind" and mount["Source"] == mount["Destination"]
        ]
        if not shared:
            raise SubstrateError(
                f"the nodes of the cluster '{name}' see no folder of this machine at its own path: make it with one "
                "(`extraMounts` in kind's configuration, see docs/kind.md)"
            )
        return shared[0]

    def _listed(self) -> str:
        return ", ".join(self.names()) or "none"


def image_name(image: str) -> str:
    """What the nodes' runtime calls an image that is loaded; without a registry's name it is of Docker's own. Source: containerd."""
    registry, slash, _ = image.partition("/")
    if not slash:
        return f"docker.io/library/{image}"
    return image if registry == "localhost" or "." in registry or ":" in registry else f"docker.io/{image}"


def kept_folder() -> Path:
    """Where clusters that are left have their kubeconfigs and shared folders."""
    from environments.ledger import ledger_folder

    folder = ledger_folder().parent / "kind"
    # pods mount folders at the same path, and their images have a /root that only root gets through
    return STATE_OF_ROOT if folder.is_relative_to("/root") else folder
