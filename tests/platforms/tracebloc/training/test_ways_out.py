"""None of the ways out of the sandbox leads anywhere: each is tried by a model file that is trained like any other."""

import json
import os
import socket
from collections.abc import Iterator

import pytest

from environments.platforms.tracebloc.training import confinement, isolation
from environments.processes.client import Processes
from environments.processes.launch import RunningForkServer
from tests.platforms.tracebloc.training.test_sandbox import told
from tests.platforms.tracebloc.training.ways_out import LIMITS, WAYS_OUT, model_file

pytestmark = pytest.mark.skipif(
    not (confinement.can_confine() and isolation.can_enter_namespaces()), reason="this kernel cannot confine a model"
)
MEMORY = 300 << 20


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    folder = tmp_path_factory.mktemp("node")
    server = RunningForkServer(folder / "run" / "node.sock", folder / "node.log", name="node")
    yield server.processes
    server.stop()


@pytest.fixture(scope="module")
def outcomes(node: Processes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("model")
    other = tmp_path_factory.mktemp("other") / "table.csv"
    other.write_text("a row of somebody else\n")
    # not a real one, which would suffer where nothing stops the model
    library = tmp_path_factory.mktemp("library") / "library.py"
    library.touch()
    abstract = f"\0ways-out-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as network, socket.socket(socket.AF_UNIX) as unnamed:
        unnamed.bind(abstract)
        unnamed.listen()
        targets = {"node_socket": str(node.socket_path), "abstract_socket": abstract, "port": network.getsockname()[1]}
        targets |= {"pod": os.getpid(), "other_file": str(other), "memory": 2 * MEMORY, "library": str(library)}
        file = model_file(WAYS_OUT, os.uname().machine, **targets)
        found: dict[str, str] = json.loads(told(file, folder, readable=[library.parent], memory_bytes=MEMORY, folder_bytes=64 << 20))
    return found


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_leads_out(way: str, outcomes: dict[str, str]) -> None:
    assert outcomes[way].startswith(("refused", "nothing")), outcomes[way]


@pytest.mark.parametrize("way", sorted(set(WAYS_OUT) - set(LIMITS)))
def test_a_way_is_closed_by_the_kernel_and_not_by_a_slip_in_the_attempt(way: str, outcomes: dict[str, str]) -> None:
    if outcomes[way].startswith("refused"):
        assert any(f": [Errno {number}]" in outcomes[way] for number in (1, 2, 13, 18, 30, 38)), outcomes[way]


def test_the_ways_are_forty_at_least() -> None:
    assert len(WAYS_OUT) >= 40
