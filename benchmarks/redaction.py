"""What it costs to take secrets out of ordinary log lines, and how many of them are taken for a secret, beside detect-secrets alone.

    python -m benchmarks.redaction [--lines 10000] [--rounds 5]

Processor time counts, and of several rounds the least. All see the same lines and have kept nothing of the round before.
detect-secrets is measured in both of its ways: all lines as a file, as `detect-secrets scan` does, and one by one, as `scan --string` does.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from detect_secrets.core.scan import scan_file, scan_line
from detect_secrets.settings import default_settings

from benchmarks.log_lines import ordinary_lines
from support.redaction import Redactor

BARS = {"microseconds": 40.0, "false alarms": 1.0}
"""A line, and of 10,000 lines."""
KNOWN_TO_A_RUN = 40
"""Passwords and tokens that a run of some minutes has learned."""
Line = tuple[str, str]
Alarms = Counter[str]
Way = Callable[[Sequence[Line]], Alarms]


def by_ringmaster(known: int, lines: Sequence[Line]) -> Alarms:
    """How often our redaction changes a line, by kind of line, when it has been told so many secrets."""
    redactor, dice = Redactor(), random.Random(known)  # noqa: S311 - they hide nothing
    for _ in range(known):
        redactor.learn(dice.randbytes(20).hex())
    return Counter(kind for kind, line in lines if redactor.redact(line) != line)


def by_file(lines: Sequence[Line]) -> Alarms:
    """How many lines detect-secrets finds something in when they are a log file, with all plugins as they are set by default."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        file.write("\n".join(line for _, line in lines))
        file.flush()
        found = {secret.line_number for secret in scan_file(file.name)}
    return Counter(lines[number - 1][0] for number in found)


def one_by_one(lines: Sequence[Line]) -> Alarms:
    """How many lines detect-secrets finds something in when it is given each as a text."""
    return Counter(kind for kind, line in lines if next(scan_line(line), None) is not None)


def measured(way: Way, lines: Sequence[Line], rounds: int) -> tuple[list[float], Alarms]:
    """Microseconds of the processor that a line took in each round, and the false alarms, by kind of line."""
    way(lines[:100])
    taken, alarms = [], Counter[str]()
    for _ in range(rounds):
        began = time.process_time()
        alarms = way(lines)
        taken.append((time.process_time() - began) / len(lines) * 1e6)
    return taken, alarms


WAYS: dict[str, Way] = {
    "ringmaster, nothing known": partial(by_ringmaster, 0),
    f"ringmaster, {KNOWN_TO_A_RUN} secrets known": partial(by_ringmaster, KNOWN_TO_A_RUN),
    "detect-secrets, a file": by_file,
    "detect-secrets, line by line": one_by_one,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    lines = list(ordinary_lines(arguments.lines))
    print(f"{len(lines):,} lines of {statistics.mean(len(line) for _, line in lines):.0f} characters; bars for us: {BARS}")
    for name, way in WAYS.items():
        # a way to scan switches filters off for those after it
        with default_settings():
            taken, alarms = measured(way, lines, arguments.rounds)
        print(
            f"{name:30} {min(taken):7.1f} us a line (median {statistics.median(taken):.1f}), "
            f"{alarms.total() * 10_000 / len(lines):7.1f} false alarms in 10,000 lines {dict(alarms.most_common(4)) or ''}"
        )


if __name__ == "__main__":
    main()
