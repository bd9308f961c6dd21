"""Random delays between services: what only works in the usual order fails under them, and the seed brings the same delays back.

On while the variable RINGMASTER_JITTER holds a seed. Source: our choice.
"""

import functools
import os
import random
import sys
import threading

VARIABLE = "RINGMASTER_JITTER"
LONGEST_SECONDS = 0.5
# most messages go as fast as ever, so that the others are overtaken
SHARE_DELAYED = 0.3

_never = threading.Event()


def seed() -> str | None:
    """The seed, if delays are injected."""
    return os.environ.get(VARIABLE) or None


def handed_on() -> dict[str, str]:
    """The variable as a process that this one starts needs it."""
    chosen = seed()
    return {VARIABLE: chosen} if chosen else {}


def delays(seed: str, process: str) -> random.Random:
    """Where the delays of one process come from: the same for the same seed, others for every program."""
    return random.Random(f"{seed} {process}")  # noqa: S311 - chance, not a secret


def pause() -> None:
    """Wait for a moment if it is this one's turn; returns at once without a seed."""
    chosen = seed()
    if chosen is None:
        return
    chance = _of_this_process(chosen)
    if chance.random() < SHARE_DELAYED:
        _never.wait(chance.uniform(0, LONGEST_SECONDS))


@functools.cache
def _of_this_process(chosen: str) -> random.Random:
    main = sys.modules["__main__"]
    return delays(chosen, getattr(getattr(main, "__spec__", None), "name", None) or sys.argv[0])
