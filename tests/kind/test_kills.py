"""A run that is killed at any moment, again and again: after the next start nothing of it is left, and nobody else's is touched."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments.cluster.api import Api
from environments.kind import programs
from environments.kind.substrate import KindSubstrate
from environments.ledger import clean_up_left_overs
from tests.killing import kill_in_phase
from tests.kind.conftest import new_run, of_run, small

FOREIGN = "somebody-elses"
"""A namespace and what is in it."""
MOMENTS = {"cluster": (5.0, 40.0), "up": (0.2, 1.0, 4.0), "run": (0.0, 2.0, 5.0), "down": (0.0, 1.0)}
"""When a run is killed: so many seconds after the beginning of that, at most. Only the first phase makes a cluster of its own."""
RUN = """
import sys
from pathlib import Path
from environments.kind.making import Maker
from environments.kind.substrate import KindSubstrate
from tests.compose.platform import Small, group
run, logs, phase = sys.argv[1:]
if phase == "cluster":
    print("cluster", flush=True)
substrate = KindSubstrate(Small({}), run_id=run, logs_folder=Path(logs), deadline_factor=4, keep_cluster=phase != "cluster")
make_namespace = Maker.namespace
Maker.namespace = lambda *arguments: print("up", flush=True) or make_namespace(*arguments)
substrate.start()
print("run", flush=True)
while phase == "run":
    added = substrate.add_group(group("added"))
    added.start()
    added.remove()
print("down", flush=True)
substrate.stop()
print("ended", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def bystander(kept_cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KindSubstrate]:
    """A run beside the killed ones on the cluster that is kept, and a namespace of nobody's; nothing happens to either."""
    run = new_run()
    other = small(run, tmp_path_factory.mktemp("other"))
    other.start()
    core = Api.by_kubeconfig(kept_cluster).core
    core.create_namespace({"metadata": {"name": FOREIGN}})
    core.create_namespaced_config_map(FOREIGN, {"metadata": {"name": "theirs"}, "data": {"answer": "42"}})
    try:
        theirs = sorted(of_run(kept_cluster, run))
        yield other
        assert sorted(of_run(kept_cluster, run)) == theirs
        assert other.deaths() == []
        assert core.read_namespaced_config_map("theirs", FOREIGN).data == {"answer": "42"}
    finally:
        core.delete_namespace(FOREIGN)
        other.stop()


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize(("phase", "seconds"), [(phase, seconds) for phase, moments in MOMENTS.items() for seconds in moments])
def test_a_run_that_is_killed_at_any_moment_leaves_nothing_after_the_next_start(
    kept_cluster: Path, tmp_path: Path, phase: str, seconds: float
) -> None:
    run, clusters = new_run(), _clusters()
    _kill_in(phase, random.Random(phase).uniform(seconds / 2, seconds), run, tmp_path / "logs")  # noqa: S311 - any moment, the same each time
    clean_up_left_overs()
    assert of_run(kept_cluster, run) == []
    assert _clusters() == clusters
    assert not Path(f"/tmp/{run}").exists()


def _clusters() -> set[str]:
    return set(programs.kind("", "get", "clusters").split())


def _kill_in(phase: str, seconds: float, run: str, logs: Path) -> None:
    command = [sys.executable, "-c", RUN, run, str(logs), phase]
    kill_in_phase(command, phase, seconds)
