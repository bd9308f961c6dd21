import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service_bus.bus import TRANSPORTS, BusProcess, Handlers, running_bus

# the SDK's threads end late and would write into what pytest has closed
logging.getLogger("azure").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def bus() -> Iterator[BusProcess]:
    """Locks hold long, messages are tried three times."""
    with running_bus(max_delivery_count=3) as process:
        yield process


@pytest.fixture(scope="session")
def background(bus: BusProcess) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as threads:
        yield threads


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def handlers(bus: BusProcess, transport: str, background: ThreadPoolExecutor) -> Iterator[Handlers]:
    opened = Handlers(lambda: bus.client(transport), background)
    yield opened
    opened.close()


@pytest.fixture
def queue(request: pytest.FixtureRequest) -> str:
    """A queue of its own for each test."""
    return "test-" + "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
