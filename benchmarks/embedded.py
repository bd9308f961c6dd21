"""What the embedded substrate costs: ready time, the smoke test, ladder scenario 1, memory; beside the plain ways to do the same.

    python -m benchmarks.embedded [--runs 5]

In one run, on the same machine:
- the platform's central services started by Ringmaster, against each started as a Python process of its own (`python -m`);
- what a training pod or an SDK has loaded the moment it is forked, loaded anew by a process of its own;
- `ringmaster run` of the smoke scenarios, with every figure from its own `run.json`.
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

import psutil
from hamcrest import equal_to

from environments.embedded.ports import Ports
from environments.embedded.site import ServiceSite, Sites
from environments.ledger import Ledger
from environments.platforms.tracebloc.preloaded import FOR_PODS
from environments.platforms.tracebloc.services import central_services
from environments.processes.variables import basic_environment
from environments.services import PythonModule, ServiceSpec
from support.waiting import eventually

PROJECT = Path(__file__).parent.parent
BARS = {"platform ready": 2.5, "smoke test": 15.0, "ladder scenario 1": 10.0}
SCENARIOS = {"smoke test": "A new owner's use case", "ladder scenario 1": "A single participant's cycle"}


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print(f"{runs} runs each, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}\n")
    print(f"{'seconds':44} {'median':>8} {'least':>8} {'most':>8}   bar")
    measured: dict[str, list[float]] = {
        "platform ready, each service by `python -m`": [separate_processes() for _ in range(runs)],
        "libraries of one pod or SDK, loaded anew": [libraries_of_a_pod() for _ in range(runs)],
    }
    peaks: list[int] = []
    for _ in range(runs):
        figures, peak = smoke_run()
        peaks.append(peak)
        for name, taken in figures.items():
            measured.setdefault(name, []).append(taken)
    for name, seconds in measured.items():
        bar = f"<= {BARS[name]}" if name in BARS else ""
        print(f"{name:44} {statistics.median(seconds):8.2f} {min(seconds):8.2f} {max(seconds):8.2f}   {bar}")
    print(f"\npeak memory of the run and everything it started (a shared page counts once): {max(peaks) / 2**20:.0f} MiB")


def smoke_run() -> tuple[dict[str, float], int]:
    """One `ringmaster run --tags @smoke`: its figures in seconds, and the peak of its memory in bytes."""
    with tempfile.TemporaryDirectory() as results:
        command = [sys.executable, "-m", "support", "run", "--tags", "@smoke", "--results-folder", results]
        began = time.monotonic()
        run = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
        peak = peak_memory_until_ended(run)
        total = time.monotonic() - began
        if run.returncode != 0:
            raise SystemExit(f"the run failed with exit code {run.returncode}: run {' '.join(command)}")
        record: dict[str, Any] = json.loads((Path(results) / "latest" / "run.json").read_text())
    seconds = {scenario["name"]: scenario["seconds"] for scenario in record["scenarios"]}
    named = {name: next(taken for known, taken in seconds.items() if known.startswith(begin)) for name, begin in SCENARIOS.items()}
    return {"platform ready": record["ready_seconds"]} | named | {"whole command, three scenarios": total}, peak


def peak_memory_until_ended(run: "subprocess.Popen[bytes]") -> int:
    """The largest memory of a process and all below it, looked at four times a second."""
    peak = 0
    while True:
        peak = max(peak, memory_of_family(run.pid))
        try:
            run.wait(timeout=0.25)
        except subprocess.TimeoutExpired:
            continue
        return peak


def memory_of_family(pid: int) -> int:
    """Bytes of a process and all below it; a page that several share counts once (proportional set size)."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += int(process.memory_full_info().pss)
        except psutil.Error:
            continue
    return total


def separate_processes() -> float:
    """Seconds until the central services are ready when each is started as `python -m` of its own, all at once."""
    ledger, ports = Ledger.open(f"benchmark-{os.getpid()}"), Ports()
    try:
        state = ledger.make_folder()
        (state / "tmp").mkdir()
        specs = central_services(with_mariadb=False)
        sites = Sites(state / "volumes", ports)
        sites.make_room(specs, (), ())
        return seconds_until_ready(specs, sites, state)
    finally:
        ports.release()
        ledger.close()


def libraries_of_a_pod() -> float:
    """Seconds a process of its own needs to load what a training pod or a data scientist's SDK needs; forked, it has them at once."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", f"import {', '.join(FOR_PODS)}"], cwd=PROJECT, check=True)
    return time.monotonic() - began


def seconds_until_ready(services: Sequence[ServiceSpec], sites: Sites, state: Path) -> float:
    """Start services all at once, wait for the last one to be ready, and end them."""
    began = time.monotonic()
    started = [start(service, sites, state) for service in services]
    try:
        for service in services:
            eventually(f"{service.name} to be ready", (state / f"{service.name}.ready").exists, equal_to(True), within=60)
        return time.monotonic() - began
    finally:
        for process in started:
            process.kill()
            process.wait()


def start(service: ServiceSpec, sites: Sites, state: Path) -> "subprocess.Popen[bytes]":
    """Start one service as `python -m`."""
    if not isinstance(service.runs, PythonModule):
        raise TypeError(f"{service.name} is not a Python module")
    own = {"READY_FILE": str(state / f"{service.name}.ready"), "HOME": str(state), "TMPDIR": str(state / "tmp")}
    environment = {**basic_environment(), **own, **service.variables(ServiceSite(service, sites))}
    with (state / f"{service.name}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", service.runs.name], env=environment, cwd=PROJECT, stdout=log, stderr=log)


if __name__ == "__main__":
    main()
