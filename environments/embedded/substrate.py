"""The embedded substrate: the platform as local processes, in seconds, on any Linux machine with Python."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from environments.embedded import log_files
from environments.embedded.mending import put_right
from environments.embedded.node import Node
from environments.embedded.ports import Ports
from environments.embedded.requirements import requirements
from environments.embedded.state_folder import parent_of_state
from environments.embedded.supervisor import BASE, CENTRAL, Supervisor
from environments.ledger import Ledger
from environments.platforms.tracebloc.database import MariaDatabase, find_programs
from environments.platforms.tracebloc.edge import EdgeMaker
from environments.platforms.tracebloc.services import (
    ACCESS_KEY,
    BUCKET,
    PRELOADED_FOR_AVERAGING,
    PRELOADED_FOR_BACKEND,
    PRELOADED_FOR_EDGES,
    PRELOADED_FOR_PODS,
    CentralAddresses,
    Service,
    averaging_service,
    backend,
    base_services,
    surroundings,
)
from environments.platforms.tracebloc.training import confinement, isolation
from environments.processes.client import Processes, ProcessesError
from environments.processes.launch import RunningForkServer
from environments.processes.mounts import why_not
from environments.requirements import Requirement, refuse_unmet
from environments.substrate import Faults, InstallRequest, Platform, SecureEnvironment, Substrate, SubstrateError, SubstrateSettings

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
CAPABILITIES = frozenset({"processes", "installer.contract", "faults.process", "faults.pause", "faults.egress", "faults.service-bus"})
LEFT_OUT = {
    "cluster": "the embedded substrate runs pods as local processes, not on a Kubernetes cluster",
    "network-policy": "local processes have no network policy that could hold them back",
    "installer": "the one-line installer makes a k3d cluster, which needs Docker; embedded keeps its stages only (installer.contract), and "
    "its scripts can be run with stand-in tools (installer.scripts)",
    "azure": "the embedded substrate has its own Service Bus and object store, not Azure's",
    "confinement": "this kernel lacks what holds uploaded models back here: Landlock, seccomp and namespaces for users without rights",
    "faults.network": "all services share one loopback interface, so no single connection can be cut or slowed down",
    "mysql": "no MariaDB server program is installed on this machine, or the setting `ingestor` is reference",
}


class EmbeddedSubstrate(Substrate):
    """See `environments.substrate.Substrate`. `phases` tells how many seconds after the start each part of it was done."""

    name = "embedded"
    # the node's libraries, on two cores
    loading_seconds = 3.0

    def __init__(self, settings: SubstrateSettings, *, run_id: str, logs_folder: Path) -> None:
        self._settings = settings
        self._run_id = run_id
        self._logs_folder = logs_folder
        self._programs = None if settings.ingestor == "reference" else find_programs()
        confined = confinement.can_confine() and isolation.can_enter_namespaces()
        found = {"mysql": bool(self._programs), "pod-mounts": why_not() is None, "confinement": confined}
        self.capabilities = CAPABILITIES | {name for name, there in found.items() if there}
        self.phases: dict[str, float] = {}
        self._began = 0.0
        self._ports = Ports()
        self._ledger: Ledger | None = None
        self._fork_server: RunningForkServer | None = None
        self._supervisor: Supervisor | None = None
        self._database: MariaDatabase | None = None
        self._node: Node | None = None
        self._edges: EdgeMaker | None = None
        self._central: CentralAddresses | None = None

    def start(self) -> Platform:
        """Start the platform's services and wait until they are ready; if one fails, all are stopped again."""
        if self._ledger is not None:
            raise SubstrateError("the embedded substrate runs already")
        refuse_unmet(self.requirements(), self.name)
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def requirements(self) -> list[Requirement]:
        """What it needs of this machine, and what makes it able to do more."""
        return requirements(self._settings.ingestor)

    def stop(self) -> None:
        """Stop and remove everything that was started; idempotent, also after a start that failed."""
        if self._edges is not None:
            self._edges.stop_all()
        if self._node is not None:
            self._node.stop()
        if self._supervisor is not None:
            self._supervisor.stop_all()
        if self._fork_server is not None:
            self._fork_server.stop()
        if self._database is not None:
            self._database.settle()
        self._ports.release()
        if self._ledger is not None:
            self._ledger.close()
        self._edges = self._node = self._supervisor = self._fork_server = self._database = self._ledger = None

    def kill(self) -> None:
        """End everything at once: all processes are killed, all folders removed."""
        if self._ledger is not None:
            self._ledger.close()
        self.stop()

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """Kill the services and pods of the clients that a killed process of this run had installed; see `Substrate.clean_up_after`."""
        if self._supervisor is None or self._node is None or self._central is None:
            return []
        clients = {name.partition("-")[2] for name in self._supervisor.kill_those_of(process)}
        for client in clients:
            self._node.kill_pods_of(client)
        return put_right(self._supervisor, self._central, self._ready_seconds()) if alone else []

    def services(self) -> list[str]:
        """The names of the services, in the order they were started; an edge's are `<service>-<client id>`."""
        return self._running().services()

    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given; kept when the substrate has stopped."""
        file = self._logs_folder / f"{service}.log"
        if not file.exists():
            known = ", ".join(sorted(entry.stem for entry in self._logs_folder.glob("*.log"))) or "none"
            raise SubstrateError(f"there is no log of a service '{service}'; there are: {known}")
        return log_files.read(file, since)

    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""
        return self._running().faults(service, self._ready_seconds())

    def check(self) -> list[SubstrateError]:
        """What died by itself: services, and the two servers that they and the pods are forked from."""
        if self._supervisor is None or self._fork_server is None or self._node is None:
            return []
        gone: list[SubstrateError] = []
        for server in (self._fork_server, self._node):
            if server.exit_code is not None:
                last_lines = "\n  | ".join(log_files.last_lines(server.log))
                gone.append(SubstrateError(f"{server.log.stem} died with exit code {server.exit_code}: {last_lines}"))
        return [*gone, *(self._supervisor.deaths() if self._fork_server.exit_code is None else [])]

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these: its name, exit code and last log lines."""
        return [str(death) for death in self.check() if getattr(death, "service", None) not in besides]

    def install_client(self, request: InstallRequest) -> SecureEnvironment:
        """Install the client of a registered secure environment; raises InstallationFailed or ClientEnvironmentRefused."""
        if self._edges is None:
            raise SubstrateError("the platform does not run: start it first")
        return self._edges.install(request)

    def start_beside(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> None:
        """Start a Python module, forked from the node, which has loaded torch already; see `Substrate.start_beside`."""
        if self._node is None:
            raise SubstrateError("the platform does not run: start it first")
        self._node.start_beside(module, arguments, variables, folder)

    def left_out(self, capability: str) -> str:
        """Why this substrate lacks a capability, in one plain sentence."""
        if capability == "pod-mounts" and (reason := why_not()) is not None:
            return f"no process can have mounts of its own here ({reason}), so pods see the shared volume elsewhere than at /data/shared"
        return LEFT_OUT.get(capability, f"the embedded substrate knows no capability '{capability}'")

    def _start(self) -> Platform:
        self._began = time.monotonic()
        self._logs_folder.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger.open(self._run_id)
        state = self._make_state(self._ledger)
        central = self._central = self._addresses(state)
        fork_log = self._logs_folder / "fork-server.log"
        self._fork_server = RunningForkServer(state / "run" / "services.sock", fork_log, run_id=self._run_id)
        self._ledger.record_process("fork-server", self._fork_server.pid)
        self._supervisor = Supervisor(self._fork_server.processes, self._logs_folder, state / "run", self._ledger)
        self._phase("fork server started")
        base = base_services(central)
        self._supervisor.start(base, BASE, at_once=True)
        self._phase("service bus and object store started")
        # early, since it takes longest to load what it needs, and with less claim to the processor than what is waited for
        self._node = Node(state, self._logs_folder / "node.log", self._run_id, self._ledger, PRELOADED_FOR_PODS)
        self._start_central(base, central)
        self._edges = EdgeMaker(central, self._supervisor, self._node, self._database, self._ports, self._ready_seconds())
        preload_in_background(self._fork_server.processes, PRELOADED_FOR_EDGES)
        self._phase("node started")
        return self._platform(central)

    def _start_central(self, base: list[Service], central: CentralAddresses) -> None:
        supervisor = self._running()
        averaging, api = averaging_service(central), backend(central)
        for service, modules in ((averaging, PRELOADED_FOR_AVERAGING), (api, PRELOADED_FOR_BACKEND)):
            supervisor.processes.preload(modules)
            self._phase(f"preloaded for {service.name}")
            supervisor.start([service], CENTRAL)
        # only now: its installation would take the processor from what everybody waits for
        self._begin_database(central)
        for service in [*base, api, averaging]:
            supervisor.wait_until_ready([service], self._ready_seconds())
            self._phase(f"{service.name} ready")

    def _make_state(self, ledger: Ledger) -> Path:
        other_user = self._programs is not None and os.geteuid() == 0
        state = ledger.make_folder(parent_of_state(for_another_user=other_user))
        for name in ("run", "tmp", "edges", "objects", "mail", "mail/cur", "mail/new", "mail/tmp"):
            (state / name).mkdir(mode=0o700)
        return state

    def _addresses(self, state: Path) -> CentralAddresses:
        return CentralAddresses(
            state=state,
            backend_port=self._ports.reserve(),
            service_bus_port=self._ports.reserve(),
            service_bus_control_port=self._ports.reserve(),
            object_store_port=self._ports.reserve(),
            service_bus_key=SecretStr(secrets.token_urlsafe(32)),
            object_store_secret_key=SecretStr(secrets.token_urlsafe(32)),
            sabotage=self._settings.sabotage,
        )

    def _begin_database(self, central: CentralAddresses) -> None:
        if self._programs is not None:
            environment = surroundings(central)
            self._database = MariaDatabase(self._programs, central.state, self._ports.reserve(), self._running(), environment)
            self._database.begin(self._ready_seconds())

    def _platform(self, central: CentralAddresses) -> Platform:
        return Platform(
            backend_url=central.backend_url,
            service_bus_connection_string=central.service_bus_connection_string,
            object_store_url=central.object_store_url,
            object_store_bucket=BUCKET,
            object_store_access_key=ACCESS_KEY,
            object_store_secret_key=central.object_store_secret_key,
            service_bus_control_url=central.service_bus_control_url,
            mail_folder=central.mail_folder,
            ready_seconds=time.monotonic() - self._began,
        )

    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise SubstrateError("the platform does not run: start it first")
        return self._supervisor

    def _ready_seconds(self) -> float:
        return READY_SECONDS * self._settings.deadline_factor

    def _phase(self, name: str) -> None:
        self.phases[name] = time.monotonic() - self._began
        log.info("%.2f s: %s", self.phases[name], name)


def preload_in_background(processes: Processes, modules: tuple[str, ...]) -> None:
    """Ask for a preload and do not wait for it."""

    def preload() -> None:
        try:
            processes.preload(modules)
        except ProcessesError:
            # stopped before it was done
            return

    threading.Thread(target=preload, name="preload", daemon=True).start()
