"""What containers cost: the same selection on the substrates embedded and compose, in turns, in one run on one machine.

    python -m benchmarks.compose [--runs 3] [--tags @ring2] [--workers 2]

Images are built before anything is measured. Every figure is from the run's own `run.json`, besides the whole command's.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
SUBSTRATES = ("embedded", "compose")
BARS = {"platform ready": 12.0, "whole command": 120.0}
"""Of compose, with warm images."""


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tags", default="@ring2")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    selection = ("--tags", given.tags, "--workers", str(given.workers), "features/tracebloc")
    # images, and whatever else only the first run of a day makes
    measure("compose", ("features/tracebloc/ring2_services/02_service_bus.feature",))
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in SUBSTRATES}
    for _ in range(given.runs):
        for name in SUBSTRATES:
            taken[name].append(measure(name, selection))
    print(f"{given.runs} runs each, {given.tags}, {given.workers} workers, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}", end="")
    print(f", Python {platform.python_version()}, {platform.system()} {platform.release()}\n")
    print(f"{'seconds (median)':36} {'embedded':>9} {'compose':>9} {'ratio':>6}   bar")
    for what in taken["embedded"][0]:
        embedded, compose = (statistics.median(run[what] for run in taken[name]) for name in SUBSTRATES)
        ratio = f"{compose / embedded:6.2f}" if embedded else f"{'':6}"
        print(f"{what:36} {embedded:9.2f} {compose:9.2f} {ratio}   {f'<= {BARS[what]:.0f}' if what in BARS else ''}".rstrip())


def measure(substrate: str, selection: Sequence[str]) -> dict[str, float]:
    """One run's figures, in seconds; ends the benchmark when the run was not green."""
    with tempfile.TemporaryDirectory() as results:
        command = [sys.executable, "-m", "support", "run", "--substrate", substrate, "--results-folder", results, *selection]
        began = time.monotonic()
        ended = subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)
        whole = time.monotonic() - began
        if ended.returncode != 0:
            raise SystemExit(f"the run failed with exit code {ended.returncode}: run {' '.join(command)}")
        record: dict[str, Any] = json.loads((Path(results) / "latest" / "run.json").read_text())
    alone = sum(float(scenario["seconds"]) for scenario in record["scenarios"])
    wall = {"platform ready": float(record["ready_seconds"]), "scenarios, on all workers": float(record["wall_seconds"])}
    return {**wall, "scenarios, if one after the other": alone, "whole command": whole}


if __name__ == "__main__":
    main()
