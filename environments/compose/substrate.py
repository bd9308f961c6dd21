"""The compose substrate: a platform as containers of this machine's Docker, one for each service."""

import logging
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from environments.compose.containers import Containers, Service
from environments.compose.disk_faults import ContainerDiskFaults
from environments.compose.docker_containers import DockerContainers
from environments.compose.engine import Engine
from environments.compose.faults import ContainerFaults, repairable
from environments.compose.images import ImageBuilder
from environments.compose.making import ServiceMaker
from environments.compose.network import free_network
from environments.compose.network_faults import ContainerNetworkFaults
from environments.compose.node import NODE, Node
from environments.compose.ownership import Owner
from environments.compose.rendering import project_of
from environments.compose.requirements import requirements
from environments.compose.settings import ComposeSettings
from environments.compose.site import ContainerSites
from environments.descriptions import VERSIONS, versions_of
from environments.embedded import log_files
from environments.embedded.groups import AddedGroup, Groups
from environments.embedded.local import LocalSubstrate, while_running
from environments.embedded.node import Node as ProcessesBeside
from environments.embedded.phases import Phases
from environments.embedded.ports import Ports
from environments.embedded.repair import repair
from environments.embedded.state_folder import parent_of_state
from environments.errors import SubstrateError
from environments.ledger import Ledger
from environments.left_overs.containers import marks_of
from environments.platform import Platform
from environments.processes import admission, pods
from environments.requirements import Requirement, refuse_unmet
from environments.services import Group
from environments.substrate import PODS, Faults, RunningGroup, why_lacking

HELPER_PACKAGES = ("iptables",)

log = logging.getLogger(__name__)

WHY_MISSING = {
    "processes": "the compose substrate runs services in containers",
    "cluster": "the compose substrate runs pods as processes of one container, not on a Kubernetes cluster",
    PODS: "the compose substrate runs services in containers, not on a Kubernetes cluster",
    "network-policy": "the containers of one network have no network policy that could hold them back",
    "spare-node": "the compose substrate runs pods as processes of one container, which is its only node",
}


class ComposeSubstrate(LocalSubstrate[ContainerSites]):
    """See `environments.substrate.Substrate`. `phases` tells how many seconds after the start each part of it was done."""

    name = "compose"
    runs_images = True
    loading_seconds = 8.0

    def __init__(self, platform: Platform, *, run_id: str, logs_folder: Path, deadline_factor: float = 1.0) -> None:
        self._platform = platform
        self._run_id = run_id
        self._logs_folder = logs_folder
        self._deadline_factor = deadline_factor
        self._settings = ComposeSettings.from_environment()
        self.phases = Phases()
        self.specs = list(platform.services_in_containers())
        self._engine = Engine(run_id)
        self._owner = Owner.of_containers()
        self._ports = Ports()
        self._groups: Groups[Service] = Groups()
        self._ledger: Ledger | None = None
        self._node: Node | None = None
        self._beside: ProcessesBeside | None = None
        self._containers: Containers | None = None
        self._builder: ImageBuilder | None = None
        self._maker: ServiceMaker | None = None

    def start(self) -> None:
        """Start the platform's services and wait until they are ready; if one fails, all are stopped again."""
        if self._ledger is not None:
            raise SubstrateError("the compose substrate is already running")
        # first, since it says more of what is wrong with Docker
        self._engine.check()
        refuse_unmet([*self.requirements(), *self._platform.requirements()], self.name)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def requirements(self) -> list[Requirement]:
        """What it needs of this machine."""
        return requirements()

    def stop(self) -> None:
        """Stop and remove everything that was started; idempotent, also after a start that failed."""
        self._groups.remove_all()
        if self._containers is not None:
            self._containers.stop_all()
        self.kill()

    def kill(self) -> None:
        """End everything at once: all containers are removed, with their network and folders."""
        if self._beside is not None:
            self._beside.stop()
        self._ports.release()
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self._containers = self._node = self._beside = self._sites = self._maker = self._builder = None

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """Kill the services and pods of the groups that a killed process of this run had added; see `Substrate.clean_up_after`."""
        if self._containers is None:
            return []
        for group in self._containers.kill_groups_of(process):
            if self._node is not None:
                self._node.cluster(group).kill_all()
        if not alone:
            return []
        basic = [spec.name for spec in self.specs if not spec.after]
        self.network_faults().heal_all()
        self.disk_faults().heal()
        return repair(repairable(self._containers), basic, lambda: self._platform.running(self).repair(30.0 * self._deadline_factor))

    def add_group(self, group: Group) -> RunningGroup:
        """Make room for a group of services: addresses, volumes and secrets."""
        containers, outer = self._running(), self._known_sites()
        cluster = self._node.cluster(group.name) if self._node is not None else None
        maker = while_running(self._maker)

        def make() -> AddedGroup[Service]:
            folder = self._owner.make_folder(outer.folder.parent / "groups" / group.name)
            sites = ContainerSites(folder, self._ports, outer, outer.launcher, why_no_mounts=outer.why_no_mounts)
            return AddedGroup(group, sites, containers, cluster, lambda spec: maker.service(spec, sites, group.name), containers.start)

        return self._groups.add(group.name, make)

    def services(self) -> list[str]:
        """The names of the services, in the order they were started; a group's are `<service>-<group>`."""
        return [name for name in self._running().services() if name != NODE]

    def wait_until_ready(self, service: str) -> None:
        """Return when a service of the platform is ready that its start did not wait for."""
        self._running().wait_until_ready([self._running().service(service)])

    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given; kept when its container has gone."""
        found = self._containers.log(service, since) if self._containers is not None else None
        if found is not None:
            return found
        return log_files.of_service(self._logs_folder, service, since)

    def events(self, since: float) -> list[str]:
        """What Docker tells of the run's containers since a unix time."""
        return self._containers.docker.events(since) if self._containers is not None else []

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What the platform's services run as: containers that have to do without much."""
        maker, sites = while_running(self._maker), self._known_sites()
        found = {f"service {spec.name}": maker.described(spec, sites) for spec in self.specs}
        return {**found, VERSIONS: versions_of(self._platform)}

    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""
        return ContainerFaults(self._running(), self._running().service(service).name)

    def network_faults(self) -> ContainerNetworkFaults:
        """What can be done to the network between services."""
        containers = self._running()
        image = partial(while_running(self._builder).build_tools, HELPER_PACKAGES)
        return ContainerNetworkFaults(containers, image, containers.folder / "network-faults")

    def disk_faults(self) -> ContainerDiskFaults:
        """What can be done to the volumes of the platform's services."""
        containers, maker = self._running(), while_running(self._maker)
        return ContainerDiskFaults(containers, maker.images.services, self._known_sites().volume, containers.folder / "disk-faults")

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these."""
        if self._containers is None:
            return []
        return [str(death) for death in self._containers.deaths() if death.service not in besides]

    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of `environments.substrate.CAPABILITIES`, in one plain sentence; None when it has it."""
        if capability == "pod-mounts":
            reason = self._node.why_no_mounts() if self._node is not None else None
            return reason and f"no pod can have mounts of its own in the node ({reason}), so pods see volumes where they are"
        return why_lacking(self.name, WHY_MISSING, capability)

    def _start(self) -> None:
        self.phases.begin()
        self._logs_folder.mkdir(parents=True, exist_ok=True)
        self.phases.done("Docker answers")
        ledger = self._ledger = Ledger.open(self._run_id)
        ledger.record("containers", run=self._run_id)
        state = _make_state(ledger, self._owner)
        builder = self._builder = ImageBuilder(
            self._engine, state / "build", self._settings, log.warning, self._owner.user, self._owner.group
        )
        images = builder.build_for(self._platform, self.specs)
        self.phases.done("images are there")
        network = free_network()
        marks = marks_of(self._run_id, state)
        maker = self._maker = ServiceMaker(self._platform, marks, state, images, network, self._owner, self._deadline_factor)
        docker = DockerContainers(self._engine, self._run_id, self._logs_folder)
        self._containers = Containers(docker, project_of(self._run_id), state / "compose", self._settings.init)
        own = self._platform.pods()
        if own is not None:
            self._node = Node(state / "node", own, self._owner, self._containers)
        sites = self._sites = self._make_sites(state)
        services = [maker.service(spec, sites, None) for spec in self.specs]
        if self._node is not None:
            services.append(maker.node(self._node, self._settings.node_memory_mebibytes))
        self._containers.start(services, network.rendered(marks))
        self.phases.done("all containers run")
        awaited = {NODE, *(spec.name for spec in self.specs if spec.awaited)}
        self._containers.wait_until_ready([service for service in services if service.name in awaited])
        self.phases.done("all services are ready")
        if self._node is not None and own is not None:
            # only now: both would take the processor from what everybody waits for
            self._node.preload()
            self._beside = ProcessesBeside(state, self._logs_folder / "beside.log", self._run_id, ledger, own, admission.new_key())
        self.ready_seconds = self.phases.passed()

    def _make_sites(self, state: Path) -> ContainerSites:
        launcher = {pods.LAUNCHER_VARIABLE: "process"}
        if self._node is not None:
            launcher |= {pods.SOCKET_VARIABLE: str(self._node.socket), pods.KEY_VARIABLE: self._node.key.hex()}
        sites = ContainerSites(state / "volumes", self._ports, launcher=launcher)
        if self._node is not None:
            sites.why_no_mounts = self._node.why_no_mounts
        sites.make_room(self.specs, self._platform.volumes(), self._platform.secrets())
        return sites

    def _running(self) -> Containers:
        return while_running(self._containers)


def _make_state(ledger: Ledger, owner: Owner) -> Path:
    state = ledger.make_folder(parent_of_state())
    for name in ("run", "tmp", "compose", "variables", "build"):
        (state / name).mkdir(mode=0o700)
    for name in ("volumes", "groups", "node", "ready"):
        owner.make_folder(state / name)
    return state


SUBSTRATE = ComposeSubstrate
