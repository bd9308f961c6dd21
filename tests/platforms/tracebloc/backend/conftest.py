"""A real backend over a real Service Bus and a real object store, each a process or server of its own."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from moto.server import ThreadedMotoServer

from environments.platforms.tracebloc.backend.application import create_app, create_backend
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.common.http_server import serving
from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend
from tests.platforms.tracebloc.backend.servers import NewDatabase
from tests.platforms.tracebloc.backend.servers import server as database_server

BUCKET = "tracebloc"


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def run_service(module: str, folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a service and return it once it is ready; its log is in the folder."""
    ready = folder / "ready"
    everything = {"PATH": os.environ["PATH"], "READY_FILE": str(ready), **environment}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", module], stderr=log, stdout=log, env=everything)
    eventually(f"{module} to be ready", lambda: ready.exists() or process.poll() is not None, bool)
    assert process.poll() is None, (folder / "log").read_text()
    return process


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End services in order, all at once."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(10)


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """URL of a running object store that holds the bucket."""
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "tests")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "tests")
        boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield url
    server.stop()


def run_service_bus(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Start a Service Bus; returns its connection string."""
    port, key = free_port(), secrets.token_hex(16)
    environment = {"SERVICE_BUS_KEY": key, "SERVICE_BUS_PORT": str(port)}
    process = run_service("environments.service_bus", folder, environment)
    policy = f"SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={key}"
    return f"Endpoint=sb://127.0.0.1:{port};{policy};UseDevelopmentEmulator=true", process


class StartBackend(Protocol):
    """Starts a backend, on a database that is there or on a new one."""

    def __call__(self, database_url: str | None = None) -> RunningBackend:
        """Returns once it is ready."""
        ...


@pytest.fixture(scope="session")
def new_database() -> Iterator[NewDatabase]:
    """Makes databases of the kind that RINGMASTER_TEST_DATABASE names."""
    with database_server(os.environ.get("RINGMASTER_TEST_DATABASE", "sqlite"), free_port) as make:
        yield make


@pytest.fixture(scope="session")
def start_backend(object_store: str, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartBackend]:
    """Starts a backend with a Service Bus of its own."""
    processes: list[subprocess.Popen[bytes]] = []
    with ExitStack() as at_the_end:
        at_the_end.callback(end, processes)

        def start(database_url: str | None = None) -> RunningBackend:
            database = database_url or new_database()
            folder, port = tmp_path_factory.mktemp("backend"), free_port()
            bus, bus_process = run_service_bus(tmp_path_factory.mktemp("service_bus"))
            processes.append(bus_process)
            environment = {
                **{name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")},
                "HTTP_PORT": str(port),
                "DATABASE_URL": database,
                "MAIL_FOLDER": str(folder / "mail"),
                "SERVICE_BUS_CONNECTION_STRING": bus,
                "OBJECT_STORE_URL": object_store,
            }
            process = run_service("environments.platforms.tracebloc.backend", folder, environment)
            processes.insert(0, process)
            running = RunningBackend(f"http://127.0.0.1:{port}", folder, bus, process, bus_process, database)
            at_the_end.callback(running.close)
            return running

        yield start


@pytest.fixture(scope="session")
def backend(start_backend: StartBackend) -> RunningBackend:
    """The backend most tests share; each makes its own people and use cases on it."""
    return start_backend()


@pytest.fixture(scope="session")
def owner(backend: RunningBackend) -> Owner:
    """Somebody with two secure environments, each with rows to train and to test on."""
    return Owner(backend.person(), sites=2)


@pytest.fixture(scope="session")
def person(backend: RunningBackend) -> Person:
    """Somebody with an account, who owns nothing."""
    return backend.person()


@pytest.fixture(scope="session")
def stranger(backend: RunningBackend) -> Person:
    """Somebody else with an account, who owns nothing either."""
    return backend.person()


Variant = Callable[..., Person]


@pytest.fixture
def variant(backend: RunningBackend, object_store: str) -> Iterator[Variant]:
    """Lets somebody talk to a second instance of the backend, over the same database but with other settings, in this process."""
    with ExitStack() as at_the_end:

        def talk(person: Person, **changes: object) -> Person:
            settings = {
                "http_port": 0,
                "database_url": backend.database_url,
                "mail_folder": backend.folder / "mail",
                "service_bus_connection_string": backend.bus,
                "object_store_url": object_store,
                **changes,
            }
            other = create_backend(Settings.model_validate(settings))
            at_the_end.callback(other.database.close)
            at_the_end.callback(other.dispatch.close)
            port = free_port()
            at_the_end.enter_context(serving(create_app(other), "127.0.0.1", port))
            headers = {"Authorization": person.client.headers["authorization"]}
            return person.over(at_the_end.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers)))

        yield talk
