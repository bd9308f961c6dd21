"""A Docker to test with; where there is none, what needs it is skipped, and says so."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import ledger
from environments.compose.engine import Engine
from environments.compose.substrate import ComposeSubstrate
from environments.errors import SubstrateError
from tests.compose.platform import Small


def _why_no_docker() -> str | None:
    try:
        Engine().check()
    except SubstrateError as error:
        return str(error)
    return None


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Docker."""
    if reason := _why_no_docker():
        pytest.skip(f"NOT TESTED, since this machine has no Docker to use: {reason}")
    return Engine()


@pytest.fixture(scope="session")
def own_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test sees the user's runs."""
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ledger.FOLDER_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def running(engine: Engine, own_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeSubstrate]:
    """The small platform, running."""
    substrate = ComposeSubstrate(Small({}), run_id=new_run(), logs_folder=tmp_path_factory.mktemp("logs"))
    substrate.start()
    yield substrate
    substrate.stop()


def new_run() -> str:
    """A name for a run that nobody else has."""
    return f"e2e-test-{secrets.token_hex(4)}"


def of_run(engine: Engine, run_id: str) -> list[str]:
    """What Docker has of a run: containers, networks and volumes."""
    label = f"label=ringmaster.run={run_id}"
    listings = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
    return [found for listing in listings for found in engine.run(*listing, "--quiet", "--filter", label).split()]
