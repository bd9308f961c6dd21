"""Kills runs at random moments of their start, their middle and their stop, and looks at what is left after the next command.

    python -m tests.runs.kills --times 100 [--seed 7]

The default tests do it 20 times. A seed brings the same moments back, as far as the machine does.
"""

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
from hamcrest import greater_than_or_equal_to

from support.waiting import eventually
from tests.descendants import is_alive
from tests.runs.conftest import PROJECT, processes_of

FEATURES = "features/tracebloc/ring3_platform/01_single_participant.feature"
PHASES = ("start", "run", "stop")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
CODES = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
MOST_SEEN = {"start": 9, "run": 6, "stop": 2}
"""Of what is counted in each phase: processes that were started; steps that were done; lines since the last."""
WITHIN = 120


@dataclass(frozen=True)
class Kill:
    """A signal, and when it is sent: in a phase of the run, once so many things were seen in it."""

    phase: str
    signal: signal.Signals
    seen: int

    def __str__(self) -> str:
        return f"{self.signal.name} in {self.phase} after {self.seen}"


def some_kills(times: int, seed: str) -> list[Kill]:
    """Each signal in each phase about equally often, at random moments."""
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    pairs = itertools.islice(itertools.cycle(itertools.product(PHASES, SIGNALS)), times)
    return [Kill(phase, number, chance.randint(int(phase == "run"), MOST_SEEN[phase])) for phase, number in pairs]


def problems_of(kill: Kill) -> list[str]:
    """Start a run, kill it, let the next command clean up; what is wrong then."""
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        temporary = folder / "tmp"
        temporary.mkdir(mode=0o711)
        variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_")} | {
            "RINGMASTER_LEDGER_FOLDER": str(folder / "ledger"),
            "RINGMASTER_RESULTS_FOLDER": str(folder / "out"),
            "TMPDIR": str(temporary),
        }
        log = folder / "log"
        with log.open("w") as output:
            command = [sys.executable, "-m", "support", "run", FEATURES]
            running = subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        try:
            family = _until(kill, running, log)
            running.send_signal(kill.signal)
            code = running.wait(WITHIN)
        finally:
            running.kill()
            running.wait()
        return list(_wrong(kill, code, family, log, temporary, variables))


def _until(kill: Kill, running: subprocess.Popen[bytes], log: Path) -> list[psutil.Process]:
    """Wait for the moment; the processes that there are then."""
    family: dict[int, psutil.Process] = {}

    def seen() -> int:
        if running.poll() is not None:
            return kill.seen
        family.update({each.pid: each for each in psutil.Process(running.pid).children(recursive=True)})
        text = log.read_text(errors="replace")
        if kill.phase == "start":
            # before its first line even its signal handlers may be missing, which is what SIGKILL is for
            return len(family) if "Ringmaster run" in text or kill.signal is signal.SIGKILL else -1
        if kill.phase == "run":
            return text.count("✓")
        return text.count("\n", text.index("\nTime: ")) - 1 if "\nTime: " in text else -1

    eventually(f"the moment of {kill}", seen, greater_than_or_equal_to(kill.seen), within=WITHIN)
    return list(family.values())


def _wrong(kill: Kill, code: int, family: list[psutil.Process], log: Path, temporary: Path, variables: dict[str, str]) -> list[str]:
    found = []
    # what had come to its end before the signal has its own code
    if code not in (CODES[kill.signal], 0):
        found.append(f"exit code {code}, not {CODES[kill.signal]}:\n{log.read_text(errors='replace')[-1500:]}")
    if kill.signal is not signal.SIGKILL:
        found += _left(family, temporary, "after the run itself")
    cleaning = [sys.executable, "-m", "support", "clean"]
    cleaned = subprocess.run(cleaning, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=WITHIN, check=False)
    if cleaned.returncode != 0:
        found.append(f"clean: {cleaned.returncode} {cleaned.stdout}{cleaned.stderr}")
    found += [f"still in the ledger: {file.name}" for file in Path(variables["RINGMASTER_LEDGER_FOLDER"]).glob("*")]
    return found + _left(family, temporary, "after the next command")


def _left(family: list[psutil.Process], temporary: Path, when: str) -> list[str]:
    alive = [each for each in {*family, *processes_of(temporary)} if is_alive(each)]
    return [f"{when}: process {each.pid} {each.name()}" for each in alive] + [f"{when}: {file}" for file in temporary.iterdir()]


def main() -> None:
    """Kill as often as asked for, print what is wrong, and end with 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", default=os.urandom(3).hex())
    asked = parser.parse_args()
    print(f"{asked.times} kills, --seed {asked.seed}", flush=True)  # noqa: T201
    counted: Counter[str] = Counter()
    for number, kill in enumerate(some_kills(asked.times, asked.seed), 1):
        wrong = problems_of(kill)
        counted[f"{kill.signal.name} in {kill.phase}: {'left something' if wrong else 'nothing left'}"] += 1
        print(f"{number:4} {kill}: {'; '.join(wrong) or 'nothing left'}", flush=True)  # noqa: T201
    for line, count in sorted(counted.items()):
        print(f"{count:4} {line}")  # noqa: T201
    sys.exit(any("left something" in line for line in counted))


if __name__ == "__main__":
    main()
