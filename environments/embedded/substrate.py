"""The embedded substrate: a platform as local processes, in seconds, on any Linux machine with Python."""

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from environments.descriptions import VERSIONS, versions_of
from environments.embedded import log_files
from environments.embedded.groups import AddedGroup, Groups
from environments.embedded.local import LocalSubstrate, while_running
from environments.embedded.making import ServiceMaker
from environments.embedded.node import Node
from environments.embedded.phases import Phases
from environments.embedded.ports import Ports
from environments.embedded.preloading import preload_in_background
from environments.embedded.repair import repair
from environments.embedded.requirements import requirements
from environments.embedded.site import Elsewhere, Sites
from environments.embedded.state_folder import parent_of_state
from environments.embedded.supervisor import Service, Supervisor, repairable
from environments.errors import SubstrateError
from environments.ledger import Ledger
from environments.platform import Platform
from environments.processes import admission, mounts, pods
from environments.processes.launch import FORK_SERVER, RunningForkServer
from environments.processes.network import OwnNetwork
from environments.requirements import Requirement, refuse_unmet
from environments.services import Group, ServiceSpec
from environments.substrate import PODS, Faults, RunningGroup, why_lacking

log = logging.getLogger(__name__)

WHY_MISSING = {
    "cluster": "the embedded substrate runs pods as local processes, not on a Kubernetes cluster",
    PODS: "the embedded substrate runs services as local processes, not on a Kubernetes cluster",
    "network-policy": "local processes have no network policy that could hold them back",
    "spare-node": "local processes run on no node of a cluster",
    "faults.disk": "services keep their files on this machine's disk, which must not be filled",
    "faults.network": "all services share one loopback interface, so no single connection can be cut or slowed down",
}


class EmbeddedSubstrate(LocalSubstrate[Sites]):
    """See `environments.substrate.Substrate`. `phases` tells how many seconds after the start each part of it was done."""

    name = "embedded"
    # the node's libraries, on two cores
    loading_seconds = 3.0

    def __init__(
        self, platform: Platform, *, run_id: str, logs_folder: Path, deadline_factor: float = 1.0, elsewhere: Elsewhere | None = None
    ) -> None:
        """With `elsewhere` the platform's own services run there already: only what scenarios add runs here."""
        self._platform = platform
        self._run_id = run_id
        self._logs_folder = logs_folder
        self._deadline_factor = deadline_factor
        self.phases = Phases()
        self._elsewhere = elsewhere
        self.specs = list(platform.services()) if elsewhere is None else []
        self._ports = Ports()
        self._groups: Groups[Service] = Groups()
        self._network: OwnNetwork | None = None
        self._ledger: Ledger | None = None
        self._fork_server: RunningForkServer | None = None
        self._supervisor: Supervisor | None = None
        self._maker: ServiceMaker | None = None
        self._node: Node | None = None
        self._node_key = admission.new_key()

    def start(self) -> None:
        """Start the platform's services and wait until they are ready; if one fails, all are stopped again."""
        if self._ledger is not None:
            raise SubstrateError("the embedded substrate is already running")
        refuse_unmet([*self.requirements(), *self._platform.requirements()], self.name)
        if self._platform.needs_own_network() and self.specs and not self.open_to_all:
            self._enter_own_network()
        try:
            with self.network():
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
        if self._node is not None:
            self._node.stop()
        if self._supervisor is not None:
            self._supervisor.stop_all()
        if self._fork_server is not None:
            self._fork_server.stop()
        self._ports.release()
        if self._network is not None:
            self._network.close()
            self.network = nullcontext
        if self._ledger is not None:
            self._ledger.close()
        self._network = None
        self._node = self._beside = self._supervisor = self._fork_server = self._ledger = self._sites = self._maker = None

    def kill(self) -> None:
        """End everything at once: all processes are killed, all folders removed."""
        if self._ledger is not None:
            self._ledger.close()
        self.stop()

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """Kill the services and pods of the groups that a killed process of this run had added; see `Substrate.clean_up_after`."""
        if self._supervisor is None:
            return []
        for group in self._supervisor.kill_groups_of(process):
            if self._node is not None:
                self._node.cluster(group).kill_all()
        if not alone:
            return []
        basic = [spec.name for spec in self.specs if not spec.after]
        with self.network():
            return repair(repairable(self._supervisor), basic, lambda: self._platform.running(self).repair(30.0 * self._deadline_factor))

    def add_group(self, group: Group) -> RunningGroup:
        """Make room for a group of services: addresses, volumes and secrets."""
        supervisor, outer, maker = self._running(), self._known_sites(), while_running(self._maker)
        cluster = self._node.cluster(group.name) if self._node is not None else None

        def make() -> AddedGroup[Service]:
            sites = Sites(outer.folder.parent / "groups" / group.name, self._ports, outer, outer.launcher)
            (sites.folder / pods.FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
            return AddedGroup(group, sites, supervisor, cluster, lambda spec: maker.service(spec, sites, group.name), supervisor.start)

        return self._groups.add(group.name, make)

    def services(self) -> list[str]:
        """The names of the services, in the order they were started; a group's are `<service>-<group>`."""
        return self._running().services()

    def wait_until_ready(self, service: str) -> None:
        """Return when a service of the platform is ready that its start did not wait for."""
        with self.network():
            self._running().wait_until_ready([self._running().service(service)])

    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given; kept when the substrate has stopped."""
        return log_files.of_service(self._logs_folder, service, since)

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What the platform's services run as: processes of whoever runs this."""
        maker, sites = while_running(self._maker), self._known_sites()
        found = {f"service {spec.name}": maker.described(spec, sites) for spec in self.specs}
        return {**found, VERSIONS: versions_of(self._platform)} if found else {}

    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""
        return self._running().faults(service)

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these, and for the servers that they and the pods are forked from."""
        if self._supervisor is None or self._fork_server is None:
            return []
        gone = []
        servers: list[RunningForkServer | Node] = [self._fork_server, *([self._node] if self._node is not None else [])]
        for server in servers:
            if server.exit_code is not None:
                last_lines = "\n  | ".join(log_files.last_lines(server.log))
                gone.append(f"{server.log.stem} died with exit code {server.exit_code}: {last_lines}")
        dead = self._supervisor.deaths() if self._fork_server.exit_code is None else []
        return [*gone, *(str(death) for death in dead if death.service not in besides)]

    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of `environments.substrate.CAPABILITIES`, in one plain sentence; None when it has it."""
        if capability == "pod-mounts":
            reason = mounts.why_not()
            return reason and f"no process can have mounts of its own here ({reason}), so pods see volumes where they are"
        return why_lacking(self.name, WHY_MISSING, capability)

    def _enter_own_network(self) -> None:
        self._network = OwnNetwork.make()
        if self._network is None:
            log.warning("%s shares the network of this machine: the kernel lets this user make none of its own", self._platform.name)
        else:
            self.network = self._network.entered

    def _start(self) -> None:
        self.phases.begin()
        self._logs_folder.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger.open(self._run_id)
        state = _make_state(self._ledger)
        sites = self._sites = self._make_sites(state)
        maker = self._maker = ServiceMaker(self._platform, self.specs, state, self._deadline_factor)
        fork_log = self._logs_folder / "fork-server.log"
        # one that is forked from a warm one would be where that one is
        name = FORK_SERVER if self._network is None else f"{FORK_SERVER}-apart"
        self._fork_server = RunningForkServer(state / "run" / "services.sock", fork_log, name=name, run_id=self._run_id)
        self._ledger.record_process("fork-server", self._fork_server.pid)
        self._supervisor = Supervisor(self._fork_server.processes, self._logs_folder, state / "run", self._ledger)
        self.phases.done("fork server started")
        self._start_at_once(maker, sites, [spec for spec in self.specs if not spec.preload and spec.awaited])
        if (own := self._platform.pods()) is not None:
            # early, since it takes longest to load what it needs, and with less claim to the processor than what is waited for
            self._beside = self._node = Node(state, self._logs_folder / "node.log", self._run_id, self._ledger, own, self._node_key)
        self._start_preloaded(maker, sites)
        # only now: they would take the processor from what everybody waits for
        self._start_at_once(maker, sites, [spec for spec in self.specs if not spec.preload and not spec.awaited])
        for spec in self.specs:
            if spec.awaited:
                self.wait_until_ready(spec.name)
                self.phases.done(f"{spec.name} ready")
        preload_in_background(self._fork_server.processes, tuple(self._platform.preload_for_groups()))
        self.ready_seconds = self.phases.passed()

    def _start_at_once(self, maker: ServiceMaker, sites: Sites, specs: Sequence[ServiceSpec]) -> None:
        self._running().start([maker.service(spec, sites, None) for spec in specs], at_once=True)
        self.phases.done(f"started: {', '.join(spec.name for spec in specs)}")

    def _start_preloaded(self, maker: ServiceMaker, sites: Sites) -> None:
        for spec in (spec for spec in self.specs if spec.preload):
            self._running().processes.preload(spec.preload)
            self.phases.done(f"preloaded for {spec.name}")
            self._running().start([maker.service(spec, sites, None)])

    def _make_sites(self, state: Path) -> Sites:
        node = {pods.SOCKET_VARIABLE: str(state / "run" / "node.sock"), pods.KEY_VARIABLE: self._node_key.hex()}
        launcher = {pods.LAUNCHER_VARIABLE: "process", **node}
        sites = Sites(state / "volumes", self._ports, self._elsewhere, launcher)
        if self._elsewhere is None:
            sites.make_room(self.specs, self._platform.volumes(), self._platform.secrets())
        return sites

    def _running(self) -> Supervisor:
        return while_running(self._supervisor)


def _make_state(ledger: Ledger) -> Path:
    state = ledger.make_folder(parent_of_state())
    for name in ("run", "tmp", "volumes", "groups"):
        (state / name).mkdir(mode=0o700)
    return state


SUBSTRATE = EmbeddedSubstrate
