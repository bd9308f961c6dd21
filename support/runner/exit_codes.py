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
    INTERRUPTED = 130
    TERMINATED = 143
    HUNG_UP = 129

    @classmethod
    def of_signal(cls, signals: Sequence[int]) -> Self:
        """128 plus the first signal's number; 130 when none is known."""
        return cls(128 + signals[0]) if signals else cls(130)
