"""Reserved ports: nobody else gets one, and a service can listen on it, again and again."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from environments.embedded.ports import LOOPBACK, Ports, accepts

OTHER_PROCESS = """
import socket, sys
sockets = [socket.socket() for _ in range(2000)]
for each in sockets:
    if len(sys.argv) > 1:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
"""


@pytest.fixture
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.release()


@pytest.mark.parametrize("arguments", [[], ["reuse"]], ids=["plain", "with SO_REUSEADDR"])
def test_nobody_who_asks_for_a_free_port_gets_a_reserved_one(ports: Ports, arguments: list[str]) -> None:
    reserved = {ports.reserve() for _ in range(500)}
    assert len(reserved) == 500
    given = subprocess.run([sys.executable, "-c", OTHER_PROCESS, *arguments], capture_output=True, text=True, check=True).stdout
    assert not reserved & {int(port) for port in given.split()}


def test_nobody_without_the_option_can_take_a_reserved_port(ports: Ports) -> None:
    with socket.socket() as thief, pytest.raises(OSError, match="already in use"):
        thief.bind((LOOPBACK, ports.reserve()))


def test_a_service_can_listen_on_a_reserved_port_again_and_again(ports: Ports) -> None:
    port = ports.reserve()
    for _ in range(3):
        assert not accepts(port)
        # create_server sets SO_REUSEADDR, as asyncio, uvicorn, werkzeug and MariaDB do
        with socket.create_server((LOOPBACK, port)):
            assert accepts(port)


def test_a_released_port_is_free() -> None:
    ports = Ports()
    port = ports.reserve()
    ports.release()
    with socket.socket() as anybody:
        anybody.bind((LOOPBACK, port))
