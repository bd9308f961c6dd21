"""A run that is killed at any moment, again and again: after the next start nothing of it is left, and nobody else's is touched."""

import random
import subprocess
import sys
from pathlib import Path

from environments.compose.engine import Engine
from environments.compose.substrate import ComposeSubstrate
from environments.ledger import clean_up_left_overs
from environments.processes.variables import PROJECT_FOLDER
from tests.compose.conftest import new_run, of_run
from tests.compose.platform import Small

KILLS = 20
LONGEST_SECONDS = 6.0
RUN = """
import sys
from pathlib import Path
from environments.compose.substrate import ComposeSubstrate
from tests.compose.platform import Small, group
substrate = ComposeSubstrate(Small({}), run_id=sys.argv[1], logs_folder=Path(sys.argv[2]))
substrate.start()
while True:
    added = substrate.add_group(group("added"))
    added.start()
    added.remove()
"""


def test_a_run_that_is_killed_at_any_moment_leaves_nothing_after_the_next_start(engine: Engine, own_ledger: Path, tmp_path: Path) -> None:
    bystander = new_run()
    other = ComposeSubstrate(Small({}), run_id=bystander, logs_folder=tmp_path / "other")
    other.start()
    moments = random.Random(20)  # noqa: S311 - any moments, the same ones each time
    try:
        theirs = sorted(of_run(engine, bystander))
        images = _dangling(engine)
        for _ in range(KILLS):
            run = new_run()
            _kill_after(moments.uniform(0.3, LONGEST_SECONDS), run, tmp_path / "logs")
            clean_up_left_overs()
            assert of_run(engine, run) == []
            assert not Path(f"/tmp/{run}").exists()
        assert sorted(of_run(engine, bystander)) == theirs
        assert _dangling(engine) == images
        assert list(own_ledger.glob("*.jsonl")) == [own_ledger / f"{bystander}.jsonl"]
        assert other.deaths() == []
    finally:
        other.stop()


def _kill_after(seconds: float, run: str, logs: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-c", RUN, run, str(logs)], cwd=PROJECT_FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        # it never ends by itself; if it does, the words it leaves say why
        told = started.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        started.kill()
        started.communicate()
    else:
        raise AssertionError(told)


def _dangling(engine: Engine) -> list[str]:
    return sorted(engine.run("images", "--quiet", "--filter", "dangling=true", "--filter", "label=ringmaster.image").split())
