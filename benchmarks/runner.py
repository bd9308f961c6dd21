"""What the runner costs: 1,000 trivial scenarios beside other runners, waiting scenarios on many workers, start-up, growth, memory.

    python -m benchmarks.runner [--runs 5] [trivial] [waiting] [start] [growth]

Everything in one run, on the same machine; without names, all of it. Runners that are not installed are left out, and said so:

    pip install allure-behave behave-hive pytest-bdd pytest-xdist allure-pytest
    npm install @cucumber/cucumber          (in the folder that CUCUMBER_FOLDER names)
"""

import argparse
import importlib.util
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.embedded import memory_of_family

PROJECT = Path(__file__).parent.parent
STEPS = """
import time
from behave import step
@step("a thing {n:d}")
def thing(context, n): pass
@step("a wait of {n:g} s")
def wait(context, n): time.sleep(n)
"""
PYTEST = """
import pytest
from pytest_bdd import given, when, then, parsers, scenarios
scenarios("features")
for kind in (given, when, then):
    @kind(parsers.parse("a thing {n:d}"))
    def thing(n): pass
"""
CUCUMBER_STEPS = """
const { Given } = require('@cucumber/cucumber')
Given('a thing {int}', function (n) {})
"""
HIVE = "import sys; from behave_hive.cli import main; sys.exit(main())"
CUCUMBER = Path(os.environ.get("CUCUMBER_FOLDER", "/nowhere"))
TWO = ("features/f000.feature:2", "features/f000.feature:8")
"""The first two scenarios of a project, one for each worker."""
FIVE = "    Given a thing {0}\n    And a thing 2\n    When a thing 3\n    Then a thing 4\n    And a thing 5\n"


@dataclass(frozen=True)
class Rival:
    """Another runner: what it is called, how it is run, and whether it can be."""

    name: str
    command: list[str]
    available: bool


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[*MEASUREMENTS, []], help="what to measure; all when left out")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.runs} runs each, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}\n")
    for name in arguments.what or MEASUREMENTS:
        MEASUREMENTS[name](arguments.runs)
        print()


def trivial(runs: int) -> None:
    """1,000 scenarios of 5 steps that do nothing, reports on, beside others; their runs take turns, so that all see the same machine."""
    with tempfile.TemporaryDirectory() as folder:
        project = write_project(Path(folder), 1000)
        rivals = rivals_for(project)
        commands = {rival.name: rival.command for rival in rivals if rival.available}
        commands |= {f"ringmaster, {workers} worker(s), JUnit + Allure": ringmaster(workers) for workers in (1, 2)}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                taken[name].append(seconds(command, project))
    base = statistics.median(taken["behave + Allure"]) if "behave + Allure" in taken else None
    print(f"{'1,000 scenarios x 5 steps: seconds':44} {'median':>8} {'least':>8} {'most':>8}   of behave + Allure")
    for name, found in taken.items():
        share = f"{statistics.median(found) / base:.2f}" if base else ""
        print(f"{name:44} {statistics.median(found):8.2f} {min(found):8.2f} {max(found):8.2f}   {share}")
    print(f"bars: 1 worker <= 1.3, 2 workers <= 0.75; not installed: {', '.join(r.name for r in rivals if not r.available) or 'none'}")


def waiting(runs: int) -> None:
    """20 scenarios that wait a second each."""
    with tempfile.TemporaryDirectory() as folder:
        text = "Feature: waiting\n" + "".join(f"  Scenario: s{n}\n    Given a wait of 1 s\n" for n in range(20))
        project = write_features(Path(folder), {"waiting": text})
        for workers, bar in ((4, 5.4), (8, 3.3)):
            report(f"20 scenarios of 1 s, {workers} workers", [seconds(ringmaster(workers), project) for _ in range(runs)], f"<= {bar}")


def start(runs: int) -> None:
    """From the command to the first step of the first scenario."""
    with tempfile.TemporaryDirectory() as folder:
        project = write_features(Path(folder), {"one": "Feature: f\n  Scenario: s\n    Given a stamp\n"})
        steps = project / "steps" / "steps.py"
        steps.write_text(STEPS + '@step("a stamp")\ndef stamp(context): open("stamp", "w").write(repr(time.time()))\n')
        for name, command in {"ringmaster": ringmaster(1), "behave": plain_behave()}.items():
            taken = []
            for _ in range(runs):
                began = time.time()
                seconds(command, project)
                taken.append(float((project / "stamp").read_text()) - began)
            report(f"start-up to the first step, {name}", taken, "<= 0.35" if name == "ringmaster" else "")


def growth(runs: int) -> None:
    """Cost per scenario up to 10,000, less what a run of two takes, and the memory of it all.

    Processor time of all processes says more than the clock: most of a short run is its start, which varies by more than they cost.
    """
    times = {2: 5 * runs, 100: 5 * runs, 1000: 2 * runs, 10_000: runs}
    taken: dict[int, list[tuple[float, float]]] = {count: [] for count in times}
    peaks: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        projects = {count: write_project(Path(folder) / str(count), count) for count in times}
        for number in range(max(times.values())):
            for count in (count for count in times if number < times[count]):
                before = processor_seconds()
                by_the_clock = seconds([*ringmaster(2), *(TWO if count == 2 else ())], projects[count])
                taken[count].append((by_the_clock, processor_seconds() - before))
        seconds(ringmaster(2), projects[10_000], peaks)
    wall, processor = ({count: statistics.median(one[kind] for one in found) for count, found in taken.items()} for kind in (0, 1))
    for count in (100, 1000, 10_000):
        each, each_processor = ((kind[count] - kind[2]) / (count - 2) * 1000 for kind in (wall, processor))
        print(f"{count:6} scenarios, 2 workers: {wall[count]:7.2f} s, each {each:.2f} ms, {each_processor:.2f} ms of processor time")
    print(f"peak memory at 10,000: {max(peaks, default=0) / 2**20:.0f} MiB")
    print("bars: cost per scenario flat (+-15 %), memory <= 400 MiB at 10,000 (of all processes; a shared page counts once)")


def processor_seconds() -> float:
    """Of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ringmaster(workers: int) -> list[str]:
    """Our own command, without a platform."""
    return [sys.executable, "-m", "support", "run", "--substrate", "none", "--workers", str(workers), "--results-folder", "results"]


def plain_behave(*options: str) -> list[str]:
    """behave as it comes."""
    return [sys.executable, "-m", "behave", "--no-summary", *options]


def rivals_for(project: Path) -> list[Rival]:
    """The other runners, set up in the project."""
    (project / "test_all.py").write_text(PYTEST)
    (project / "cucumber").mkdir()
    (project / "cucumber" / "steps.js").write_text(CUCUMBER_STEPS)
    cucumber = CUCUMBER / "node_modules" / ".bin" / "cucumber-js"
    allure = ["-f", "allure_behave.formatter:AllureFormatter", "-o", "allure"]
    junit = ["--junit", "--junit-directory", "junit"]
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", "pytest.xml", "test_all.py"]
    js = [str(cucumber), "--require", "cucumber/steps.js", "--format", "junit:cucumber.xml", "features"]
    return [
        Rival("behave", plain_behave(), True),
        Rival("behave + Allure", plain_behave(*allure), has("allure_behave")),
        Rival("behave + Allure + JUnit", plain_behave(*allure, *junit), has("allure_behave")),
        Rival("pytest-bdd, JUnit", pytest, has("pytest_bdd")),
        Rival("pytest-bdd, JUnit, xdist 2", [*pytest, "-n", "2"], has("pytest_bdd") and has("xdist")),
        Rival("behave-hive, 2 (no JUnit)", [sys.executable, "-c", HIVE, "run", "--workers", "2", "features"], has("behave_hive")),
        Rival("cucumber-js, JUnit", js, cucumber.exists()),
        Rival("cucumber-js, JUnit, parallel 2", [*js, "--parallel", "2"], cucumber.exists()),
    ]


def has(module: str) -> bool:
    """Whether a Python package is installed."""
    return importlib.util.find_spec(module) is not None


def seconds(command: list[str], project: Path, peaks: list[int] | None = None) -> float:
    """Seconds that a command takes; its memory is looked at now and then if asked for. A run that fails ends the benchmark."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_") or "LEDGER" in name}
    # modules are compiled once, as for everybody who has installed them
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    run = subprocess.Popen(
        command,
        cwd=project,
        env=variables | {"PYTHONPATH": str(PROJECT), "NODE_PATH": str(CUCUMBER / "node_modules")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    over = threading.Event()
    watcher = threading.Thread(target=watch_memory, args=[run.pid, peaks, over])
    if peaks is not None:
        watcher.start()
    _, complaints = run.communicate()
    taken = time.monotonic() - began
    over.set()
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with exit code {run.returncode}: {complaints.decode()[-500:]}")
    return taken


def watch_memory(pid: int, peaks: list[int] | None, over: threading.Event) -> None:
    """Look at the memory of a family of processes until it is over."""
    while peaks is not None and not over.wait(0.5):
        peaks.append(memory_of_family(pid))


def report(name: str, taken: list[float], bar: str) -> None:
    """One line."""
    print(f"{name:44} {statistics.median(taken):8.2f} {min(taken):8.2f} {max(taken):8.2f}   {bar}")


def write_project(folder: Path, count: int) -> Path:
    """A project with so many scenarios, 50 a feature."""
    features = {}
    for number in range(max(count // 50, 1)):
        scenarios = "".join(f"  Scenario: s{number}-{n}\n" + FIVE.format(n) for n in range(50))
        features[f"f{number:03}"] = f"Feature: number {number}\n{scenarios}"
    return write_features(folder, features)


def write_features(folder: Path, features: dict[str, str]) -> Path:
    """A project with these features."""
    for name in ("features", "steps"):
        (folder / name).mkdir(parents=True)
    for name, text in features.items():
        (folder / "features" / f"{name}.feature").write_text(text)
    (folder / "steps" / "steps.py").write_text(STEPS)
    return folder


MEASUREMENTS: dict[str, Callable[[int], None]] = {"trivial": trivial, "waiting": waiting, "start": start, "growth": growth}


if __name__ == "__main__":
    main()
