"""The secure environments of the embedded substrate: each one a folder, a database and five services."""

import contextlib
import secrets
import string
import threading
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from environments.embedded.node import Node, NodeCluster
from environments.embedded.ports import Ports
from environments.embedded.supervisor import EDGE, Supervisor
from environments.platforms.tracebloc.database import MariaDatabase, sqlite_database
from environments.platforms.tracebloc.egress_proxy.faults import Fault, Faults
from environments.platforms.tracebloc.installation import Installation
from environments.platforms.tracebloc.services import CentralAddresses, EdgeAddresses, Service, edge_services
from environments.substrate import DATABASE_SERVICE, InstallRequest, SecureEnvironment, SubstrateError

SIGNING_SECRET_LENGTH = 48
"""Source: tracebloc client chart 1.9.62 (POD_TOKEN_SIGNING_SECRET: 48 letters and digits)."""


class EdgeMaker:
    """Installs clients, and stops them."""

    def __init__(
        self,
        central: CentralAddresses,
        supervisor: Supervisor,
        node: Node,
        database: MariaDatabase | None,
        ports: Ports,
        ready_seconds: float,
    ) -> None:
        self._central = central
        self._supervisor = supervisor
        self._node = node
        self._database = database
        self._ports = ports
        self._ready_seconds = ready_seconds
        self._lock = threading.Lock()
        self._installed: dict[str, Edge] = {}
        self._database_urls: dict[str, SecretStr] = {}

    def install(self, request: InstallRequest) -> SecureEnvironment:
        """Go through the installer's stages; whatever was started is stopped when one fails. See `Substrate.install_client`."""
        installation = Installation(request)
        with self._lock:
            if request.client_id in self._installed:
                raise SubstrateError(f"the client {request.client_id} is installed already: stop it first")
            edge = self._installed[request.client_id] = Edge(self._supervisor, self._node, request.client_id)
        try:
            return self._install(installation, edge)
        except BaseException:
            self._stop(edge)
            raise

    def stop_all(self) -> None:
        """Uninstall every client."""
        for edge in reversed(list(self._installed.values())):
            self._stop(edge)

    def _install(self, installation: Installation, edge: "Edge") -> SecureEnvironment:
        backend_url = self._central.backend_url
        addresses = installation.preflight(backend_url, lambda: self._addresses(installation))
        installation.leave_out("prerequisites")
        installation.leave_out("cluster")
        installation.register(backend_url)
        services = edge_services(self._central, addresses, installation.request.services)
        installation.run("helm", lambda: edge.start(services, self._ready_seconds))
        installation.run("connect", edge.check)
        return SecureEnvironment(
            client_id=addresses.client_id,
            database_url=addresses.database_url,
            jobs_manager_url=f"http://127.0.0.1:{addresses.jobs_manager_port}",
            requests_proxy_url=f"http://127.0.0.1:{addresses.requests_proxy_port}",
            pod_token_signing_secret=addresses.pod_token_signing_secret,
            ingestion_token=addresses.ingestion_token,
            shared_folder=addresses.shared_folder,
            shared_mount=addresses.shared_mount,
            ingestor=_described(addresses),
            stages=installation.stages,
            cluster=edge.cluster,
            egress=FaultyEgress(addresses.egress_faults_file, addresses.ca_file),
            _stop=lambda: self._stop(edge),
        )

    def _stop(self, edge: "Edge") -> None:
        with self._lock:
            if self._installed.get(edge.client_id) is edge:
                edge.stop()
                del self._installed[edge.client_id]

    def _addresses(self, installation: Installation) -> EdgeAddresses:
        request = installation.request
        if self._database is None and DATABASE_SERVICE in request.services:
            raise SubstrateError("a SQLite file has no address that could be away: this needs MariaDB")
        folder = self._central.state / "edges" / request.client_id
        # a client that is installed again finds its data, as on a cluster, whose volumes are kept
        for path in (folder, folder / "shared", folder / "pods"):
            path.mkdir(mode=0o700, exist_ok=True)
        return EdgeAddresses(
            folder=folder,
            client_env=installation.client_env,
            client_id=request.client_id,
            client_password=request.client_password,
            ingestor="reference" if self._database is None else "tracebloc-ingest",
            database_url=self._database_url(request.client_id),
            node_socket=self._node.socket_path,
            jobs_manager_port=self._ports.reserve(),
            requests_proxy_port=self._ports.reserve(),
            egress_proxy_port=self._ports.reserve(),
            mysql_client_port=self._ports.reserve(),
            pod_token_signing_secret=SecretStr(_letters_and_digits(SIGNING_SECRET_LENGTH)),
            ingestion_token=SecretStr(secrets.token_urlsafe(32)),
            training_resources=request.training_resources,
            ingestion_read_seconds=request.ingestion_read_seconds,
        )

    def _database_url(self, client_id: str) -> SecretStr:
        if self._database is None:
            return sqlite_database(self._central.state / "edges" / client_id)
        if client_id not in self._database_urls:
            self._database_urls[client_id] = self._database.create()
        return self._database_urls[client_id]


class Edge:
    """What runs for one secure environment."""

    def __init__(self, supervisor: Supervisor, node: Node, client_id: str) -> None:
        self.client_id = client_id
        self.cluster = NodeCluster(node.processes, client_id)
        self._supervisor = supervisor
        self._services: list[Service] = []

    def start(self, services: list[Service], ready_seconds: float) -> str:
        """Start the services and wait until they are ready; raises SubstrateError."""
        self._services = services
        self._supervisor.start(services, EDGE)
        self._supervisor.wait_until_ready(services, ready_seconds)
        return f"{len(services)} services started"

    def check(self) -> str:
        """Raise SubstrateError if one of the services has died since it was ready."""
        for death in self._supervisor.deaths():
            if death.service in {service.name for service in self._services}:
                raise death
        return "all services are ready"

    def stop(self) -> None:
        """Kill the services, then the pods: nobody needs an orderly end of what is over. Idempotent."""
        self._supervisor.stop(self._services, grace_seconds=0)
        with contextlib.suppress(SubstrateError):
            self.cluster.remove_all(keep_logs_in=self._supervisor.logs_folder / "pods")


class FaultyEgress:
    """What can go wrong on the way to the platform (see `environments.substrate.Egress`)."""

    def __init__(self, faults_file: Path, ca_file: Path) -> None:
        self._faults = Faults(faults_file)
        self._ca_file = ca_file

    def fail_registrations(self, *statuses: int) -> None:
        """The next registrations of datasets do not arrive; each is answered with one of these HTTP statuses."""
        self._faults.add(*(Fault(kind="answer", status=status) for status in statuses))

    def lose_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers do not come back."""
        self._faults.add(*[Fault(kind="lose the answer")] * times)

    def keep_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers are waited for in vain."""
        self._faults.add(*[Fault(kind="keep the answer")] * times)

    def be_distrusted(self) -> None:
        """From now on ingestions trust another certificate authority than the one that vouches for the platform."""
        import trustme

        trustme.CA().cert_pem.write_to_path(str(self._ca_file))


def _described(
    addresses: EdgeAddresses,
) -> Literal["tracebloc-ingest on MariaDB", "reference ingestor on SQLite"]:
    return "reference ingestor on SQLite" if addresses.ingestor == "reference" else "tracebloc-ingest on MariaDB"


def _letters_and_digits(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
