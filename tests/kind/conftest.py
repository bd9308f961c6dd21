"""A cluster to test with, made once for all tests; where there can be none, what needs it is skipped, and says so."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import ledger
from environments.cluster.api import Api
from environments.compose.engine import Engine
from environments.compose.settings import ComposeSettings
from environments.errors import SubstrateError
from environments.kind import programs
from environments.kind.cluster import kept_folder, kept_name
from environments.kind.settings import KindSettings
from environments.kind.substrate import KindSubstrate
from environments.platform import Platform
from tests.compose.platform import Small

NODES = "kindest/node"


def _why_no_cluster() -> str | None:
    if not programs.installed():
        return programs.NO_KIND
    try:
        engine = Engine()
        engine.check()
        settings = KindSettings.from_environment()
    except SubstrateError as error:
        return str(error)
    for image in (settings.node_image or NODES, ComposeSettings.from_environment().base_image):
        if not engine.api.images(name=image):
            return f"there is no image {image}"
    return None


@pytest.fixture(scope="session")
def kept_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a cluster that the runs of all tests share; no test sees the user's runs and clusters."""
    if reason := _why_no_cluster():
        pytest.skip(f"NOT TESTED, since this machine can make no cluster: {reason}")
    folder = tmp_path_factory.mktemp("ledger") / "runs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ledger.FOLDER_VARIABLE, str(folder))
        patch.setenv("RINGMASTER_KIND_WORKERS", "0")
        name = kept_name(KindSettings.from_environment())
        try:
            yield kept_folder() / name / "kubeconfig"
        finally:
            programs.kind("", "delete", "cluster", "--name", name)


@pytest.fixture(scope="module")
def running(kept_cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KindSubstrate]:
    """The small platform, running."""
    substrate = small(new_run(), tmp_path_factory.mktemp("logs"))
    substrate.start()
    yield substrate
    substrate.stop()


def small(run: str, logs: Path, platform: Platform | None = None) -> KindSubstrate:
    """The small platform, or another one, on the shared cluster; not started yet."""
    return KindSubstrate(platform or Small({}), run_id=run, logs_folder=logs, deadline_factor=4, keep_cluster=True)


def new_run() -> str:
    """A name for a run that nobody else has."""
    return f"e2e-test-{secrets.token_hex(4)}"


def of_run(kubeconfig: Path, run_id: str) -> list[str]:
    """The namespaces and volumes of a run."""
    core = Api.by_kubeconfig(kubeconfig).core
    selector = f"ringmaster.run={run_id}"
    found = [*core.list_namespace(label_selector=selector).items, *core.list_persistent_volume(label_selector=selector).items]
    return [each.metadata.name for each in found]
