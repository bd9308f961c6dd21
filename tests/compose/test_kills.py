"""A run that is killed at any moment, again and again: after the next start nothing of it is left, and nobody else's is touched."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments.compose.engine import Engine
from environments.compose.images import IMAGE_LABEL
from environments.compose.substrate import ComposeSubstrate
from environments.ledger import clean_up_left_overs, clean_up_lost_runs
from tests.compose.conftest import new_run, of_run
from tests.compose.platform import Small
from tests.killing import kill_in_phase

KILLS_A_PHASE = 5
PHASES = {"build": 4.0, "up": 3.0, "run": 3.0, "down": 2.5}
"""When a run is killed: so many seconds after the beginning of that at most."""
RUN = """
import sys, time
from pathlib import Path
from environments.compose import ownership
from environments.compose.substrate import ComposeSubstrate
from tests.compose.platform import Small, group
run, logs, phase, user = sys.argv[1:]
if phase == "build":
    # whom containers run as is in the image, so there is none yet
    ownership.WITHOUT_RIGHTS = int(user)
    print("build", flush=True)
substrate = ComposeSubstrate(Small({}), run_id=run, logs_folder=Path(logs))
start_containers = substrate._make_sites
substrate._make_sites = lambda state: print("up", flush=True) or start_containers(state)
substrate.start()
print("run", flush=True)
ends = time.monotonic() + (3600 if phase == "run" else 0)
while time.monotonic() < ends:
    added = substrate.add_group(group("added"))
    added.start()
    added.remove()
print("down", flush=True)
substrate.stop()
print("ended", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def bystander(engine: Engine, own_ledger: Path, tmp_path: Path) -> Iterator[ComposeSubstrate]:
    """A run beside the killed ones, which nothing happens to."""
    run = new_run()
    other = ComposeSubstrate(Small({}), run_id=run, logs_folder=tmp_path / "other")
    other.start()
    try:
        theirs = sorted(of_run(engine, run))
        yield other
        assert sorted(of_run(engine, run)) == theirs
        assert list(own_ledger.glob("*.jsonl")) == [own_ledger / f"{run}.jsonl"]
        assert other.deaths() == []
    finally:
        other.stop()


@pytest.mark.parametrize(("phase", "seconds"), PHASES.items())
def test_a_run_that_is_killed_at_any_moment_leaves_nothing_after_the_next_start(
    engine: Engine, bystander: ComposeSubstrate, tmp_path: Path, phase: str, seconds: float
) -> None:
    moments = random.Random(phase)  # noqa: S311 - any moments, the same ones each time
    dangling = _dangling(engine)
    for _ in range(KILLS_A_PHASE):
        run, user = new_run(), random.randrange(20_000, 60_000)  # noqa: S311
        _kill_in(phase, moments.uniform(0, seconds), run, tmp_path / "logs", user)
        clean_up_left_overs()
        assert of_run(engine, run) == []
        assert not Path(f"/tmp/{run}").exists()
        _remove_images_of(engine, user)
    assert _dangling(engine) <= dangling


def test_a_killed_run_whose_ledger_is_lost_is_found_by_its_labels(
    engine: Engine, own_ledger: Path, bystander: ComposeSubstrate, tmp_path: Path
) -> None:
    run = new_run()
    _kill_in("run", 0, run, tmp_path / "logs", 0)
    (own_ledger / f"{run}.jsonl").unlink()
    assert clean_up_left_overs() == []
    left = of_run(engine, run)
    assert len(left) >= 3
    removed = clean_up_lost_runs()
    assert len([line for line in removed if line.startswith(("container", "network"))]) == len(left)
    assert f"folder /tmp/{run}" in removed
    assert of_run(engine, run) == []
    assert not Path(f"/tmp/{run}").exists()
    assert clean_up_lost_runs() == []


def _kill_in(phase: str, seconds: float, run: str, logs: Path, user: int) -> None:
    command = [sys.executable, "-c", RUN, run, str(logs), phase, str(user)]
    kill_in_phase(command, phase, seconds)


def _dangling(engine: Engine) -> set[str]:
    return {found["Id"] for found in engine.api.images(filters={"label": IMAGE_LABEL, "dangling": True})}


def _remove_images_of(engine: Engine, user: int) -> None:
    """Those that were built before the kill are whole, and would be used by the next run."""
    for found in engine.api.images(filters={"label": IMAGE_LABEL}):
        if engine.api.inspect_image(found["Id"])["Config"]["User"] == f"{user}:{user}":
            engine.api.remove_image(found["Id"], force=True)
