"""Faults of the network between containers, with a real Docker: each is seen by one who calls, and is over once it is healed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from environments.compose.engine import Engine
from environments.compose.substrate import ComposeSubstrate
from environments.embedded.local import while_running
from environments.services import Program, ServiceSpec
from environments.substrate import NetworkFaults
from tests.compose.conftest import new_run
from tests.compose.platform import BUS, Small

ASK = """
import socket, sys, time
began = time.monotonic()
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as connection:
        connection.sendall(b"AMQP\\x03\\x01\\x00\\x00")
        print("answered" if connection.recv(4) else "closed", time.monotonic() - began)
except ConnectionRefusedError:
    print("refused", 0)
except OSError:
    print("nothing", 0)
"""
CALLER = ServiceSpec("caller", Program(("sh", "-c", 'touch "$READY_FILE"; exec sleep 600')), lambda _site: {}, ports=())


class Calling(Small):
    """The Service Bus, and one from where it can be called."""

    listed = (BUS, CALLER)


@pytest.fixture(scope="module")
def platform(engine: Engine, own_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeSubstrate]:
    """It, running."""
    substrate = ComposeSubstrate(Calling({}), run_id=new_run(), logs_folder=tmp_path_factory.mktemp("logs"))
    substrate.start()
    yield substrate
    substrate.stop()


@pytest.fixture
def faults(platform: ComposeSubstrate) -> Iterator[NetworkFaults]:
    """Faults, which are over after the test."""
    assert platform.why_missing("faults.network") is None
    assert _ask(platform)[0] == "answered"
    made = platform.network_faults()
    yield made
    # what others did is left alone, and so are they
    platform.network_faults().heal()
    made.heal()
    assert _ask(platform)[0] == "answered"


@pytest.mark.parametrize(
    ("do", "seen"),
    [
        (lambda faults: faults.cut("caller", "bus"), "nothing"),
        (lambda faults: faults.cut("bus", "caller"), "nothing"),
        (lambda faults: faults.refuse("caller", "bus"), "refused"),
        (lambda faults: faults.lose("caller", "bus", 1.0), "nothing"),
        (lambda faults: faults.lose_answers("caller", "bus"), "nothing"),
        (lambda faults: faults.disconnect("bus"), "nothing"),
    ],
    ids=["cut", "cut the other way", "refuse", "lose", "lose answers", "disconnect"],
)
def test_a_fault_between_two_services_is_seen_until_it_is_healed(
    platform: ComposeSubstrate, faults: NetworkFaults, do: Callable[[NetworkFaults], None], seen: str
) -> None:
    do(faults)
    assert _ask(platform)[0] == seen


def test_delayed_connections_carry_everything_that_much_later(platform: ComposeSubstrate, faults: NetworkFaults) -> None:
    faults.delay("caller", "bus", 0.3)
    answer, seconds = _ask(platform)
    assert answer == "answered"
    assert 0.6 <= seconds < 1.9


def test_who_heals_ends_only_own_faults(platform: ComposeSubstrate, faults: NetworkFaults) -> None:
    faults.cut("caller", "bus")
    others = platform.network_faults()
    others.delay("caller", "bus", 0.1)
    others.heal()
    assert _ask(platform)[0] == "nothing"
    others.delay("caller", "bus", 0.1)
    faults.heal()
    answer, seconds = _ask(platform)
    others.heal()
    assert (answer, seconds >= 0.2) == ("answered", True)


def test_the_faults_of_a_killed_worker_are_healed(platform: ComposeSubstrate, faults: NetworkFaults) -> None:
    faults.cut("caller", "bus")
    # as another process would, which knows nothing of what the killed one did
    platform.clean_up_after(1, alone=True)
    assert _ask(platform)[0] == "answered"


def _ask(substrate: ComposeSubstrate) -> tuple[str, float]:
    """What the caller gets of the bus: answered, closed, refused or nothing; and after how many seconds."""
    identity = next(seen.identity for seen in substrate._running().seen() if seen.service == "caller")
    address = while_running(substrate._maker).network.address_of(substrate._known_sites().first_port("bus"))
    port = str(substrate.address("bus", "amqp").port)
    word, seconds = substrate._engine.run("exec", identity, "python3", "-c", ASK, address, port).split()
    return word, float(seconds)
