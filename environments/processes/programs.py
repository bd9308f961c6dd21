"""Runs programs of the machine, such as docker and kind, for a run of ours."""

import os
import subprocess
from collections.abc import Callable, Sequence

from environments.errors import SubstrateError
from environments.processes.variables import RUN_VARIABLE


def output_of(
    command: Sequence[str],
    *,
    run_id: str,
    seconds: float,
    missing: str,
    too_slow: str,
    explain: Callable[[str], str],
    given: str | None = None,
) -> str:
    """What a program printed. Raises SubstrateError with a sentence when it cannot be run, fails or takes too long.

    Args:
        command: the program and its arguments, which hold no secret.
        run_id: marks it, so that it does not outlive the run; empty: nothing marks it.
        seconds: how long it may take.
        missing: the sentence for when it is not installed.
        too_slow: the sentence for when it does not end in time.
        explain: makes a sentence of what it printed when it failed.
        given: what it reads from its input.
    """
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **({RUN_VARIABLE: run_id} if run_id else {})},
            stdin=subprocess.DEVNULL if given is None else None,
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise SubstrateError(missing) from None
    except subprocess.TimeoutExpired:
        raise SubstrateError(too_slow) from None
    if ended.returncode != 0:
        raise SubstrateError(explain(ended.stderr or ended.stdout))
    return ended.stdout
