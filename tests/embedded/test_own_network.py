"""Services that listen on a fixed port, on all interfaces: harmless in a network of their platform's own."""

import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from environments.embedded.ports import LOOPBACK, accepts
from environments.embedded.substrate import EmbeddedSubstrate
from environments.platform import Platform
from environments.processes.network import OwnNetwork
from environments.services import Program, ServiceSpec
from environments.substrate import Substrate

LISTENS = """
import os, pathlib, socket, time
listening = socket.create_server((os.environ["INTERFACE"], int(os.environ["LISTENS_ON"])))
pathlib.Path(os.environ["READY_FILE"]).touch()
while True:
    listening.accept()[0].close()
"""


def listening(interface: str, port: int) -> dict[str, str]:
    return {"INTERFACE": interface, "LISTENS_ON": str(port)}


class Careless(Platform):
    """A platform whose service chooses its port itself."""

    name = "careless"
    fixed = 0

    def services(self) -> Sequence[ServiceSpec]:
        """Two: one on a port of ours."""
        program = Program((sys.executable, "-c", LISTENS))
        return (
            ServiceSpec("careless", program, lambda _site: listening("0.0.0.0", self.fixed), ports=()),  # noqa: S104
            ServiceSpec("careful", program, lambda site: listening(site.host(), site.port()), ready_port="http"),
        )

    def needs_own_network(self) -> bool:
        """It does."""
        return True

    def new_scene(self, substrate: Substrate, folder: Path) -> NoReturn:
        """No scenario runs on it."""
        raise NotImplementedError


@pytest.fixture
def network() -> OwnNetwork:
    """One, where the kernel lets us."""
    made = OwnNetwork.make()
    if made is None:
        pytest.skip("NOT TESTED, since the kernel lets this user make no network")
    return made


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port that the service wants, which somebody on this machine has."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        monkeypatch.setattr(Careless, "fixed", listening.getsockname()[1])
        yield Careless.fixed


def started(tmp_path: Path, number: int, *, open_to_all: bool = False) -> EmbeddedSubstrate:
    substrate = EmbeddedSubstrate(Careless({}), run_id=f"run-{number}", logs_folder=tmp_path / f"logs-{number}", deadline_factor=10.0)
    substrate.open_to_all = open_to_all
    substrate.start()
    return substrate


def test_two_platforms_with_the_same_fixed_port_run_beside_each_other(network: OwnNetwork, taken: int, tmp_path: Path) -> None:
    network.close()
    one, other = started(tmp_path, 1), started(tmp_path, 2)
    try:
        for each in (one, other):
            port = each.address("careful").port
            assert not accepts(port)
            with each.network():
                assert accepts(port)
                assert accepts(taken)
                each.faults("careful").kill()
                assert not accepts(port)
                each.faults("careful").start()
            each.wait_until_ready("careful")
        assert one.deaths() == other.deaths() == []
    finally:
        one.stop()
        other.stop()


def test_what_is_kept_for_people_is_on_the_network_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Careless, "fixed", free_port())
    kept = started(tmp_path, 1, open_to_all=True)
    try:
        assert accepts(kept.address("careful").port)
    finally:
        kept.stop()


def test_without_the_right_to_make_a_network_the_one_of_this_machine_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Careless, "fixed", free_port())
    monkeypatch.setattr(OwnNetwork, "make", lambda: None)
    there = started(tmp_path, 1)
    try:
        assert accepts(there.address("careful").port)
    finally:
        there.stop()


def test_whoever_leaves_a_network_is_back_where_they_were(network: OwnNetwork) -> None:
    with socket.create_server((LOOPBACK, 0)) as listening:
        port = listening.getsockname()[1]
        with network.entered():
            assert not accepts(port)
            with network.entered():
                assert not accepts(port)
        assert accepts(port)
    network.close()


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
