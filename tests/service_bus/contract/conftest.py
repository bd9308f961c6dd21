import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.servicebus.management import ServiceBusAdministrationClient

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target, emptied, target_from_environment


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ours_only(reason): cannot be done with the real service or Microsoft's emulator")
    config.addinivalue_line("markers", "not_on_emulator(reason): Microsoft's emulator does not have it")


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = target_from_environment(tmp_path_factory.mktemp("bus"))
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _skip_what_does_not_fit(request: pytest.FixtureRequest, target: Target) -> None:
    if not target.is_ours and (marker := request.node.get_closest_marker("ours_only")):
        pytest.skip(f"only with our bus: {marker.args[0]}")
    if target.is_emulator and (marker := request.node.get_closest_marker("not_on_emulator")):
        pytest.skip(f"not with Microsoft's emulator: {marker.args[0]}")


@pytest.fixture(scope="session")
def background(target: Target) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as threads:
        yield threads


@pytest.fixture(params=["tcp", "wss"])
def transport(request: pytest.FixtureRequest, target: Target) -> str:
    if target.is_emulator and request.param == "wss":
        pytest.skip("Microsoft's emulator has no AMQP over WebSocket")
    return str(request.param)


@pytest.fixture
def handlers(target: Target, transport: str, background: ThreadPoolExecutor) -> Iterator[Handlers]:
    opened = Handlers(lambda: target.client(transport), background)
    yield opened
    opened.close()


@pytest.fixture
def administration(target: Target) -> Iterator[ServiceBusAdministrationClient]:
    options = {} if not target.is_ours else {"connection_verify": str(target.authority)}
    connection_string = target.client_options("wss")["conn_str"]
    with ServiceBusAdministrationClient.from_connection_string(connection_string, retry_total=0, **options) as opened:
        yield opened


@pytest.fixture
def unique() -> str:
    """A name that no other test uses."""
    return uuid.uuid4().hex[:12]


@pytest.fixture
def made(administration: ServiceBusAdministrationClient, unique: str) -> Iterator[str]:
    """The name of a queue, a topic or anything else that goes when the test does."""
    yield f"settings-{unique}"
    for name in [queue.name for queue in administration.list_queues() if unique in queue.name]:
        administration.delete_queue(name)
    for name in [topic.name for topic in administration.list_topics() if unique in topic.name]:
        administration.delete_topic(name)


@pytest.fixture
def queue(request: pytest.FixtureRequest, target: Target) -> str:
    """An empty queue whose messages are tried three times."""
    if target.is_ours:
        return "test-" + "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
    return emptied(target, "contract-plain")


@pytest.fixture
def short_lock_queue(target: Target) -> str:
    """An empty queue whose locks hold for `target.short_lock` seconds."""
    return emptied(target, "contract-short-locks")
