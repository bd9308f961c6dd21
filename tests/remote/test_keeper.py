"""What `ringmaster up` writes down of a platform: its services as they run there, which may be others than elsewhere."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from environments.errors import SubstrateError
from environments.ledger import FOLDER_VARIABLE
from environments.platform import RunningPlatform
from environments.remote.keeper import begin_logs, described, keep_in_background, logs_of
from environments.services import Address, Program, ServiceSpec, Volume
from environments.substrate import Substrate
from tests.remote.shop import Shop

TILL = ServiceSpec("till", Program(("till",)), lambda _site: {}, ports=("http",), volumes=(Volume("receipts"),), secrets=("till-password",))


class Containers(Substrate):
    """A substrate on which the till has a volume and a secret that it has nowhere else."""

    name = "compose"
    specs = (TILL,)

    def volume(self, name: str) -> Path:
        """See the base class."""
        return Path({"receipts": "/volumes/receipts"}[name])

    def secret(self, name: str) -> str:
        """See the base class."""
        return {"till-password": "a-password"}[name]

    def address(self, service: str, port: str = "http") -> Address:
        """See the base class."""
        return {("till", "http"): Address("127.0.0.1", 8080)}[service, port]


@pytest.fixture
def substrate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Substrate:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    Containers.__abstractmethods__ = frozenset()
    made: type[Substrate] = Containers
    return made()


def test_it_is_described_as_it_runs_there(substrate: Substrate) -> None:
    found = described("local", Shop({}), substrate)
    assert found.volumes == {"receipts": Path("/volumes/receipts")}
    assert found.secrets == {"till-password": "a-password"}
    assert found.addresses == {("till", "http"): Address("127.0.0.1", 8080)}


def test_secrets_that_a_service_has_there_alone_stand_in_no_report(substrate: Substrate) -> None:
    assert list(RunningPlatform(Shop({}), substrate).known_secrets()) == ["a-password"]


def test_logs_of_an_earlier_platform_are_not_taken_for_those_of_the_new_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    begin_logs("local")
    (logs_of("local") / "till.log").write_text("sold out")
    begin_logs("local")
    assert list(logs_of("local").iterdir()) == []


def test_a_folder_for_logs_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "taken" / "runs"))
    with pytest.raises(
        SubstrateError, match=r"taken/deployments/local-logs cannot be used \(Not a directory\): set RINGMASTER_LEDGER_FOLDER"
    ):
        begin_logs("local")


def keep(substrate: Substrate, start: Callable[[], None]) -> tuple[list[str], str]:
    """What is said while it starts, and the problem in the end."""
    said: list[str] = []
    substrate.__dict__.update(start=start, stop=lambda: logging.getLogger("environments.compose").warning("removing ..."))
    with pytest.raises(SubstrateError) as raised:
        keep_in_background("local", "up-local-1", Shop({}), substrate, said.append)
    return said, str(raised.value)


def test_what_takes_long_is_said_while_it_starts_and_the_problem_in_the_end(substrate: Substrate) -> None:
    def start() -> None:
        logging.getLogger("environments.compose").warning("building the %s ...", "image")
        logging.getLogger("somebody.else").warning("not our business")
        raise SubstrateError("no room is left")

    assert keep(substrate, start) == (["building the image ..."], "no room is left")


def test_a_keeper_that_dies_is_told_though_it_said_what_it_did(substrate: Substrate) -> None:
    def start() -> None:
        logging.getLogger("environments.compose").warning("building ...")
        os._exit(1)

    said, problem = keep(substrate, start)
    assert said == ["building ..."]
    assert problem.startswith("the process that keeps 'local' died; what it wrote is in ")
