"""The exit codes of `ringmaster`, in one table."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Self


class ExitCode(IntEnum):
    """What the process's exit code means."""

    PASSED = 0
    FAILED = 1
    WRONG_INPUT = 2
    PLATFORM_FAILED = 3
    OVER_BUDGET = 4
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143

    @classmethod
    def of_signal(cls, signals: Sequence[int]) -> Self:
        """128 plus the first signal's number; 130 when none is known."""
        return cls(128 + signals[0]) if signals else cls(130)

    @property
    def meaning(self) -> str:
        """What it means, as `--help` and docs/ci.md say it."""
        return MEANINGS[self]


MEANINGS = {
    ExitCode.PASSED: "something passed, and nothing that blocks failed",
    ExitCode.FAILED: "something that blocks failed (a scenario, a hook, a cleanup, an undefined step, a worker), or nothing passed",
    ExitCode.WRONG_INPUT: "what was given is wrong: an option, a setting, a path, a tag, a feature file",
    ExitCode.PLATFORM_FAILED: "the platform could not be started, or a part of it or of what it needs died",
    ExitCode.OVER_BUDGET: "a budget of time was exceeded, and nothing else that blocks failed",
    ExitCode.HUNG_UP: "stopped by SIGHUP",
    ExitCode.INTERRUPTED: "stopped by SIGINT (Ctrl-C)",
    ExitCode.TERMINATED: "stopped by SIGTERM",
}


def exit_code_table() -> str:
    """The table for `--help`, one line a code."""
    # click leaves the lines of a paragraph that begins with \b as they are
    return "\b\nExit codes:\n" + "\n".join(f"{code.value}: {meaning}" for code, meaning in MEANINGS.items())
